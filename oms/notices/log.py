"""Notices in the log: always there, needs no set-up."""

import logging
from collections.abc import Mapping

from oms.ports import Notice

LEVELS: Mapping[str, int] = {"info": logging.INFO, "warning": logging.WARNING, "red": logging.ERROR}


class LogNotices:
    """Writes every notice as one event; fulfils `oms.ports.Notices`."""

    def __init__(self, log: logging.Logger | None = None) -> None:
        self._log = log or logging.getLogger(__name__)

    async def send(self, notice: Notice) -> None:
        """Write the notice, which holds no personal data; it cannot fail."""
        fields = {
            "notice_id": notice.id,
            "to": notice.to,
            "severity": notice.severity,
            "title": notice.title,
            "text": notice.body,
            "order": notice.order,
        }
        self._log.log(LEVELS[notice.severity], "notice.sent", extra=fields)
