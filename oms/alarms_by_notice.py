"""Alarms without a workflow: whoever opens a condition is heard once, by a notice; for small tools and tests."""

import asyncio

from oms.domain.alerts import Condition
from oms.domain.errors import Unavailable
from oms.domain.handover import Notice
from oms.domain.model import Moment
from oms.ports import Notices
from oms.store import Store


class NoticeAlarms:
    """Tells people of a condition once per key, and nobody of its end; fulfils `oms.ports.alarms.Alarms`."""

    def __init__(self, notices: Notices, store: Store) -> None:
        self._notices = notices
        self._store = store

    async def open(self, condition: Condition) -> None:
        """Send one notice for the condition's key. Raises Unavailable when it did not go out; say it again then."""
        notice = notice_of(condition)
        if await asyncio.to_thread(self._store.notices.first_time, notice.id, notice):
            try:
                await self._notices.send(notice)
            except Unavailable:
                await asyncio.to_thread(self._store.notices.forget, notice.id)
                raise

    async def over(self, key: str, at: Moment, why: str) -> None:
        """Do nothing: a notice that is out cannot be taken back."""


def notice_of(condition: Condition) -> Notice:
    """Return the condition as one notice, named by its key."""
    return Notice(
        id=f"alert:{condition.key}",
        to=condition.to,
        severity=condition.severity,
        title=condition.title,
        body=condition.body,
        order=condition.order,
    )
