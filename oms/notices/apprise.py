"""Notices by mail, DingTalk, WeCom, Feishu and a hundred other ways, through apprise."""

import asyncio
from collections.abc import Mapping, Sequence

import apprise
from pydantic import SecretStr

from oms.domain.errors import Misused, Unavailable
from oms.ports import Notice

KINDS: Mapping[str, apprise.NotifyType] = {
    "info": apprise.NotifyType.INFO,
    "warning": apprise.NotifyType.WARNING,
    "red": apprise.NotifyType.FAILURE,
}


class AppriseNotices:
    """Sends every notice to every address; fulfils `oms.ports.Notices`."""

    def __init__(self, urls: Sequence[SecretStr]) -> None:
        self._places = apprise.Apprise()
        for number, url in enumerate(urls, start=1):
            if not self._places.add(url.get_secret_value()):
                raise Misused(f"notice address {number} of {len(urls)} is none that apprise understands")

    async def send(self, notice: Notice) -> None:
        """Send, in a thread of its own. Raises Unavailable when any of the addresses was not reached."""
        if not len(self._places):
            return
        order = f"\n{notice.order}" if notice.order else ""
        reached = await asyncio.to_thread(
            self._places.notify,
            title=notice.title,
            body=f"{notice.body or notice.title}{order}",
            notify_type=KINDS[notice.severity],
        )
        if not reached:
            raise Unavailable(f"notice {notice.id} did not reach every address")
