"""What workflows ask of activities: frozen requests; those that act outside carry their book."""

from typing import Literal

from oms.domain.book import CarriesBook
from oms.domain.deadlines import Assessment
from oms.domain.ids import OrderKey
from oms.domain.model import Fact, Moment
from oms.domain.order import Snapshot
from oms.domain.parcels import Parcel
from oms.domain.rulings import OrderFacts, Phase, Ruling
from oms.domain.stock import Piece, Reserved
from oms.ports import Notice, ShippedParcel, WarehouseOrder, WaybillWish


class AssessOrder(Fact):
    """Ask the rules what they say of a paid order."""

    snapshot: Snapshot
    paid_at: Moment
    pace: int
    at: Moment | None = None
    """The order's own time now, which decides on the table in force; None: as orders of former editions ask."""
    version: str = ""
    """The table the order lives by; empty: the one in force."""


class JudgeOrder(Fact):
    """Ask the compliance gate's rules, under the version the order lives by."""

    phase: Phase
    facts: OrderFacts
    version: str


class AdmitOrder(Fact):
    """Ask the rules about a paid order, and promise it its pieces unless something stops it before that."""

    assess: AssessOrder
    pieces: tuple[Piece, ...] = ()
    """None at all: only ask the rules."""
    facts: OrderFacts | None = None
    """What the gate needs to know of the order, which is asked in the same go; None: it is not."""


class Admitted(Fact):
    """What the rules say, and the promise if all of it could be given at once."""

    assessment: Assessment
    reserved: Reserved | None = None
    ruling: Ruling | None = None
    """The gate's word, valid for as long as nothing about the order changes."""


class ReserveStock(CarriesBook):
    """Promise pieces to an order; asked twice, they are promised once."""

    order: OrderKey
    pieces: tuple[Piece, ...]


class ReleaseOrder(CarriesBook):
    """Hand a delivery order to its warehouse; the receiver is fetched from the vault by digest."""

    delivery: WarehouseOrder
    receiver_digest: str
    facts: OrderFacts | None = None
    """For the gate, which is asked once more before the warehouse is; None: it is not."""
    version: str = ""
    """The table the order lives by."""


class RecallOrder(CarriesBook):
    """Ask a warehouse not to ship."""

    order: OrderKey
    code: str
    warehouse: str
    warehouse_number: str = ""
    why: str


class WriteBackParcel(CarriesBook):
    """Tell the channel that a parcel left."""

    parcel: ShippedParcel


class TrackParcel(CarriesBook):
    """Ask to be told of a parcel's scans."""

    order: OrderKey
    receiver_digest: str
    parcel: Parcel


class ConfirmPayment(CarriesBook):
    """Ask the side that has not yet told us of a payment."""

    order: OrderKey
    ask: Literal["gateway", "platform"]


class DrawWaybill(CarriesBook):
    """Draw a waybill for a delivery order; the receiver is fetched from the vault by digest."""

    wish: WaybillWish
    receiver_digest: str


class GiveBackWaybill(CarriesBook):
    """Give a drawn waybill back."""

    order: OrderKey
    waybill: str
    carrier: str


class CorrectWaybill(CarriesBook):
    """Tell the channel that a parcel goes under another waybill."""

    parcel: ShippedParcel
    wrong: str


class AnswerAddress(CarriesBook):
    """Say yes or no to the new address that the buyer asked the platform for."""

    order: OrderKey
    accept: bool
    why: str


class CarrierErrand(CarriesBook):
    """Recycle an unused waybill, or intercept a parcel."""

    order: OrderKey
    waybill: str
    carrier: str
    why: str = ""


class TellPeople(CarriesBook):
    """Send a notice."""

    notice: Notice
