"""A platform that does not take our word for too long: people hear of it, while the asking goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio import activity

from activities.notices import NoticeActivities
from activities.requests import TellPeople
from oms.clock import wall_clock
from oms.domain.card import clock
from oms.domain.errors import OmsError, Unavailable
from oms.domain.handover import Notice
from oms.domain.ids import OrderKey
from oms.logs import words_of
from oms.store import Store

TOO_LONG = timedelta(minutes=15)
"""Business time after which a word that has not reached its platform is a person's business too."""


class Untold:
    """Watches what a platform is told of an order."""

    def __init__(self, people: NoticeActivities, store: Store, pace: int = 1) -> None:
        """Take whoever tells people, and the store that knows the order's deadlines."""
        self._people = people
        self._store = store
        self._patience = TOO_LONG / pace

    @asynccontextmanager
    async def minding(self, order: OrderKey, what: str) -> AsyncIterator[None]:
        """Let the error pass; tell operations once when the first attempt was too long ago."""
        try:
            yield
        except OmsError as error:
            if wall_clock() - activity.info().scheduled_time > self._patience:
                await self._tell(order, what, error)
            raise

    async def _tell(self, order: OrderKey, what: str, error: OmsError) -> None:
        row = await asyncio.to_thread(self._store.orders.get, order)
        ship_by = row.row.ship_by if row else None
        stake = f" At stake: ship by {clock(ship_by)}." if ship_by else ""
        body = f"Order {order}: {order.shop_key} has not taken {what}: {words_of(error)}.{stake} It is asked again and again."
        notice = Notice(
            id=f"{order}:untold:{what}"[:200], to="operations", severity="red", title="a platform does not take our word",
            body=body, order=str(order),
        )  # fmt: skip
        try:
            await self._people.tell(TellPeople(notice=notice))
        except Unavailable:
            activity.logger.warning("untold.not_told", extra={"order": str(order)})
