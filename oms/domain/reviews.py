"""The reviews that the rules ask for (R6): given once, and asked for again by no table."""

from datetime import datetime

from oms.domain.deadlines import Assessment
from oms.domain.holds import REVIEWS, Hold, HoldReason
from oms.domain.judged import RULES, let_go
from oms.domain.messages import RulesChanged
from oms.domain.rulings import Action
from oms.domain.stages import LEFT
from oms.domain.state import OrderState


def follow(order: OrderState, before: Assessment | None, at: datetime) -> None:
    """Ask for the reviews of an assessment; of a second one only when another table came into force."""
    assessment = order.assessment
    assert assessment is not None  # noqa: S101 - what follows it; for the type checker
    if before is not None:
        if before.policy.digest == assessment.policy.digest and before.faults == assessment.faults:
            return
        let_go(order, f"assessed anew by table {assessment.policy.version}", at)
        _let_go(order, assessment, at)
        if order.stage in LEFT:
            return
    version = assessment.policy.version
    for reason in assessment.reviews:
        if before is None or (reason not in order.approved and reason not in before.reviews):
            rule = _rule_of(assessment, reason)
            note = f"the rules of {version} ask for it"
            hold = Hold(reason=HoldReason(reason), actor=RULES, since=at, note=note)
            order.place(hold, at, rule=rule, rule_version=version)
    if assessment.faults:
        _unsure(order, assessment, at)


def rules_changed(order: OrderState, message: RulesChanged) -> None:
    """Live by another version from now on: what has left is judged no more, what is not paid yet not at all so far.

    An order that is just being assessed may be so by the former version: it is assessed once more.
    """
    if not order.first_time(message.event_id) or order.ended or order.paid_at is None:
        return
    known = order.assessment.policy.version if order.assessment else ""
    if order.stage not in LEFT and known != message.version:
        order.rules_wanted, order.assess_again = message.version, True


def _let_go(order: OrderState, assessment: Assessment, at: datetime) -> None:
    """Take back the reviews that the table in force does not ask for any more."""
    for hold in order.holds:
        if hold.reason in REVIEWS and hold.actor == RULES and hold.reason not in assessment.reviews:
            version = assessment.policy.version
            order.lift(hold.reason, at, actor=RULES, why=f"table {version} asks for it no more")


def _rule_of(assessment: Assessment, reason: str) -> str:
    findings = (each for each in assessment.findings if each.action is Action.REVIEW and each.value == reason)
    return next((each.rule for each in findings), "")


def _unsure(order: OrderState, assessment: Assessment, at: datetime) -> None:
    """A rule that cannot be evaluated is never "no": the order waits for a person, who sees which rule it is."""
    version = assessment.policy.version
    for fault in assessment.faults:
        rule = fault.partition(":")[0]
        order.note(
            at,
            "gate.unsure",
            actor=RULES,
            before=order.stage,
            after=rule,
            why=fault,
            rule=rule,
            rule_version=version,
        )
    note = f"{'; '.join(assessment.faults)}: a person must judge (table {version})"
    order.place(Hold(reason=HoldReason.COMPLIANCE, actor="rules", since=at, note=note), at)
