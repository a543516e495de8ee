"""Read what a report counts: audit events of rules, the way of the orders concerned, and what fines are estimated."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from oms.domain.ids import ShopKey
from oms.domain.periods import Period
from oms.rules.table import RuleTable
from oms.store import Store
from oms.violations.counting import Names, Seen, count
from oms.violations.incidents import Incident, incidents_of
from oms.violations.kinds import OF_A_RULE, OF_ITS_WAY, REFUSED, UNSURE, Kind
from oms.violations.report import Price, Report

LOOK_BACK = timedelta(days=30)
"""How long before a period the gate may have refused an order that left within it."""
InForce = Callable[[datetime], RuleTable]
"""Which table is in force at a moment."""


def _nothing() -> None:
    """Do nothing, for those who want to hear of no progress."""


class Reading:
    """Makes reports from our database. Synchronous; raises Unavailable when the database cannot answer now."""

    def __init__(self, store: Store, platforms: Mapping[ShopKey, str], in_force: InForce) -> None:
        """Take the store, the row of the table each shop lives by, and where tables are found."""
        self._store = store
        self._platforms = platforms
        self._in_force = in_force

    def report(self, period: Period, made_at: datetime, on_progress: Callable[[], None] = _nothing) -> Report:
        """Count a period and the one before; `on_progress` is called with every few hundred orders read."""
        names = Names(self._platform_of, self._price, self._in_force(made_at).version)
        now, before = (self._seen(each, on_progress) for each in (period, period.before))
        return count(now, before, names, made_at)

    def _seen(self, period: Period, on_progress: Callable[[], None]) -> Seen:
        ruled = self._store.ruled
        events = set(ruled.ruled(period.since, period.until, OF_A_RULE))
        events.update(ruled.ruled(period.since - LOOK_BACK, period.since, (REFUSED, UNSURE)))
        concerned = sorted({event.order for event in events})
        for way in ruled.ways(concerned, OF_ITS_WAY):
            events.update(way)
            on_progress()
        orders = ruled.orders(period.since, period.until)
        return Seen(period, incidents_of(events, period, self._platform_of), orders)

    def _platform_of(self, shop: ShopKey) -> str:
        """Name a shop's platform; a shop that is configured no more goes by its channel."""
        return self._platforms.get(shop, shop.channel)

    def _price(self, incident: Incident) -> Price | None:
        table = self._in_force(incident.at)
        row = table.row(incident.platform, incident.shop, incident.at)
        match incident.kind:
            case Kind.LATE:
                return Price(fen=row.penalty.late_ship, grade=row.evidence.get("penalty.late_ship", ""))
            case Kind.FALSE_SHIPMENT:
                return Price(fen=row.penalty.false_ship, grade=row.evidence.get("penalty.false_ship", ""))
            case _:
                return None
