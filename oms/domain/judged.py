"""What the compliance gate's rules know of an order, and what their word does to it (R25)."""

from datetime import datetime

from oms.domain.couriers import ANY
from oms.domain.deliveries import DeliveryStatus
from oms.domain.holds import Hold, HoldReason
from oms.domain.rulings import Finding, OrderFacts, Ruling
from oms.domain.state import OrderState

RULES = "rules"
"""The actor of holds that the rules have placed: they end by themselves when what they judged has changed."""
_OVER = frozenset({DeliveryStatus.REJECTED, DeliveryStatus.CANCELLED})


def has_waybill(order: OrderState) -> bool:
    """Tell whether any parcel of it has, or is about to leave under, a waybill."""
    drawn = any(delivery.waybill and delivery.status not in _OVER for delivery in order.deliveries)
    return bool(order.parcels) or drawn


def facts_of(order: OrderState, at: datetime) -> OrderFacts:
    """Return what a rule may ask of an order now; nothing personal."""
    snapshot, assessment = order.snapshot, order.assessment
    return OrderFacts.of(
        snapshot, at=at, pace=order.pace, platform=assessment.policy.platform if assessment else "",
        stage=order.stage, payment=order.payment, paid_at=order.paid_at or at,
        ship_by=assessment.ship_by if assessment else snapshot.ship_by,
        has_receiver=bool(order.receiver_digest), refund_open=order.held(HoldReason.REFUND_OPEN) is not None,
        has_waybill=has_waybill(order), courier=assessment.courier if assessment else "",
        address_changes=order.address_changes, waybill_changes=order.waybill_changes, lock_lifted=order.lock_lifted,
    )  # fmt: skip


def refuse(order: OrderState, ruling: Ruling, at: datetime) -> None:
    """Hold an order for what the rules have found, naming each rule, its figures and what a person can do.

    A presale is held until its day, and judged again then; any other refusal until something changes, or a person
    has mended what it names.
    """
    for finding in ruling.refusals:
        order.note(
            at, "gate.refused", actor=RULES, before=order.stage, after=finding.rule, why=_words(finding),
            rule=finding.rule, rule_version=ruling.version,
        )  # fmt: skip
    for fault in ruling.faults:
        rule = fault.partition(":")[0]
        order.note(
            at, "gate.unsure", actor=RULES, before=order.stage, after=rule, why=fault,
            rule=rule, rule_version=ruling.version,
        )  # fmt: skip
    reasons = [
        *map(_words, ruling.refusals),
        *(f"rule {fault}: a person must judge" for fault in ruling.faults),
    ]
    note = f"{'; '.join(reasons)} (table {ruling.version})"
    day = order.snapshot.ship_from
    until = day if day is not None and day > at else None
    hold = Hold(reason=HoldReason.COMPLIANCE, actor=RULES, since=at, note=note, until=until)
    order.hold_until(hold, at) if until else order.place(hold, at)


def judge_again(order: OrderState, why: str, at: datetime) -> None:
    """Something that the rules judged has changed: what they said of it is not true any more.

    Where a rule could not even be asked when the order was paid, all of that is asked anew first.
    """
    if order.assessment is not None and order.assessment.faults:
        order.assess_again = True
    else:
        let_go(order, why, at)


def let_go(order: OrderState, why: str, at: datetime) -> None:
    """Take back the rules' own refusal; another one's stays."""
    hold = order.held(HoldReason.COMPLIANCE)
    if hold is not None and hold.actor == RULES:
        order.lift(HoldReason.COMPLIANCE, at, actor=RULES, why=f"judged again: {why}")


def forbidden_courier(order: OrderState, courier: str) -> bool:
    """Tell whether the platform forbids that this courier carries the order."""
    terms = order.assessment.couriers if order.assessment else (ANY,)
    return not all(each.allow(courier) for each in terms)


def _words(finding: Finding) -> str:
    remedy = f" - {finding.remedy_en}" if finding.remedy_en else ""
    return f"{finding.rule}: {finding.en}{remedy}"
