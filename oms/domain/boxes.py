"""From the boxes a warehouse reports to the parcels we follow."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from oms.domain.deliveries import DeliveryOrder
from oms.domain.ids import Sku
from oms.domain.messages import ShippedBox
from oms.domain.parcels import Parcel
from oms.domain.stock import Piece


def parcels_of(
    delivery: DeliveryOrder, boxes: Iterable[ShippedBox], shipped_at: datetime, known: Sequence[str]
) -> tuple[Parcel, ...]:
    """Return the parcels not known yet, one a waybill, on however many lines the warehouse lists its content.

    Where no box says what is in it, the first counts as holding everything and the others nothing.
    """
    merged: dict[str, ShippedBox] = {}
    for box in boxes:
        pieces = (*merged[box.waybill].pieces, *box.pieces) if box.waybill in merged else box.pieces
        merged[box.waybill] = box.model_copy(update={"pieces": pieces})
    silent = not known and not any(box.pieces for box in merged.values())
    lines = {piece.sku: piece.line for piece in delivery.pieces}
    return tuple(
        Parcel(
            waybill=box.waybill, carrier=box.carrier, delivery_order=delivery.code, shipped_at=shipped_at,
            pieces=delivery.pieces if silent and place == 0 else _pieces(box, lines),
        )
        for place, box in enumerate(merged.values())
        if box.waybill not in known
    )  # fmt: skip


def _pieces(box: ShippedBox, lines: dict[Sku, str]) -> tuple[Piece, ...]:
    return tuple(
        Piece(line=lines.get(piece.sku, ""), sku=piece.sku, quantity=piece.quantity) for piece in box.pieces
    )
