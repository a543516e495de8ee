"""A parcel that its buyer refused, or that the carrier brings back unasked: what its case is opened with."""

import base64
import hashlib

from oms.domain.aftersale import PARCEL_MARK, AfterSale, AfterSaleKind, AfterSaleStatus
from oms.domain.ids import OrderKey
from oms.domain.model import Fact, Moment
from oms.domain.parcels import Parcel, ParcelState
from oms.domain.state import OrderState
from oms.domain.stock import Piece

LONGEST_ID = 64


class ParcelBack(Fact):
    """A parcel of ours on its way back. Nothing of the buyer."""

    order: OrderKey
    waybill: str
    carrier: str
    pieces: tuple[Piece, ...]
    state: ParcelState
    """Rejected, returning or returned."""
    at: Moment
    """The carrier's moment of that word."""
    delivery_order: str = ""
    """Under which the goods had gone out."""
    warehouse: str = ""
    """Which warehouse had sent them; empty when nobody knows."""


def parcel_back(order: OrderState, parcel: Parcel, at: Moment) -> ParcelBack:
    """Return what a parcel's case is opened with, as its order knows it; `at` where the carrier named no moment."""
    delivery = next((each for each in order.deliveries if each.code == parcel.delivery_order), None)
    return ParcelBack(
        order=order.key, waybill=parcel.waybill, carrier=parcel.carrier, pieces=parcel.pieces, state=parcel.state,
        at=parcel.state_at or at, delivery_order=parcel.delivery_order,
        warehouse=delivery.warehouse if delivery else "",
    )  # fmt: skip


def case_of(back: ParcelBack) -> AfterSale:
    """Return the case of a parcel: opened by us, known to no platform; the same parcel has the same case for ever.

    The goods of one box may be of several orders, and each of them has a case of its own: so the number is in the id.
    """
    lines = {piece.line for piece in back.pieces}
    return AfterSale(
        id=_case_id(back), order=back.order, kind=AfterSaleKind.INTERCEPT, status=AfterSaleStatus.RETURNING,
        raw_status=f"opened by us: the parcel is {back.state}", line=lines.pop() if len(lines) == 1 else "",
        quantity=sum(piece.quantity for piece in back.pieces) or None, waybill=back.waybill, carrier=back.carrier,
        modified_at=back.at,
    )  # fmt: skip


def _case_id(back: ParcelBack) -> str:
    plain = f"{PARCEL_MARK}{back.waybill}-{back.order.number}"
    if len(plain) <= LONGEST_ID:
        return plain
    digest = hashlib.sha256(plain.encode()).digest()
    return f"{PARCEL_MARK}{base64.b32encode(digest)[:26].decode()}"
