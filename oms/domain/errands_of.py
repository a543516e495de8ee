"""What an order asks of its collaborators, put together from its state."""

from typing import Literal

from oms.domain.fulfilment import all_left
from oms.domain.handover import Notice, ShippedParcel, WarehouseOrder
from oms.domain.parcels import Parcel
from oms.domain.state import DeliveryOrder, OrderState


def warehouse_order(order: OrderState, delivery: DeliveryOrder) -> WarehouseOrder:
    """What a warehouse is asked to ship."""
    skus = {piece.sku for piece in delivery.pieces}
    return WarehouseOrder(
        code=delivery.code, order=order.key, warehouse=delivery.warehouse, pieces=delivery.pieces,
        titles={line.sku: line.title for line in order.snapshot.lines if line.sku in skus},
        total_fen=order.snapshot.total_fen, created_at=order.snapshot.created_at, paid_at=order.paid_at,
        ship_by=order.assessment.ship_by if order.assessment else None,
    )  # fmt: skip


def shipped_parcel(order: OrderState, parcel: Parcel) -> ShippedParcel:
    """What the channel is told of a parcel; the key makes telling twice telling once.

    Parcels are told one after the other as they were announced: of several that left together only the one told
    at the end is the last. To be told so of an earlier one, a platform ships the whole order with it.
    """
    last = all_left(order) and order.announced[-1:] in {(), (parcel.waybill,)}
    return ShippedParcel(
        order=order.key, waybill=parcel.waybill, carrier=parcel.carrier, pieces=parcel.pieces,
        shipped_at=parcel.shipped_at, last=last, idempotency_key=f"{order.key}:{parcel.waybill}",
    )  # fmt: skip


def notice(
    order: OrderState, to: Literal["service", "purchasing", "supervisor", "operations"], note: str
) -> Notice:
    """Tell people of something that only a person can mend; the same words are told once an order."""
    return Notice(
        id=f"{order.key}:{note}"[:200], to=to, severity="warning", title="an order needs you",
        body=f"Order {order.key} ({order.business_id}): {note}", order=str(order.key),
    )  # fmt: skip
