"""Tell people past the engine: when it stands still, no alert of its own reaches anybody."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from oms.alert_desk import ways_of_people
from oms.domain.errors import OmsError, Unavailable
from oms.domain.handover import Notice
from oms.http import Http
from oms.logs import words_of
from oms.notices import LogNotices
from oms.notices.ways import Way
from oms.rota import Rota
from oms.settings import Settings

log = logging.getLogger(__name__)


class DirectNotices:
    """Reaches the first person of the rota who can be reached, and always the log; fulfils `oms.ports.Notices`."""

    def __init__(self, rota: Rota, ways: Mapping[str, Mapping[str, Way]]) -> None:
        """Take the rota, and the ways to each of its people; with no ways at all, the log is enough."""
        self._rota = rota
        self._ways = ways
        self._log = LogNotices()

    async def send(self, notice: Notice) -> None:
        """Send. Raises Unavailable when nobody could be reached though there are ways."""
        await self._log.send(notice)
        tried = 0
        for person in self._rota.chain(notice.to, notice.severity):
            for name, way in self._ways.get(person.name, {}).items():
                tried += 1
                try:
                    await way.send(notice.title, notice.body)
                except OmsError as error:
                    log.warning("notice.way_failed", extra={"way": name, "reason": words_of(error)})
                else:
                    return
        if tried:
            raise Unavailable(f"none of {tried} ways took the notice {notice.id}")


def direct_notices(settings: Settings, http: Http, clock: Callable[[], datetime]) -> DirectNotices:
    """Open the ways that the settings name. Raises Misused, naming the variable, when an address is none."""
    rota = settings.rota or Rota.of_everybody({})
    return DirectNotices(rota, ways_of_people(settings, rota, http, clock))
