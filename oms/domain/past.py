"""An order that was, as plain values: what a proposed table of rules is tried on."""

from datetime import datetime
from typing import NamedTuple

from oms.domain.couriers import ANY, CourierTerms


class PastOrder(NamedTuple):
    """What is known of an order afterwards; nothing personal. All moments are aware; money is in minor units.

    Not a model: a trial reads hundreds of thousands of them.
    """

    key: str
    """`channel:shop:number`, or the number alone where the source knows no shops."""
    platform: str
    """The row of the table."""
    created: datetime
    paid: datetime | None
    """None: it was never paid, and no rule was asked."""
    until: datetime | None
    """So long it is known to have waited for its shipping: when it left or was withdrawn, or now; None: not known."""
    left: datetime | None = None
    """When it left the warehouse."""
    released: datetime | None = None
    """When the gate was passed; without it the gate is taken to be asked as soon as it was paid."""
    waybill: datetime | None = None
    """When it had its first waybill."""
    ship_by: datetime | None = None
    """What the platform itself promised."""
    ship_from: datetime | None = None
    total_fen: int = 0
    shop: str = ""
    """`{channel}:{shop}`, for the overlays of one shop."""
    sale: str = "spot"
    first_buyer: bool = False
    has_remark: bool = False
    has_receiver: bool = True
    province: str = ""
    lines: int = 1
    pieces: int = 1
    platform_risk: bool = False
    """The platform held it at some time before it left."""
    refund_open: bool = False
    """A refund was asked for at some time before it left."""
    courier: str = ""
    """Who carried it, in our word."""
    couriers: CourierTerms = ANY
    """What the platform demanded of this very order."""
    address_changes: int = 0
    waybill_changes: int = 0
    refunded_fen: int = 0
