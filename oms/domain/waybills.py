"""Waybills that we draw ourselves, and what the channel was told of them: a number is told once, a wrong one corrected."""

from datetime import datetime

from oms.domain import cases
from oms.domain.deliveries import DeliveryOrder, DeliveryStatus
from oms.domain.fulfilment import find_delivery, open_deliveries, replace_delivery, unasked
from oms.domain.parcels import Parcel
from oms.domain.state import OrderState


def waybill_drawn(order: OrderState, code: str, waybill: str, carrier: str, at: datetime) -> None:
    """Give a delivery order its waybill before the warehouse is asked."""
    delivery = find_delivery(order, code)
    if delivery is not None:
        replace_delivery(
            order, delivery.model_copy(update={"waybill": waybill, "carrier": carrier, "drawn": True})
        )
        order.note(at, "waybill.drawn", actor=carrier, after=waybill, why=f"for {code}")


def all_told_when_drawn(order: OrderState) -> bool:
    """Tell whether every parcel that is still to leave has its number, and was announced under it."""
    assessment = order.assessment
    if assessment is None or not assessment.tells_when_drawn or unasked(order):
        return False
    known = all(d.drawn and d.waybill in order.announced for d in open_deliveries(order))
    return known and not order.send_rest and not cases.stopped(order)


def not_taken(order: OrderState, waybill: str) -> None:
    """The channel has refused a waybill: it may take it once an after-sale that stands in its way is over."""
    order.untold = (*order.untold, (waybill, _over(order)))


def to_tell_again(order: OrderState) -> tuple[Parcel, ...]:
    """List the parcels that were refused, where an after-sale has come to its end since."""
    again = {waybill for waybill, over in order.untold if over < _over(order) and not cases.is_open(order)}
    return tuple(parcel for parcel in order.parcels if parcel.waybill in again)


def _over(order: OrderState) -> int:
    return sum(not case.open for case in order.cases)


def unused(order: OrderState) -> tuple[DeliveryOrder, ...]:
    """List the deliveries that come to nothing and whose drawn number has not gone back."""
    over = (DeliveryStatus.REJECTED, DeliveryStatus.CANCELLED)
    return tuple(
        d for d in order.deliveries if d.drawn and d.status in over and d.waybill not in order.given_back
    )


def waybill_given_back(order: OrderState, waybill: str) -> None:
    """A drawn number goes back; where the channel was told of it, the next one takes its place."""
    order.given_back = (*order.given_back, waybill)
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
