"""What leaves an order for somebody else: to a warehouse, to a channel, to a person."""

from collections.abc import Mapping
from typing import Literal

from pydantic import NonNegativeInt

from oms.domain.ids import OrderKey
from oms.domain.model import Fact, Moment
from oms.domain.stock import Piece


class WarehouseOrder(Fact):
    """What a warehouse is asked to ship; `code` makes asking twice asking once."""

    code: str
    order: OrderKey
    warehouse: str
    pieces: tuple[Piece, ...]
    titles: Mapping[str, str] = {}
    """SKU to title, for the packing list."""
    total_fen: NonNegativeInt
    created_at: Moment
    paid_at: Moment | None = None
    ship_by: Moment | None = None
    carrier: str = ""
    waybill: str = ""
    """A number drawn by us, which the warehouse uses; empty: it draws its own."""


class WaybillWish(Fact):
    """What a waybill is needed for; `code`, the delivery order's, makes asking twice drawing once."""

    code: str
    order: OrderKey
    warehouse: str
    """Where the parcel leaves: names the sender's address in the configuration."""
    pieces: tuple[Piece, ...]
    titles: Mapping[str, str] = {}
    """SKU to title."""
    carrier: str = ""
    """In our words; empty: the shop's usual one."""


class ShippedParcel(Fact):
    """What a channel must know of a parcel that left."""

    order: OrderKey
    waybill: str
    carrier: str
    pieces: tuple[Piece, ...]
    shipped_at: Moment
    last: bool
    """True when nothing more of this order will be shipped: the platform's order may be closed as shipped."""
    idempotency_key: str


class Notice(Fact):
    """Something a person should know or do; holds no personal data."""

    id: str
    """Stable: sending it twice reaches the person once."""
    to: Literal["service", "purchasing", "supervisor", "operations", "manager"]
    severity: Literal["info", "warning", "red"] = "info"
    title: str
    body: str
    order: str = ""
