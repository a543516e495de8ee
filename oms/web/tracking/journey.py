"""Everything that the page of an order shows, put together from the read model; nothing of a person, no amount."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from oms.domain.book import Change, OrderRow
from oms.domain.parcels import ENDED, MOVING, Parcel, ParcelState
from oms.domain.stages import LEFT, Stage
from oms.languages.marks import N_
from oms.ports import Scan
from oms.store import OrderView
from oms.store.usual import Usual
from oms.web.tracking.standing import Standing, of_order, of_parcel
from oms.web.tracking.trace import ROOM, Extract, extract

MOST_OPEN: Final = 8
"""Of more parcels than this only one at a time is shown with its trace."""
MOST_LISTED: Final = 100
SHOWN_DIGITS: Final = 4
_HANDED_OVER: Final = frozenset({Stage.RELEASED, *LEFT})


class Step(NamedTuple):
    """One of the five steps of every order."""

    name: str
    at: datetime | None
    done: bool
    current: bool = False


class Expected(NamedTuple):
    """When something is to happen; `late` when it should have happened by now."""

    since: datetime
    until: datetime
    late: bool


class ShownParcel(NamedTuple):
    """A parcel as its buyer sees it."""

    number: int
    parcel: Parcel
    standing: Standing
    trace: Extract
    expected: Expected | None

    @property
    def pieces(self) -> int:
        """How many pieces are in it."""
        return sum(piece.quantity for piece in self.parcel.pieces)

    @property
    def left_first(self) -> bool:
        """Our own word of its leaving stands below the oldest line, unless the warehouse said so after the carrier."""
        lines = self.trace.lines
        return not self.trace.older and (not lines or self.parcel.shipped_at <= lines[-1].at)


class Fact(NamedTuple):
    """Something that happened to the order, and when."""

    name: str
    at: datetime


class Journey(NamedTuple):
    """The whole way of an order."""

    standing: Standing
    steps: tuple[Step, ...]
    parcels: tuple[ShownParcel, ...]
    listed: tuple[ShownParcel, ...]
    """Parcels whose trace is a page further."""
    of: int
    arrived: int
    ship_by: Expected | None
    number: str
    """The end of the order's number: enough for its buyer, too little for anybody else to ask with."""
    facts: tuple[Fact, ...]


class Wanted(NamedTuple):
    """Which parcel is asked for, by its place, and how many of its newest lines were seen already; 0: all of them."""

    parcel: int = 0
    skipped: int = 0


def opened(parcels: Sequence[Parcel], wanted: Wanted) -> Sequence[int]:
    """Return the places of the parcels that are shown with their traces, counted from one."""
    if wanted.parcel:
        return [wanted.parcel] if wanted.parcel <= len(parcels) else []
    return range(1, len(parcels) + 1) if len(parcels) <= MOST_OPEN else []


def journey(
    view: OrderView,
    timeline: Sequence[Change],
    traces: Mapping[str, Sequence[Scan]],
    usual: Mapping[str, Usual | None],
    wanted: Wanted,
    now: datetime,
) -> Journey:
    """Put the page together; `traces` by waybill, `usual` by carrier."""
    order, parcels = view.row, view.parcels
    open_ones = opened(parcels, wanted)
    room = ROOM // max(1, len(open_ones))
    shown = [
        ShownParcel(
            place, parcel, of_parcel(parcel), extract(traces.get(parcel.waybill, ()), room, wanted.skipped),
            _expected(parcel, usual.get(parcel.carrier), now),
        )
        for place, parcel in enumerate(parcels, 1)
    ]  # fmt: skip
    steps = _steps(order, parcels, timeline)
    return Journey(
        standing=of_order(order, parcels),
        steps=steps,
        parcels=tuple(each for each in shown if each.number in open_ones),
        listed=() if open_ones else tuple(shown[:MOST_LISTED]),
        of=len(parcels),
        arrived=sum(1 for parcel in parcels if parcel.delivered_at),
        ship_by=_leaves(order, parcels, now),
        number=f"…{order.key.number[-min(SHOWN_DIGITS, len(order.key.number) // 2) :]}",
        facts=_facts(order, steps, timeline),
    )


def _expected(parcel: Parcel, usual: Usual | None, now: datetime) -> Expected | None:
    """Say when a parcel should arrive, by what is usual; of one that waits or goes back there is nothing to expect."""
    waits = {ParcelState.AT_PICKUP_POINT, ParcelState.REJECTED, ParcelState.RETURNING, *ENDED}
    if usual is None or parcel.delivered_at or parcel.state in waits:
        return None
    until = parcel.shipped_at + usual.most
    return Expected(max(parcel.shipped_at + usual.least, min(now, until)), until, late=now > until)


def _leaves(order: OrderRow, parcels: Sequence[Parcel], now: datetime) -> Expected | None:
    if order.ship_by is None or parcels or order.ended_at or order.stage in LEFT or order.paid_at is None:
        return None
    return Expected(order.ship_by, order.ship_by, late=now > order.ship_by)


def _steps(order: OrderRow, parcels: Sequence[Parcel], timeline: Sequence[Change]) -> tuple[Step, ...]:
    """Lay out the five steps; none of them for an order that has no way any more."""
    if order.stage in {Stage.CANCELLED, Stage.CLOSED}:
        return ()
    left = order.stage in LEFT or bool(parcels)
    moved = any(parcel.state in MOVING or parcel.delivered_at for parcel in parcels)
    signed = order.stage in {Stage.DELIVERED, Stage.COMPLETED}
    packed_at = next((change.at for change in timeline if change.what == "delivery.packed"), None)
    shipped_at = order.shipped_at or min((parcel.shipped_at for parcel in parcels), default=None)
    laid = [
        (N_("Paid"), order.paid_at, order.paid_at is not None or order.stage in _HANDED_OVER),
        (N_("Packed"), packed_at, left or packed_at is not None),
        (N_("Shipped"), shipped_at, left),
        (N_("On its way"), _first_moved(timeline) if moved else None, moved or signed),
        (N_("Delivered"), order.delivered_at if signed else None, signed),
    ]
    reached = sum(1 for *_, done in laid if done)
    return tuple(Step(*each, current=place == reached) for place, each in enumerate(laid, 1))


def _facts(order: OrderRow, steps: Sequence[Step], timeline: Sequence[Change]) -> tuple[Fact, ...]:
    """List what happened, in the order of time."""
    known = [
        (N_("Ordered"), order.created_at),
        (N_("Paid"), order.paid_at),
        (N_("At the warehouse"), _moved(timeline, Stage.RELEASED)),
        *((step.name, step.at) for step in steps[1:]),
    ]
    return tuple(sorted((Fact(name, at) for name, at in known if at), key=lambda fact: fact.at))


def _first_moved(timeline: Sequence[Change]) -> datetime | None:
    moving = {f"parcel.{state}" for state in MOVING}
    return next((change.at for change in timeline if change.what in moving), None)


def _moved(timeline: Sequence[Change], stage: Stage) -> datetime | None:
    return next((c.at for c in timeline if c.what == "stage.moved" and c.after == stage), None)
