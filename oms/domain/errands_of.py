"""What an order asks of its collaborators, put together from its state."""

from datetime import datetime
from typing import Literal

from oms.domain import waybills
from oms.domain.card import clock
from oms.domain.deliveries import DeliveryOrder
from oms.domain.fulfilment import all_left
from oms.domain.handover import Notice, ShippedParcel, WarehouseOrder, WaybillWish
from oms.domain.parcels import Parcel
from oms.domain.state import OrderState


def warehouse_order(order: OrderState, delivery: DeliveryOrder) -> WarehouseOrder:
    """What a warehouse is asked to ship."""
    skus = {piece.sku for piece in delivery.pieces}
    return WarehouseOrder(
        code=delivery.code, order=order.key, warehouse=delivery.warehouse, pieces=delivery.pieces,
        titles={line.sku: line.title for line in order.snapshot.lines if line.sku in skus},
        total_fen=order.snapshot.total_fen, created_at=order.snapshot.created_at, paid_at=order.paid_at,
        ship_by=order.assessment.ship_by if order.assessment else None,
        waybill=delivery.waybill if delivery.drawn else "",
        carrier=delivery.carrier if delivery.drawn else _courier(order),
    )  # fmt: skip


def waybill_wish(order: OrderState, delivery: DeliveryOrder) -> WaybillWish:
    """What a waybill is drawn for."""
    skus = {piece.sku for piece in delivery.pieces}
    return WaybillWish(
        code=delivery.code, order=order.key, warehouse=delivery.warehouse, pieces=delivery.pieces,
        titles={line.sku: line.title for line in order.snapshot.lines if line.sku in skus}, carrier=_courier(order),
    )  # fmt: skip


def _courier(order: OrderState) -> str:
    return order.assessment.courier if order.assessment else ""


def parcel_to_be(delivery: DeliveryOrder, at: datetime) -> Parcel:
    """The parcel that will leave under a drawn waybill, as the channel and the tracking are told of it."""
    return Parcel(
        waybill=delivery.waybill, carrier=delivery.carrier, delivery_order=delivery.code, pieces=delivery.pieces,
        shipped_at=at,
    )  # fmt: skip


def shipped_parcel(order: OrderState, parcel: Parcel) -> ShippedParcel:
    """What the channel is told of a parcel; the key makes telling twice telling once.

    Parcels are told one after the other as they were announced: of several that left together only the one told
    at the end is the last. To be told so of an earlier one, a platform ships the whole order with it.
    """
    last = (all_left(order) or waybills.all_told_when_drawn(order)) and order.announced[-1:] in {
        (),
        (parcel.waybill,),
    }
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
        body=f"Order {order.key} ({order.business_id}): {note}{_at_stake(order)}", order=str(order.key),
    )  # fmt: skip


def trouble(order: OrderState, parcel: Parcel) -> Notice:
    """Tell service of a parcel that the buyer refused, or that the carrier brings back."""
    words = f"parcel {parcel.waybill} ({parcel.carrier}) is {parcel.state}: ask the buyer, then refund or send again"
    return notice(order, "service", words)


def wrong_courier(order: OrderState, waybill: str) -> Notice:
    """Tell operations of a parcel that left with a courier whom the platform forbids."""
    words = f"parcel {waybill} left with a courier that the platform forbids for this order: ask the warehouse why"
    return notice(order, "operations", words)


def _at_stake(order: OrderState) -> str:
    ship_by = order.assessment.ship_by if order.assessment else None
    return f" (ship by {clock(ship_by)})" if ship_by is not None and not order.shipped_at else ""
