"""What may be asked of the control API; a misspelt wish is refused."""

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from simulator.market.order import CaseKind, CaseStatus
from simulator.wire import Json


class Wish(BaseModel):
    """Something asked of the world."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class WantedLine(Wish):
    """One line of a wanted order; the price is in yuan and defaults to the catalogue's."""

    sku: str
    quantity: int = Field(default=1, ge=1)
    price: Decimal | None = Field(default=None, ge=0, decimal_places=2)


class WantedOrders(Wish):
    """Orders to place; without lines each is a usual one of its own."""

    count: int = Field(default=1, ge=1, le=10_000)
    lines: tuple[WantedLine, ...] = ()
    paid: bool = True
    note: str = ""
    raw: Json | None = None
    at: str | None = None
    """The marketplace; wherever it is the turn, unless said."""


class Cancellation(Wish):
    """How the buyer cancels."""

    status: Literal["cancelled", "refunded"] = "cancelled"


class RefundWish(Wish):
    """How much the buyer wants back: everything, unless said."""

    amount: Decimal | None = Field(default=None, gt=0, decimal_places=2)
    reason: str = "不想要了"


class CaseWish(Wish):
    """What a buyer asks for after the sale, now."""

    kind: CaseKind = "refund_only"
    line: int = Field(default=0, ge=0)
    """Which line of the order, counted from 0."""
    pieces: int = Field(default=0, ge=0)
    """How many of it; 0 means all."""
    reason: str = "不想要了"
    sends_back: bool = True
    expected: CaseStatus = "refunded"


class StockCount(Wish):
    """How many pieces lie on a shelf from now on."""

    warehouse: str
    sku: str
    quantity: int = Field(ge=0)


class MoodWish(Wish):
    """How the warehouse shall behave; what is not named stays."""

    refuse_cancel: bool | None = None
    hold_shipping: bool | None = None
    ship_after_business_s: float | None = Field(default=None, ge=0)
    refuse_returns: bool | None = None


class ScanWish(Wish):
    """A scan to add to a parcel's trace."""

    waybill: str
    state: str
    status_code: str | None = None
    context: str = "人工录入的轨迹"
    city: str = ""
