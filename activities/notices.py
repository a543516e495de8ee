"""Tell people."""

import asyncio

from temporalio import activity

from activities.requests import TellPeople
from oms.domain.errors import Unavailable
from oms.ports import Notices
from oms.store import Store


class NoticeActivities:
    """However people are told; each notice reaches them once."""

    def __init__(self, notices: Notices, store: Store) -> None:
        """Take the way of telling and the store that remembers what was told."""
        self._notices = notices
        self._store = store

    @activity.defn(name="notices.tell")
    async def tell(self, request: TellPeople) -> None:
        """Send a notice unless one of the same id was sent before."""
        notice = request.notice
        if await asyncio.to_thread(self._store.notices.first_time, notice.id, notice):
            try:
                await self._notices.send(notice)
            except Unavailable:
                await asyncio.to_thread(self._store.notices.forget, notice.id)
                raise
