"""What an order is told: signals carry facts, updates ask permission."""

from enum import StrEnum

from pydantic import Field, NonNegativeInt

from oms.domain.aftersale import AfterSaleKind, AfterSaleStatus
from oms.domain.ids import Sku
from oms.domain.model import Message, Moment
from oms.domain.order import Snapshot
from oms.domain.parcels import ParcelState


class Way(StrEnum):
    """How a fact reached us."""

    POLL = "poll"
    WEBHOOK = "webhook"
    SWEEP = "sweep"
    RESYNC = "resync"
    GATEWAY = "gateway"


class SnapshotArrived(Message):
    """The platform's present view of the order."""

    event_id: str
    way: Way
    snapshot: Snapshot


class PaymentSeen(Message):
    """Somebody saw the money: the payment gateway, independently of the platform."""

    event_id: str
    way: Way
    paid_at: Moment
    amount_fen: NonNegativeInt


class WarehouseSays(StrEnum):
    """What a warehouse reports of a delivery order; words that change nothing stay in the read model."""

    ACCEPTED = "accepted"
    PACKED = "packed"
    SHIPPED = "shipped"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXCEPTION = "exception"


class PackedPiece(Message):
    """So many pieces of one SKU in a box."""

    sku: Sku
    quantity: int = Field(gt=0)


class ShippedBox(Message):
    """A box that left the warehouse."""

    waybill: str
    carrier: str
    pieces: tuple[PackedPiece, ...]


class WarehouseEvent(Message):
    """A warehouse's word on one of the order's delivery orders."""

    event_id: str
    delivery_order: str
    says: WarehouseSays
    raw: str = ""
    at: Moment
    boxes: tuple[ShippedBox, ...] = ()
    final: bool = True
    """False when more boxes of this delivery order will follow."""
    waybill: str = ""
    """A waybill that the warehouse has drawn before shipping, if it says so."""
    carrier: str = ""
    why: str = ""


class ParcelEvent(Message):
    """A carrier's word on one of the order's parcels."""

    event_id: str
    waybill: str
    state: ParcelState
    raw_state: str = ""
    at: Moment


class AfterSaleChanged(Message):
    """An after-sale of the order was opened, or is further on its way."""

    event_id: str
    id: str
    """The platform's id of the case."""
    kind: AfterSaleKind
    status: AfterSaleStatus
    line: str = ""
    """The platform's line id; empty: the whole order."""
    quantity: int | None = None
    refund_fen: NonNegativeInt = 0
    at: Moment


class AddressWanted(Message):
    """The buyer asks the platform for another address, and the platform wants our answer."""

    event_id: str


class RulesChanged(Message):
    """Another version of the rule table is in force, and the order's row says to live by it from now on."""

    event_id: str
    version: str


class StockArrived(Message):
    """Pieces came in that the order waits for."""

    event_id: str
    skus: tuple[Sku, ...]


class Command(Message):
    """A person (or rule) asks the order to do something, and says why."""

    by: str = Field(min_length=1, max_length=80)
    why: str = Field(min_length=1, max_length=500)


class PlaceHold(Command):
    """Stop the order until somebody releases it, or until `until`: at the next gate, or at the warehouse."""

    until: Moment | None = None


class ReleaseHold(Command):
    """Lift one hold by its reason."""

    reason: str


class ApproveReview(Command):
    """Customer service has confirmed address and specification."""


class LiftLock(Command):
    """Free an order from a red lock."""


class Acknowledge(Command):
    """Somebody has heard the alarm and looks after it: nobody else is called."""

    step: str = ""
    """Which one, as in `escalate`; empty: every open one."""


class CancelOrder(Command):
    """Withdraw the order, with whatever undo its stage needs."""


class ChangeAddress(Command):
    """Send the goods elsewhere: the new receiver is already in the vault under `receiver_digest`."""

    receiver_digest: str
    province: str = ""


class ChangeWaybill(Command):
    """Correct a parcel's waybill or carrier."""

    old_waybill: str
    waybill: str = Field(min_length=4, max_length=40, pattern="^[A-Za-z0-9]+$")
    carrier: str = Field(min_length=1, max_length=20)


class AddNote(Command):
    """Leave a note in the timeline; `why` is the note."""


class Done(Message):
    """The order has taken the command; `note` says what happens now."""

    note: str = ""
