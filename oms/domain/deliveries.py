"""Delivery orders: what one warehouse was asked to ship, and what became of it."""

from enum import StrEnum

from oms.domain.model import Fact
from oms.domain.stock import Piece


class DeliveryStatus(StrEnum):
    """What became of a delivery order at its warehouse."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    TOO_LATE = "too_late"
    """The warehouse refused to cancel."""
    PART_SHIPPED = "part_shipped"
    SHIPPED = "shipped"


OPEN_DELIVERIES = frozenset(
    {DeliveryStatus.ASKED, DeliveryStatus.ACCEPTED, DeliveryStatus.TOO_LATE, DeliveryStatus.PART_SHIPPED}
)
"""Something may still come out of the warehouse."""


class DeliveryOrder(Fact):
    """What one warehouse was asked to ship; the code is our idempotency key there."""

    code: str
    warehouse: str
    pieces: tuple[Piece, ...]
    status: DeliveryStatus = DeliveryStatus.ASKED
    warehouse_number: str = ""
    waybill: str = ""
    carrier: str = ""
    recalled: bool = False
    """We have asked the warehouse not to ship it."""
    drawn: bool = False
    """Its waybill was drawn by us, not by the warehouse."""
    past: bool = False
    """It is over, and its warehouse may be asked anew for pieces that were stopped before."""
    why: str = ""
