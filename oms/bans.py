"""A platform that says "not before" is not asked before, by none of our processes, and then to the second."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from oms.domain.errors import RateLimited
from oms.domain.ids import ShopKey
from oms.store import Store


class Bans:
    """Who may not be asked until when; kept in the database, so that every process heeds it."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:  # fmt: skip
        self._polls = store.polls
        self._clock = clock
        self._sleep = sleep

    @asynccontextmanager
    async def heeding(self, shop: ShopKey, patience_s: float = 0.0) -> AsyncIterator[None]:
        """Ask a shop's platform within; a ban that it pronounces is noted for everybody.

        While a ban lasts: waits for its end if that is at most `patience_s` away, else raises RateLimited with what
        is left of it, and the platform is not asked.
        """
        left = await self._left(shop)
        if left > patience_s:
            raise RateLimited(f"{shop} lets nobody ask for another {left:.0f} s", retry_after=left)
        if left:
            await self._sleep(left)
        try:
            yield
        except RateLimited as error:
            if error.retry_after:
                until = self._clock() + timedelta(seconds=error.retry_after)
                await asyncio.to_thread(self._polls.ban, shop, until)
            raise

    async def _left(self, shop: ShopKey) -> float:
        until = (await asyncio.to_thread(self._polls.state, shop)).banned_until
        return max((until - self._clock()).total_seconds(), 0.0) if until else 0.0
