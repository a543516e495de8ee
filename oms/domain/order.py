"""An order as its platform knows it now: the canonical snapshot every channel's mapping ends in."""

import hashlib
import json
from enum import StrEnum
from typing import Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from oms.domain.couriers import ANY, CourierTerms
from oms.domain.ids import OrderKey, Sku
from oms.domain.model import Fact, Message, Moment

LEARNT = ("sale", "ship_from", "couriers")
"""Fields added later: an order known from before must not look changed because we read more of it."""
MAX_LINES = 500
"""More lines than this is no order of a shop; such a payload is parked for a person."""


class PlatformStatus(StrEnum):
    """What the platform says of the order, in our words; `UNKNOWN` keeps the raw word beside it."""

    AWAITING_PAYMENT = "awaiting_payment"
    PAID = "paid"
    SHIPPED = "shipped"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    UNKNOWN = "unknown"


STATUS_ORDER = (
    PlatformStatus.UNKNOWN,
    PlatformStatus.AWAITING_PAYMENT,
    PlatformStatus.PAID,
    PlatformStatus.SHIPPED,
    PlatformStatus.CONFIRMED,
    PlatformStatus.CANCELLED,
    PlatformStatus.REFUNDED,
)
"""How far each word is on an order's way."""


class Line(Fact):
    """One line of an order: so many pieces of one SKU."""

    id: str = Field(min_length=1, max_length=64)
    sku: Sku
    title: str = Field(max_length=500)
    quantity: PositiveInt
    total_fen: NonNegativeInt
    """What the buyer pays for the whole line, after discounts."""


class Snapshot(Message):
    """The whole order at one moment of the platform's own time; absolute, never a difference."""

    key: OrderKey
    created_at: Moment
    modified_at: Moment
    status: PlatformStatus
    raw_status: str
    paid_at: Moment | None = None
    total_fen: NonNegativeInt
    refunded_fen: NonNegativeInt = 0
    currency: str = Field(default="CNY", pattern="^[A-Z]{3}$")
    lines: tuple[Line, ...] = Field(max_length=MAX_LINES)
    ship_by: Moment | None = None
    """The ship-by time the platform itself promised, if it gives one."""
    province: str = ""
    """Coarse destination, for choosing a warehouse; the full address stays in the vault."""
    receiver_digest: str = ""
    """Keyed digest of the receiver: tells a changed address without telling the address."""
    buyer: str = ""
    """Keyed digest of the platform's opaque buyer id."""
    has_remark: bool = False
    platform_risk: bool = False
    """The platform holds the order for review: it must not be shipped."""
    refund_open: bool = False
    sale: Literal["spot", "presale", "negotiated"] = "spot"
    """How the ship-by time came about: of presales and negotiated delays the platform's own time is the only one."""
    ship_from: Moment | None = None
    """The first moment at which a presale may be shipped, where the platform names one."""
    couriers: CourierTerms = ANY
    """The couriers that the platform demands, recommends or forbids for this very order."""

    @property
    def fingerprint(self) -> str:
        """Content, whatever the modification time: equal content is a repetition, not a change.

        What snapshots have learnt to tell since the first release counts only where it says something.
        """
        silent = {name for name in LEARNT if getattr(self, name) == type(self).model_fields[name].default}
        content = self.model_dump(mode="json", exclude={"modified_at", *silent})
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def is_newer_than(self, other: "Snapshot") -> bool:
        """Tell whether this one overrules the other: it differs, and it is later.

        Platform clocks tick in whole seconds: of two words of one second the one that is further on
        its way stands (paid is never overruled by awaiting payment), else the one that came last.
        """
        if self.fingerprint == other.fingerprint:
            return False
        if self.modified_at != other.modified_at:
            return self.modified_at > other.modified_at
        return STATUS_ORDER.index(self.status) >= STATUS_ORDER.index(other.status)
