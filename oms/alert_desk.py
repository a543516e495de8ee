"""Put the office of alerts together from the settings: the rota and its ways, or everybody's addresses."""

from collections.abc import Callable
from datetime import datetime

from oms.alerting import RotaOffice
from oms.http import Http
from oms.notices import LogNotices
from oms.notices.ways import AllWays, Way, open_way
from oms.rota import Rota
from oms.settings import Settings
from oms.store import Store

EVERYWHERE = "OMS_NOTICE_URLS"


def open_office(settings: Settings, store: Store, http: Http, clock: Callable[[], datetime]) -> RotaOffice:
    """Open every way of every person. Raises Misused, naming the variable, when an address is none."""
    rota = settings.rota or Rota.of_everybody({})
    return RotaOffice(rota, ways_of_people(settings, rota, http, clock), store, LogNotices())


def ways_of_people(
    settings: Settings, rota: Rota, http: Http, clock: Callable[[], datetime]
) -> dict[str, dict[str, Way]]:
    """Return the ways of each person of the rota; without one, everybody is reached at OMS_NOTICE_URLS, all at once."""
    if settings.rota is None:
        places = [open_way(EVERYWHERE, url, http, clock) for url in settings.notice_urls]
        return {rota.people[0].name: {EVERYWHERE: AllWays(places)} if places else {}}
    return {
        person.name: {name: open_way(name, url, http, clock) for name, url in person.ways.items()}
        for person in rota.people
    }
