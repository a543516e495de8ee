"""Tell people."""

import asyncio

from temporalio import activity

from activities.requests import TellPeople
from oms.clock import wall_clock
from oms.domain.conditions import condition_of
from oms.domain.errors import Unavailable
from oms.domain.handover import Notice
from oms.ports import Notices
from oms.ports.alarms import Alarms
from oms.store import Store


class NoticeActivities:
    """However people are told; each notice reaches them once.

    With alarms, a notice of something that is so until it is over (out of stock, late, locked) opens an alert instead.
    """

    def __init__(self, notices: Notices, store: Store, alarms: Alarms | None = None) -> None:
        """Take the way of telling, the store that remembers what was told, and whoever opens alerts, if anybody."""
        self._notices = notices
        self._store = store
        self._alarms = alarms

    @activity.defn(name="notices.tell")
    async def tell(self, request: TellPeople) -> None:
        """Send a notice, or open its alert, unless one of the same id was sent before."""
        notice = request.notice
        if await asyncio.to_thread(self._store.notices.first_time, notice.id, notice):
            try:
                await self._pass_on(notice)
            except Unavailable:
                await asyncio.to_thread(self._store.notices.forget, notice.id)
                raise

    async def _pass_on(self, notice: Notice) -> None:
        condition = condition_of(notice, wall_clock()) if self._alarms else None
        if condition is None or self._alarms is None:
            await self._notices.send(notice)
        else:
            await self._alarms.open(condition)
