"""What people may ask of an order, when it is refused, and what it does."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from oms.domain import alarms, terms
from oms.domain.admission import change_address, withdraw
from oms.domain.deadlines import Step
from oms.domain.holds import REVIEWS, Hold, HoldReason
from oms.domain.messages import (
    Acknowledge,
    AddNote,
    ApproveReview,
    CancelOrder,
    ChangeAddress,
    ChangeWaybill,
    Command,
    LiftLock,
    PlaceHold,
    ReleaseHold,
)
from oms.domain.parcels import ParcelState
from oms.domain.stages import LEFT, Stage
from oms.domain.state import OrderState


def refusal(order: OrderState, command: Command, at: datetime) -> str:
    """Say why a command is refused, naming the order and what can be done; empty when it is not."""
    if order.ended and not isinstance(command, AddNote):
        return f"order {order.key} has ended ({order.outcome}); nothing can be changed any more"
    lock = order.held(HoldReason.NO_WAYBILL_LOCK)
    if lock is not None and not isinstance(command, WHILE_LOCKED):
        return f"order {order.key} is locked ({lock.note}): a person lifts the lock first, with lift-lock and a reason"
    if isinstance(command, ChangeWaybill):
        return _no_parcel(order, command) or _parcel_stays(order, command, at)
    return _REFUSALS.get(type(command), _never)(order, command)


def carry_out(order: OrderState, command: Command, at: datetime) -> str:
    """Do what was asked and say what happens now. The caller has checked `refusal`."""
    return _ACTIONS[type(command)](order, command, at)


WHILE_LOCKED = (LiftLock, AddNote, Acknowledge)
"""All that a red lock lets people do (R27)."""


def _never(order: OrderState, command: Command) -> str:
    return ""


def _cannot_hold(order: OrderState, command: PlaceHold) -> str:
    if order.stage in LEFT:
        return f"order {order.key} has left the warehouse; cancel it to have the parcel intercepted"
    hold = order.held(HoldReason.MANUAL)
    if hold is not None:
        return f"order {order.key} is held already by {hold.actor}: {hold.note}; release that first"
    return ""


def _no_hold(order: OrderState, command: ReleaseHold) -> str:
    names = ", ".join(hold.reason for hold in order.holds) or "none"
    if command.reason == HoldReason.NO_WAYBILL_LOCK:
        return f"order {order.key}: a red lock is lifted with lift-lock, by a person with a reason"
    held = any(hold.reason == command.reason for hold in order.holds)
    return "" if held else f"order {order.key} has no hold {command.reason!r}; its holds: {names}"


def _no_review(order: OrderState, command: ApproveReview) -> str:
    waiting = [hold for hold in order.holds if hold.reason in REVIEWS]
    return "" if waiting else f"order {order.key} waits for no review; it is {order.stage}"


def _no_lock(order: OrderState, command: LiftLock) -> str:
    return "" if order.held(HoldReason.NO_WAYBILL_LOCK) else f"order {order.key} is not locked"


def _cannot_cancel(order: OrderState, command: CancelOrder) -> str:
    if order.withdrawal is not None:
        return f"order {order.key} is already being withdrawn: {order.withdrawal.verdict or order.withdrawal.why}"
    if order.stage is Stage.DELIVERED:
        return f"order {order.key} was delivered; open a return instead"
    return ""


def _no_alarm(order: OrderState, command: Acknowledge) -> str:
    if alarms.waiting(order.alarms, command.step):
        return ""
    names = ", ".join(sorted({alarm.step for alarm in alarms.waiting(order.alarms)})) or "none"
    return f"order {order.key} has no alarm {command.step or 'at all'} that waits for anybody; open ones: {names}"


def _cannot_readdress(order: OrderState, command: ChangeAddress) -> str:
    if order.stage in LEFT:
        return f"order {order.key} has left the warehouse; ask the carrier, or cancel to have it intercepted"
    return terms.address(order)


def _no_parcel(order: OrderState, command: ChangeWaybill) -> str:
    parcel = next((p for p in order.parcels if p.waybill == command.old_waybill), None)
    if parcel is None:
        known = ", ".join(p.waybill for p in order.parcels) or "none"
        return f"order {order.key} has no parcel {command.old_waybill}; its parcels: {known}"
    if any(p.waybill == command.waybill for p in order.parcels if p is not parcel):
        return f"order {order.key} has another parcel {command.waybill} already"
    return ""


def _parcel_stays(order: OrderState, command: ChangeWaybill, at: datetime) -> str:
    return terms.waybill(order, next(p for p in order.parcels if p.waybill == command.old_waybill), at)


def _hold(order: OrderState, command: PlaceHold, at: datetime) -> str:
    hold = Hold(reason=HoldReason.MANUAL, actor=command.by, since=at, note=command.why, until=command.until)
    order.hold_until(hold, at) if command.until is not None else order.place(hold, at)
    if order.stage is Stage.RELEASED:
        return "held; the warehouse is asked not to ship it"
    return "held at the next gate"


def _release(order: OrderState, command: ReleaseHold, at: datetime) -> str:
    order.lift(HoldReason(command.reason), at, actor=command.by, why=command.why)
    return (
        "released" if not order.holds else f"released; still held: {', '.join(h.reason for h in order.holds)}"
    )


def _approve(order: OrderState, command: ApproveReview, at: datetime) -> str:
    for reason in sorted(REVIEWS):
        if order.held(reason) is not None:
            order.approved = (*order.approved, reason)
        order.lift(reason, at, actor=command.by, why=command.why)
    return "approved"


def _lift_lock(order: OrderState, command: LiftLock, at: datetime) -> str:
    order.lift(HoldReason.NO_WAYBILL_LOCK, at, actor=command.by, why=command.why)
    order.alarms = alarms.acknowledged(order.alarms, Step.LOCK, command.by, at)
    order.lock_lifted = True
    return "unlocked"


def _acknowledge(order: OrderState, command: Acknowledge, at: datetime) -> str:
    steps = sorted({str(alarm.step) for alarm in alarms.waiting(order.alarms, command.step)})
    order.alarms = alarms.acknowledged(order.alarms, command.step, command.by, at)
    if not alarms.nobody_answers(order.alarms):
        order.deadlines = tuple(d for d in order.deadlines if d.step is not Step.ESCALATE_FURTHER)
    order.note(at, "alarm.acknowledged", actor=command.by, after=", ".join(steps), why=command.why)
    return f"acknowledged: {', '.join(steps)}"


def _cancel(order: OrderState, command: CancelOrder, at: datetime) -> str:
    withdraw(order, command.by, command.why, at)
    return "being withdrawn; follow it with `order show`"


def _readdress(order: OrderState, command: ChangeAddress, at: datetime) -> str:
    change_address(order, command.receiver_digest, command.by, command.why, at)
    return "the warehouse is asked first" if order.readdress else "changed"


def _correct_waybill(order: OrderState, command: ChangeWaybill, at: datetime) -> str:
    parcel = next(p for p in order.parcels if p.waybill == command.old_waybill)
    new = {"waybill": command.waybill, "carrier": command.carrier, "written_back": False}
    corrected = parcel.model_copy(update={**new, "state": ParcelState.CREATED, "raw_state": ""})
    order.waybill_changes += 1
    order.parcels = tuple(corrected if p is parcel else p for p in order.parcels)
    order.note(
        at,
        "waybill.corrected",
        actor=command.by,
        before=parcel.waybill,
        after=command.waybill,
        why=command.why,
    )
    order.announced = tuple(w for w in order.announced if w not in (parcel.waybill, command.waybill))
    if parcel.written_back:
        order.corrections = (*order.corrections, (command.waybill, parcel.waybill))
    return "corrected; the channel and the tracking are told"


def _note(order: OrderState, command: AddNote, at: datetime) -> str:
    order.note(at, "note.added", actor=command.by, why=command.why)
    return "noted"


_REFUSALS: dict[type[Command], Callable[[OrderState, Any], str]] = {
    PlaceHold: _cannot_hold,
    ReleaseHold: _no_hold,
    ApproveReview: _no_review,
    LiftLock: _no_lock,
    CancelOrder: _cannot_cancel,
    ChangeAddress: _cannot_readdress,
    Acknowledge: _no_alarm,
}
_ACTIONS: dict[type[Command], Callable[[OrderState, Any, datetime], str]] = {
    PlaceHold: _hold,
    ReleaseHold: _release,
    ApproveReview: _approve,
    LiftLock: _lift_lock,
    CancelOrder: _cancel,
    ChangeAddress: _readdress,
    ChangeWaybill: _correct_waybill,
    AddNote: _note,
    Acknowledge: _acknowledge,
}
