"""Everything the desk shows of one order, read from the database: it is there also while Temporal is not."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from oms.domain.aftersales.book import AfterSaleRow
from oms.domain.book import Change, OrderRow
from oms.domain.desk_requests import ACT_OF, Ask, Obstacle, obstacle
from oms.domain.holds import HoldReason
from oms.domain.model import Moment
from oms.domain.parcels import Parcel
from oms.domain.stages import ENDED
from oms.ports import Scan
from oms.store import Arrival, OrderView, Store
from oms.web.people.person import Person

WITH_A_REASON: Final = (Ask.APPROVE, Ask.LIFT_LOCK, Ask.ACKNOWLEDGE, Ask.HOLD, Ask.CANCEL)
"""Requests that need nothing but a reason."""


class HoldShown(NamedTuple):
    """A hold with whoever placed it; the row knows only its name."""

    reason: str
    since: Moment | None
    actor: str
    note: str


class Offer(NamedTuple):
    """A request that the person may make, and what stands in its way."""

    ask: Ask
    hold: str
    obstacle: Obstacle | None


class CaseShown(NamedTuple):
    """An after-sale with its history."""

    row: AfterSaleRow
    timeline: Sequence[Change]


class OrderShown(NamedTuple):
    """An order as the page shows it."""

    row: OrderRow
    parcels: Sequence[tuple[Parcel, Sequence[Scan]]]
    timeline: Sequence[Change]
    cases: Sequence[CaseShown]
    holds: Sequence[HoldShown]
    ruled: Sequence[Change]
    arrivals: Sequence[Arrival]
    revision: str

    @property
    def refunded_fen(self) -> int:
        """What its after-sales have paid back."""
        return sum(case.row.refund_fen for case in self.cases if case.row.status == "refunded")

    @property
    def live(self) -> bool:
        """Whether it still moves."""
        return self.row.stage not in ENDED or any(case.row.ended_at is None for case in self.cases)


def look(store: Store, view: OrderView) -> OrderShown:
    """Read everything there is of an order."""
    row, books = view.row, store.orders
    timeline = books.timeline(row.key)
    cases = store.after_sales.of_order(row.key)
    return OrderShown(
        row=row,
        parcels=[(parcel, books.scans(parcel.waybill)[::-1]) for parcel in view.parcels],
        timeline=timeline,
        cases=[CaseShown(case, store.after_sales.timeline(case.key)) for case in cases],
        holds=holds_of(row, timeline),
        ruled=[change for change in timeline if change.rule][::-1],
        arrivals=store.inbox.of_order(row.key),
        revision=revision(store, view, cases),
    )


def revision(store: Store, view: OrderView, cases: Sequence[AfterSaleRow] | None = None) -> str:
    """Name the state of an order, its parcels and its after-sales: it is another one when any of them has moved."""
    if cases is None:
        cases = store.after_sales.of_order(view.row.key)
    scans = store.scans.count([parcel.waybill for parcel in view.parcels]) if view.parcels else 0
    return f"{view.row.seq}.{len(cases)}.{sum(case.seq for case in cases)}.{scans}"


def holds_of(row: OrderRow, timeline: Sequence[Change]) -> Sequence[HoldShown]:
    """Tell of each hold who placed it last, when and why."""
    placed = {change.after: change for change in timeline if change.what == "hold.placed"}
    return [_hold(reason, placed.get(reason)) for reason in row.holds]


def _hold(reason: str, placed: Change | None) -> HoldShown:
    if placed is None:
        return HoldShown(reason, None, "", "")
    return HoldShown(reason, placed.at, placed.actor, placed.why)


def offers(person: Person, row: OrderRow) -> Sequence[Offer]:
    """List what this person may ask of the order; what nothing speaks against comes first."""
    releases = [
        Offer(Ask.RELEASE_HOLD, hold, obstacle(row, Ask.RELEASE_HOLD, hold))
        for hold in row.holds
        if hold != HoldReason.NO_WAYBILL_LOCK
    ]
    plain = [Offer(ask, "", obstacle(row, ask)) for ask in WITH_A_REASON]
    allowed = [each for each in (*plain[:2], *releases, *plain[2:]) if person.may(ACT_OF[each.ask])]
    return sorted(allowed, key=lambda each: each.obstacle is not None)


def others_since(timeline: Sequence[Change], seen: int, name: str) -> Sequence[Change]:
    """List what happened since somebody looked, unless it was nobody but themselves."""
    since = [change for change in timeline if change.seq > seen]
    return since if any(change.actor != name for change in since) else ()
