"""What an order does when a deadline strikes, and whom it tells."""

from datetime import datetime
from typing import Literal

from oms.domain.card import clock, why_here
from oms.domain.deadlines import SLA_OF, Deadline, Step, worse
from oms.domain.handover import Notice
from oms.domain.state import OrderState

_TOLD: dict[Step, Literal["operations", "supervisor", "service"]] = {
    Step.REMIND: "operations",
    Step.ESCALATE: "supervisor",
    Step.LATE: "supervisor",
    Step.OVERDUE: "service",
}
_GRAVITY = (Step.OVERDUE, Step.REMIND, Step.ESCALATE, Step.LATE)


def strike(order: OrderState, at: datetime) -> Notice | None:
    """Take every deadline that has passed, each once; return one notice for the gravest of them.

    The completion deadline completes a delivered order; one that is still on its way is overdue.
    """
    due = [d for d in order.deadlines if d.due <= at and d.id not in order.steps_done]
    taken = [(_take(order, deadline, at), deadline) for deadline in due]
    told = [(step, deadline) for step, deadline in taken if step in _TOLD]
    if not told:
        return None
    return _notice(order, *max(told, key=lambda each: _GRAVITY.index(each[0])))


def _take(order: OrderState, deadline: Deadline, at: datetime) -> Step:
    order.steps_done = (*order.steps_done, deadline.id)
    step = deadline.step
    if step is Step.COMPLETE:
        order.completion_due = True
        step = Step.COMPLETE if order.delivered_at or order.confirmed_at else Step.OVERDUE
    if step is Step.EXPIRE_HOLD:
        _expire(order, at)
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
        after=order.sla,
        why=why,
        rule_version=deadline.version,
        topic=topic,
    )
    return step


def _expire(order: OrderState, at: datetime) -> None:
    for hold in order.holds:
        if hold.until is not None and hold.until <= at:
            order.lift(hold.reason, at, actor="clock", why="the hold was given until now")


def _notice(order: OrderState, step: Step, deadline: Deadline) -> Notice:
    title = {
        Step.REMIND: "ship-by time is near",
        Step.ESCALATE: "not shipped in time",
        Step.LATE: "ship-by time has passed",
        Step.OVERDUE: "parcel still on its way 72 h after shipping",
    }[step]
    body = f"Order {order.key} ({order.business_id}) is {order.stage}: {why_here(order)}. {deadline.text}, {clock(deadline.due)}."
    severity: Literal["warning", "red"] = "red" if step is Step.LATE else "warning"
    return Notice(
        id=f"{order.key}:{deadline.id}",
        to=_TOLD[step],
        severity=severity,
        title=title,
        body=body,
        order=str(order.key),
    )
