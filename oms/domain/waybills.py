"""Waybills that we draw ourselves, and what the channel was told of them: a number is told once, a wrong one corrected."""

from datetime import datetime

from oms.domain.fulfilment import find_delivery, replace_delivery
from oms.domain.state import OrderState


def waybill_drawn(order: OrderState, code: str, waybill: str, carrier: str, at: datetime) -> None:
    """Give a delivery order its waybill before the warehouse is asked."""
    delivery = find_delivery(order, code)
    if delivery is not None:
        replace_delivery(
            order, delivery.model_copy(update={"waybill": waybill, "carrier": carrier, "drawn": True})
        )
        order.note(at, "waybill.drawn", actor=carrier, after=waybill, why=f"for {code}")


def waybill_given_back(order: OrderState, waybill: str) -> None:
    """A drawn number goes back; where the channel was told of it, the next one takes its place."""
    if waybill in order.told:
        order.told = tuple(each for each in order.told if each != waybill)
        order.corrections = (*order.corrections, ("", waybill))


def wrong_waybill(order: OrderState, waybill: str) -> str:
    """Return the waybill that the channel was told in the place of this one; empty when there is none."""
    return next((wrong for right, wrong in order.corrections if right in {"", waybill}), "")


def channel_knows(order: OrderState, waybill: str) -> None:
    """A waybill has reached the channel, as a new one or in the place of a wrong one."""
    wrong = wrong_waybill(order, waybill)
    order.corrections = tuple(pair for pair in order.corrections if pair[1] != wrong)
    if not any(parcel.waybill == waybill for parcel in order.parcels):
        order.told = (*order.told, waybill)
