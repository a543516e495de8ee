"""The other collaborators an order needs, as Protocols: warehouse, carriers, people, and the orders' mailbox."""

from collections.abc import Sequence
from typing import Literal, Protocol

from pydantic import NonNegativeInt

from oms.domain.aftersale import AfterSale
from oms.domain.aftersales.messages import ReturnArrived
from oms.domain.aftersales.parcel_back import ParcelBack
from oms.domain.aftersales.returns import ReturnOrder
from oms.domain.handover import Notice, WarehouseOrder
from oms.domain.ids import OrderKey, Sku
from oms.domain.messages import (
    AddressWanted,
    ParcelEvent,
    PaymentSeen,
    SnapshotArrived,
    StockArrived,
    WarehouseEvent,
)
from oms.domain.model import Fact, Moment
from oms.domain.receiver import Receiver
from oms.domain.state import OrderState


class Accepted(Fact):
    """The warehouse has the delivery order; `warehouse_number` is its own name for it."""

    outcome: Literal["accepted"] = "accepted"
    warehouse_number: str = ""


class Rejected(Fact):
    """The warehouse will not ship this, and says why."""

    outcome: Literal["rejected"] = "rejected"
    reason: str


class CancelAccepted(Fact):
    """The warehouse will not ship it any more (or never had it)."""

    outcome: Literal["cancelled"] = "cancelled"


class CancelRefused(Fact):
    """Too late: the warehouse ships it, or has shipped it."""

    outcome: Literal["refused"] = "refused"
    reason: str


class StockLevel(Fact):
    """Pieces physically in a warehouse, as it counts them."""

    warehouse: str
    sku: Sku
    on_hand: NonNegativeInt


class Warehouse(Protocol):
    """The warehouse management systems that ship our orders."""

    async def create(self, order: WarehouseOrder, receiver: Receiver, remark: str) -> Accepted | Rejected:
        """Ask for a delivery; asking twice with one code asks once."""

    async def cancel(
        self, code: str, warehouse: str, why: str, warehouse_number: str = ""
    ) -> CancelAccepted | CancelRefused:
        """Ask not to ship; harmless when nothing was asked before."""

    async def levels(self, warehouse: str, skus: Sequence[Sku]) -> Sequence[StockLevel]:
        """Count what is there."""

    async def expect_return(self, order: ReturnOrder) -> Accepted | Rejected:
        """Announce goods that come back; announced twice with one code, they are expected once."""


class Scan(Fact):
    """One line of a parcel's trace, as the carrier wrote it."""

    at: Moment
    raw_state: str
    text: str
    place: str = ""


class ParcelReport(Fact):
    """A carrier's whole present view of a parcel."""

    event: ParcelEvent
    carrier: str
    scans: tuple[Scan, ...] = ()
    picked_up_at: Moment | None = None
    """The first scan in the carrier's hands, if the trace shows one."""
    finished: bool = False
    """The carrier will say nothing more of it by itself."""


class GaveUp(Fact):
    """The carrier follows a parcel no more, after days of silence; it may be asked again to, but not at once."""

    last: ParcelReport | None = None
    """What it knew."""


class Intercepted(Fact):
    """The carrier turns the parcel round."""

    outcome: Literal["intercepted"] = "intercepted"


class InterceptRefused(Fact):
    """The carrier cannot stop it any more."""

    outcome: Literal["refused"] = "refused"
    reason: str


class Tracking(Protocol):
    """Whoever follows parcels for us."""

    async def subscribe(self, waybill: str, carrier: str, phone_tail: str = "") -> None:
        """Ask to be told of every scan; asking twice is fine."""

    async def query(self, waybill: str, carrier: str, phone_tail: str = "") -> ParcelReport | None:
        """Ask where the parcel is now; None when nobody knows it yet."""

    async def recycle(self, waybill: str, carrier: str) -> None:
        """Give an unused waybill back; harmless when it was given back before."""

    async def intercept(self, waybill: str, carrier: str, why: str) -> Intercepted | InterceptRefused:
        """Ask the carrier to stop a parcel that is on its way and bring it back."""


class Notices(Protocol):
    """How people are told."""

    async def send(self, notice: Notice) -> None:
        """Tell; told twice with one id, it is heard once."""


class Mailbox(Protocol):
    """How facts reach orders."""

    async def begin(self, message: SnapshotArrived) -> bool:
        """Begin an order that nobody has heard of; should it be there after all, as `snapshot`."""

    async def snapshot(self, message: SnapshotArrived) -> bool:
        """Hand a snapshot to its order, starting it if need be; False when the order has already ended."""

    async def warehouse(self, order: OrderKey, event: WarehouseEvent) -> bool:
        """Hand a warehouse's word to its order; False when there is no such order running."""

    async def parcel(self, order: OrderKey, event: ParcelEvent) -> bool:
        """Hand a carrier's word to its order; False when there is no such order running."""

    async def payment(self, order: OrderKey, event: PaymentSeen) -> bool:
        """Tell an order that its money came in; False when there is no such order running."""

    async def address_wanted(self, order: OrderKey, event: AddressWanted) -> bool:
        """Tell an order that its buyer asks for another address; False when there is no such order running."""

    async def stock(self, order: OrderKey, event: StockArrived) -> bool:
        """Tell an order that its goods came in; False when there is no such order running."""

    async def after_sale(self, case: AfterSale) -> bool:
        """Hand a case to its workflow, starting it if need be, and tell its order; False when the case has ended."""

    async def returned(self, case: str, event: ReturnArrived) -> bool:
        """Hand a case (`channel:shop:id`) what the warehouse found in its return; False when it is not running."""

    async def case_delivery(self, case: str, event: WarehouseEvent) -> bool:
        """Hand a case a warehouse's word on what it announced or sent once more; False when it is not running."""

    async def case_parcel(self, case: str, event: ParcelEvent) -> bool:
        """Hand a case a carrier's word on the parcel that comes back; False when it is not running."""


class OpensParcelCases(Protocol):
    """Whoever opens a case for a parcel that comes back unasked."""

    async def open_for_parcel(self, back: ParcelBack) -> bool:
        """Open the parcel's case, once, and tell its order; False when the case has ended."""
        ...


class KnowsOrders(Protocol):
    """Whoever can be asked what an order remembers."""

    async def order_state(self, order: OrderKey) -> OrderState | None:
        """Return an order's memory, also of one that has ended; None when nobody knows it any more."""
