"""Undo what an order has done so far, by how far it has come; and say honestly how it ended."""

from datetime import datetime

from oms.domain import cases
from oms.domain.deliveries import DeliveryOrder, DeliveryStatus
from oms.domain.fulfilment import all_arrived, leave, open_deliveries
from oms.domain.holds import HoldReason
from oms.domain.parcels import ENDED as PARCEL_ENDED
from oms.domain.parcels import Parcel, ParcelState
from oms.domain.stages import Outcome, Stage
from oms.domain.state import Ended, OrderState, Payment


def to_recall(order: OrderState) -> tuple[DeliveryOrder, ...]:
    """List the delivery orders whose warehouse must be asked to stop, also those whose answer we never got."""
    asked = (DeliveryStatus.ASKED, DeliveryStatus.ACCEPTED, DeliveryStatus.PART_SHIPPED)
    return tuple(delivery for delivery in order.deliveries if delivery.status in asked)


def to_intercept(order: OrderState) -> tuple[Parcel, ...]:
    """List the parcels that are with the carrier and whose carrier has not been asked to turn round."""
    coming = (*PARCEL_ENDED, ParcelState.RETURNING, ParcelState.REJECTED)
    return tuple(p for p in order.parcels if p.state not in coming and p.waybill not in order.interceptions)


def nothing_left(order: OrderState) -> bool:
    """Tell whether no piece left a warehouse and none can any more."""
    return not order.parcels and not open_deliveries(order)


def verdict(order: OrderState, words: str, at: datetime) -> None:
    """Write down, once, what the withdrawal comes to."""
    if order.withdrawal is not None and order.withdrawal.verdict != words:
        order.withdrawal = order.withdrawal.model_copy(update={"verdict": words})
        order.note(at, "withdrawal.decided", after=words, topic="order.withdrawal")


def roll_up(order: OrderState) -> Outcome:
    """Say how the order ended.

    Completed: everything ordered was signed for. Partly: some of it. Cancelled: nothing ever left.
    Closed: it left, and came back or has to (the buyer withdrew, the warehouse could not stop it).
    """
    if not order.parcels:
        return Outcome.CANCELLED
    arrived = [parcel for parcel in order.parcels if _arrived(order, parcel)]
    if order.withdrawal is not None or not arrived or _paid_back_by_cases(order):
        return Outcome.CLOSED
    delivered = sum(piece.quantity for parcel in arrived for piece in parcel.pieces)
    ordered = sum(line.quantity for line in order.snapshot.lines)
    whole = len(arrived) == len(order.parcels) and delivered >= ordered
    return Outcome.COMPLETED if whole else Outcome.PARTLY_COMPLETED


def _paid_back_by_cases(order: OrderState) -> bool:
    return bool(cases.refunded_fen(order)) and order.payment is Payment.REFUNDED


def _arrived(order: OrderState, parcel: Parcel) -> bool:
    """The carrier says signed; or the buyer confirmed, and the carrier does not say that it comes back."""
    back = (ParcelState.REJECTED, ParcelState.RETURNING, ParcelState.RETURNED, ParcelState.CANCELLED)
    return parcel.state is ParcelState.DELIVERED or (
        order.confirmed_at is not None and parcel.state not in back
    )


def may_complete(order: OrderState) -> bool:
    """Tell whether a delivered order is over: 72 h have passed or the buyer confirmed, and no refund is open."""
    over = order.completion_due or order.confirmed_at is not None
    return over and order.held(HoldReason.REFUND_OPEN) is None and not cases.is_open(order)


def end(order: OrderState, outcome: Outcome, at: datetime) -> None:
    """Close the book: the last stage says which of the four it was."""
    stages = {
        Outcome.COMPLETED: Stage.COMPLETED,
        Outcome.PARTLY_COMPLETED: Stage.COMPLETED,
        Outcome.CANCELLED: Stage.CANCELLED,
        Outcome.CLOSED: Stage.CLOSED,
    }
    if outcome is not Outcome.CANCELLED and order.stage is Stage.RELEASED:
        leave(order, at)  # what had left before the rest was stopped
    order.outcome, order.ended_at = outcome, at
    order.holds, order.waiting_for = (), ()
    order.move(stages[outcome], at, why=order.withdrawal.verdict if order.withdrawal else "")


def ended(order: OrderState) -> Ended:
    """Sum up an order that has ended."""
    assert order.outcome is not None  # noqa: S101 - an ended order has both; for the type checker
    assert order.ended_at is not None  # noqa: S101
    why = order.withdrawal.verdict if order.withdrawal else ""
    return Ended(
        business_id=order.business_id, stage=order.stage, outcome=order.outcome, at=order.ended_at, why=why
    )


def settled(order: OrderState) -> bool:
    """Tell whether a withdrawn order that had left is over: every parcel ended and no delivery is open."""
    return all_arrived(order) and not open_deliveries(order)
