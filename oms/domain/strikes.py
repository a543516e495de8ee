"""What an order does when a deadline strikes, and whom it tells."""

from datetime import datetime, timedelta
from typing import Literal

from oms.domain import alarms
from oms.domain.card import clock, why_here
from oms.domain.deadlines import SLA_OF, Deadline, Step, worse
from oms.domain.handover import Notice
from oms.domain.holds import Hold, HoldReason
from oms.domain.judged import has_waybill
from oms.domain.state import OrderState

Whom = Literal["operations", "supervisor", "service", "manager"]
_TOLD: dict[Step, Whom] = {
    Step.REMIND: "operations",
    Step.WARN: "operations",
    Step.ESCALATE: "supervisor",
    Step.ESCALATE_FURTHER: "manager",
    Step.LOCK: "supervisor",
    Step.LATE: "supervisor",
    Step.OVERDUE: "service",
}
_GRAVITY = (
    Step.OVERDUE, Step.REMIND, Step.WARN, Step.ESCALATE, Step.LATE, Step.ESCALATE_FURTHER, Step.LOCK,
)  # fmt: skip
_RED = frozenset({Step.LATE, Step.LOCK, Step.ESCALATE_FURTHER})
_TITLES = {
    Step.REMIND: "ship-by time is near",
    Step.WARN: "ship-by time is very near",
    Step.ESCALATE: "not shipped in time",
    Step.ESCALATE_FURTHER: "not shipped in time, and nobody has acknowledged it",
    Step.LOCK: "locked: no waybill in time; a person must lift the lock",
    Step.LATE: "ship-by time has passed",
    Step.OVERDUE: "parcel still on its way 72 h after shipping",
}


def strike(order: OrderState, at: datetime) -> Notice | None:
    """Take every deadline that has passed, each once; return one notice for the gravest of them.

    The completion deadline completes a delivered order; one that is still on its way is overdue.
    """
    due = [d for d in order.deadlines if d.due <= at and d.id not in order.steps_done]
    taken = [
        (_take(order, deadline, at), deadline)
        for deadline in sorted(due, key=lambda d: d.due)
        if _applies(order, deadline, at)
    ]
    told = [(step, deadline) for step, deadline in taken if step in _TOLD]
    if not told:
        return None
    return _notice(order, *max(told, key=lambda each: _GRAVITY.index(each[0])))


def _applies(order: OrderState, deadline: Deadline, at: datetime) -> bool:
    """A lock is for orders without a waybill, a second call for a first one that nobody has answered in time."""
    match deadline.step:
        case Step.LOCK:
            applies = not has_waybill(order)
        case Step.ESCALATE_FURTHER:
            if alarms.just_called(order.alarms, at):
                _put_off(order, deadline, at)
                return False
            applies = alarms.nobody_answers(order.alarms)
        case _:
            return True
    if not applies:
        order.steps_done = (*order.steps_done, deadline.id)
    return applies


def _put_off(order: OrderState, deadline: Deadline, at: datetime) -> None:
    """Whoever is called only now, after a night without a worker, has as long to answer as anybody."""
    called = max((d.due for d in order.deadlines if d.step is Step.ESCALATE), default=deadline.due)
    later = deadline.model_copy(update={"due": at + max(deadline.due - called, timedelta.resolution)})
    order.deadlines = tuple(later if d is deadline else d for d in order.deadlines)


def _take(order: OrderState, deadline: Deadline, at: datetime) -> Step:
    order.steps_done = (*order.steps_done, deadline.id)
    step = deadline.step
    if step is Step.COMPLETE:
        order.completion_due = True
        step = Step.COMPLETE if order.delivered_at or order.confirmed_at else Step.OVERDUE
    if step is Step.EXPIRE_HOLD:
        _expire(order, at)
    if step is Step.LOCK:
        _lock(order, deadline, at)
    if step is Step.CONFIRM_PAYMENT:
        order.ask_about_payment = "platform" if "platform" not in order.paid_by else "gateway"
    if step in SLA_OF:
        order.sla = worse(order.sla, SLA_OF[step])
    why = f"{deadline.text}, due {clock(deadline.due)} by {deadline.rule}"
    topic = f"sla.{step}" if step in _TOLD else ""
    order.note(
        at,
        f"clock.{step}",
        actor="clock",
        before=order.stage if deadline.rung else "",
        after=order.sla,
        why=why,
        rule=deadline.rung,
        rule_version=deadline.version,
        topic=topic,
    )
    if step in alarms.ANSWERABLE and deadline.rung:
        alarm = alarms.Alarm(deadline=deadline.id, step=step, at=at, to=_whom(deadline, step))
        order.alarms = (*order.alarms, alarm)
    return step


def _whom(deadline: Deadline, step: Step) -> Whom:
    known: dict[str, Whom] = {each: each for each in _TOLD.values()}
    return known.get(deadline.to, _TOLD[step])


def _lock(order: OrderState, deadline: Deadline, at: datetime) -> None:
    note = f"{deadline.text}, due {clock(deadline.due)} by {deadline.rule} of table {deadline.version}"
    hold = Hold(reason=HoldReason.NO_WAYBILL_LOCK, actor="clock", since=at, note=note)
    order.place(hold, at, rule=deadline.rung, rule_version=deadline.version)


def _expire(order: OrderState, at: datetime) -> None:
    for hold in order.holds:
        if hold.until is not None and hold.until <= at:
            order.lift(hold.reason, at, actor="clock", why="the hold was given until now")


def _notice(order: OrderState, step: Step, deadline: Deadline) -> Notice:
    body = f"Order {order.key} ({order.business_id}) is {order.stage}: {why_here(order)}. {deadline.text}, {clock(deadline.due)}."
    severity: Literal["warning", "red"] = "red" if step in _RED else "warning"
    return Notice(
        id=f"{order.key}:{deadline.id}",
        to=_whom(deadline, step),
        severity=severity,
        title=_TITLES[step],
        body=body,
        order=str(order.key),
    )
