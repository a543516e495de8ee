"""After every poll: people hear how it went, a retired version is left where that is allowed, holes are filled (R31)."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from oms.backfilling import Backfill
from oms.domain.errands import PollDone, PollFailed
from oms.domain.errors import OmsError
from oms.domain.ids import ShopKey
from oms.logs import words_of
from oms.pulls import AFTER_SALES, Pulls
from oms.switchboard import Switchboard

log = logging.getLogger(__name__)
Answer = PollDone | PollFailed


class Repair:
    """Draws the consequences of polls."""

    def __init__(
        self, pulls: Pulls, backfill: Backfill, board: Switchboard, clock: Callable[[], datetime],
        oldest_cursor: timedelta,
    ) -> None:  # fmt: skip
        """Take who tells people, who reads again, the shops, the time, and how old a cursor may grow."""
        self._pulls = pulls
        self._backfill = backfill
        self._board = board
        self._clock = clock
        self._oldest = oldest_cursor

    async def after(self, shop: ShopKey, answer: Answer, which: str = "") -> Answer:
        """Draw the consequences of one poll of one list; an answer that people were told of asks for no more notice.

        Nothing is raised: when nobody could be told, the answer stays as it was, and its caller tells of it.
        """
        try:
            match answer:
                case PollFailed():
                    switched_to = await self._fall_back(shop, answer) if answer.retired and not which else ""
                    await self._pulls.failed(shop, answer, which, switched_to)
                case PollDone():
                    await self._pulls.done(shop, which)
        except OmsError as error:
            log.warning("poll.not_told", extra={"shop": str(shop), "reason": words_of(error)})
            return answer
        return answer.model_copy(
            update={"alert": False} if isinstance(answer, PollFailed) else {"recovered_after": 0}
        )

    async def both(self, shop: ShopKey, orders: Answer, cases: Answer | None) -> Answer:
        """Draw the consequences of a poll of the orders and of the after-sales, then read holes again."""
        told = await self.after(shop, orders)
        told_cases = None if cases is None else await self.after(shop, cases, AFTER_SALES)
        try:
            await self._pulls.look_at_the_cursors(tuple(self._board), self._oldest)
            if isinstance(orders, PollDone):
                await self._backfill.fill(shop)
        except OmsError as error:
            log.warning("poll.not_repaired", extra={"shop": str(shop), "reason": words_of(error)})
        return told.model_copy(update={"after_sales": told_cases})

    async def _fall_back(self, shop: ShopKey, answer: PollFailed) -> str:
        try:
            return await self._board.fall_back(shop, answer.error, self._clock())
        except OmsError as error:
            log.warning("shop.no_fallback", extra={"shop": str(shop), "reason": words_of(error)})
            return ""
