"""The other collaborators an order needs, as Protocols: warehouse, carriers, people, and the orders' mailbox."""

from collections.abc import Sequence
from typing import Literal, Protocol

from pydantic import NonNegativeInt

from oms.domain.handover import Notice, WarehouseOrder
from oms.domain.ids import OrderKey, Sku
from oms.domain.messages import ParcelEvent, SnapshotArrived, StockArrived, WarehouseEvent
from oms.domain.model import Fact, Moment
from oms.domain.receiver import Receiver


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
    finished: bool = False
    """The carrier will say nothing more of it by itself."""


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

    async def stock(self, order: OrderKey, event: StockArrived) -> bool:
        """Tell an order that its goods came in; False when there is no such order running."""
