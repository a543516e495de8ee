"""A shop's access token: used while it lives, refreshed in time, by one process for all of them."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from pydantic import SecretStr

from oms.clock import wall_clock
from oms.domain.errors import CredentialsExpired, Unavailable
from oms.domain.ids import ShopKey
from oms.ports import Token, Tokens

log = logging.getLogger(__name__)

AHEAD = timedelta(minutes=5)
"""A token is renewed this long before it ends, so that none ends in the middle of a question."""
LEASE_S = 30.0
LOOK_AGAIN_S = 0.25
T = TypeVar("T")
Refresh = Callable[[Token], Awaitable[Token]]


def first_token(access: SecretStr, refresh: SecretStr) -> Token:
    """Return the token of the shops file, whose end nobody has told us."""
    return Token(access=access.get_secret_value(), refresh=refresh.get_secret_value())


class Session:
    """Asks with a token that is valid, and knows how to get the next one.

    `first` is the token of the shops file. One that was kept since and descends from it goes before it; one of
    another origin does not: a person has authorised the shop anew.
    """

    def __init__(
        self, shop: ShopKey, first: Token, tokens: Tokens, refresh: Refresh,
        now: Callable[[], datetime] = wall_clock,
    ) -> None:  # fmt: skip
        self._shop = shop
        self._first = first
        self._origin = hashlib.sha256(f"{first.access}|{first.refresh}".encode()).hexdigest()[:16]
        self._tokens = tokens
        self._refresh = refresh
        self._now = now

    async def ask(self, question: Callable[[str], Awaitable[T]]) -> T:
        """Ask with the present access token; if it has expired, refresh it once and ask again.

        Raises CredentialsExpired when the new one is not accepted either: then a person must authorise anew.
        """
        token = await self.token()
        try:
            return await question(token.access)
        except CredentialsExpired:
            log.warning("token.refused", extra={"shop": str(self._shop)})
        return await question((await self._renewed(token)).access)

    async def token(self) -> Token:
        """Return a token that will live a while yet, refreshed if need be."""
        token = await self._kept() or self._first
        return token if self._lives(token) else await self._renewed(token)

    async def _kept(self) -> Token | None:
        kept = await self._tokens.read(self._shop)
        return kept if kept is not None and kept.origin == self._origin else None

    def _lives(self, token: Token) -> bool:
        if not token.access:
            return False
        return token.expires_at is None or self._now() < token.expires_at - AHEAD

    async def _renewed(self, old: Token) -> Token:
        """Refresh, unless another process has done it meanwhile."""
        for _ in range(int(LEASE_S / LOOK_AGAIN_S)):
            kept = await self._kept()
            if kept is not None and kept.access != old.access:
                return kept
            if await self._tokens.lease(self._shop, LEASE_S):
                break
            await asyncio.sleep(LOOK_AGAIN_S)
        else:
            raise Unavailable(
                f"{self._shop}: another process has been refreshing the token for {LEASE_S:g} s"
            )
        try:
            return await self._refreshed(old)
        finally:
            await self._tokens.release(self._shop)

    async def _refreshed(self, old: Token) -> Token:
        kept = await self._kept()
        if kept is not None and kept.access != old.access:
            return kept
        fresh = (await self._refresh(old)).model_copy(update={"origin": self._origin})
        await self._tokens.write(self._shop, fresh)
        log.info("token.refreshed", extra={"shop": str(self._shop)})
        return fresh


def refused(shop: ShopKey, why: str) -> CredentialsExpired:
    """Say that a shop must be authorised anew by a person."""
    return CredentialsExpired(
        f"{shop}: {why}; authorise the shop again and put its new token into the settings"
    )
