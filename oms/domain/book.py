"""What an order writes down: its row in the read model, one audit event a change, and stock moves."""

from enum import StrEnum
from typing import Literal, Self

from pydantic import Field

from oms.domain.couriers import ANY, CourierTerms
from oms.domain.ids import OrderKey
from oms.domain.model import Fact, Moment
from oms.domain.order import Snapshot
from oms.domain.parcels import Parcel


class Change(Fact):
    """One audit event: who changed what, from what to what, why, under which rule version.

    It is at the same time the outbox event that tells subscribers, when `topic` names one.
    """

    id: str
    """Stable: `{order}#{seq}`; writing it twice writes it once."""
    seq: int
    at: Moment
    actor: str
    what: str
    """Dotted past tense: `stage.moved`, `hold.placed`, `parcel.delivered`."""
    before: str = ""
    after: str = ""
    why: str = ""
    rule_version: str = ""
    rule: str = ""
    """The rule's id in the table, when a rule is behind it."""
    topic: str = ""


class Reached(Fact):
    """An order came to a stage; read from the audit."""

    order: OrderKey
    stage: str
    at: Moment


class StockMoveKind(StrEnum):
    """What becomes of reserved pieces."""

    GIVE_BACK = "give_back"
    CONSUME = "consume"


class StockMove(Fact):
    """Give reserved pieces back, or let them go with a parcel; harmless when done twice.

    `warehouse` names the allocation; empty means everything the order still holds.
    """

    kind: StockMoveKind
    warehouse: str = ""


class Sold(Fact):
    """How an order was sold, as its platform says: what a proposed table of rules is tried on later."""

    ship_by: Moment | None = None
    """The platform's own promise, before our table had its say."""
    ship_from: Moment | None = None
    sale: Literal["spot", "presale", "negotiated"] = "spot"
    couriers: CourierTerms = ANY
    province: str = ""
    has_remark: bool = False
    lines: int = 1
    pieces: int = 1

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self:
        """Keep what the rules may ask of a snapshot; nothing personal."""
        return cls(
            ship_by=snapshot.ship_by, ship_from=snapshot.ship_from, sale=snapshot.sale, couriers=snapshot.couriers,
            province=snapshot.province, has_remark=snapshot.has_remark, lines=len(snapshot.lines),
            pieces=sum(line.quantity for line in snapshot.lines),
        )  # fmt: skip


class OrderRow(Fact):
    """The read model's view of an order; a row of higher `seq` replaces one of lower."""

    key: OrderKey
    business_id: str
    seq: int
    stage: str
    outcome: str = ""
    holds: tuple[str, ...] = ()
    payment: str
    sla_state: str
    next_deadline: Moment | None = None
    next_deadline_text: str = ""
    why_here: str = ""
    tags: tuple[str, ...] = ()
    total_fen: int
    currency: str
    platform_status: str
    platform_fingerprint: str
    platform_modified_at: Moment
    created_at: Moment
    paid_at: Moment | None = None
    ship_by: Moment | None = None
    shipped_at: Moment | None = None
    delivered_at: Moment | None = None
    ended_at: Moment | None = None
    waiting_for: tuple[str, ...] = ()
    """SKUs the order waits for; a stock arrival wakes those who wait, oldest first."""
    sold: Sold = Sold()


class OrderBook(Fact):
    """Everything an order has to write at one moment, written in one transaction."""

    row: OrderRow
    changes: tuple[Change, ...] = Field(default=())
    parcels: tuple[Parcel, ...] = ()
    stock: tuple[StockMove, ...] = ()


class CarriesBook(Fact):
    """A request whose outside effect is written down before it happens.

    Whoever runs such a request first commits `book`; so no effect in the outside world lacks its
    reason in ours, and the order needs no step of its own for it.
    """

    book: OrderBook | None = None
