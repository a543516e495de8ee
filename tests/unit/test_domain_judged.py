"""What the rules' word does to an order, and when it stands no more (R25)."""

from datetime import timedelta

import pytest

from oms.domain import admission, judged, reviews
from oms.domain.deadlines import Assessment
from oms.domain.holds import Hold, HoldReason
from oms.domain.messages import RulesChanged
from oms.domain.rulings import Action, Finding, Phase, Ruling
from oms.domain.stages import Stage
from oms.domain.state import OrderState
from tests.unit.domain_orders import HOUR, NOON, a_snapshot, allocated, hears, shipped

FAULT = "first-buyer: no such overload"


def a_ruling(*findings: Finding, faults: tuple[str, ...] = ()) -> Ruling:
    """A word of the gate."""
    return Ruling(
        phase=Phase.RELEASE, platform="tmall", version="2026-11", digest="d", engine="e", findings=findings,
        faults=faults,
    )  # fmt: skip


BLOCK = Finding(
    rule="courier-denied", action=Action.BLOCK, severity="red", zh="快递被禁用", en="courier sf is forbidden",
    remedy_en="take another courier",
)  # fmt: skip


def assessed(order: OrderState, **changes: object) -> Assessment:
    """The order's assessment, changed."""
    assert order.assessment is not None
    policy = order.assessment.policy.model_copy(
        update={"digest": changes.pop("digest", "d1"), "version": "v2"}
    )
    return order.assessment.model_copy(update={"policy": policy, **changes})


def test_a_refusal_names_rule_figures_remedy_and_table() -> None:
    """And the audit can be counted by it."""
    order = allocated()

    judged.refuse(order, a_ruling(BLOCK), NOON)

    hold = order.held(HoldReason.COMPLIANCE)
    assert hold is not None
    assert hold.note == "courier-denied: courier sf is forbidden - take another courier (table 2026-11)"
    refused = next(change for change in order.timeline if change.what == "gate.refused")
    assert (refused.rule, refused.rule_version, refused.before) == ("courier-denied", "2026-11", "allocated")


def test_a_rule_that_cannot_be_asked_holds_the_order_and_is_named() -> None:
    """Never yes and never no: a person looks."""
    order = allocated()

    judged.refuse(order, a_ruling(faults=(FAULT,)), NOON)

    hold = order.held(HoldReason.COMPLIANCE)
    assert hold is not None
    assert "first-buyer" in hold.note
    assert "a person must judge" in hold.note
    assert [change.rule for change in order.timeline if change.what == "gate.unsure"] == ["first-buyer"]


def test_a_refused_presale_is_held_until_its_day() -> None:
    """The hold has an end, and a deadline that ends it."""
    day = NOON + 30 * HOUR
    order = allocated()
    order.snapshot = order.snapshot.model_copy(update={"ship_from": day})

    judged.refuse(order, a_ruling(BLOCK), NOON)

    hold = order.held(HoldReason.COMPLIANCE)
    assert hold is not None
    assert hold.until == day
    assert day in [deadline.due for deadline in order.deadlines if deadline.step == "expire_hold"]


def test_the_platforms_newer_word_ends_the_rules_refusal_and_nobody_elses() -> None:
    """What a warehouse or a person stopped stays stopped."""
    ours, theirs = allocated(), allocated()
    judged.refuse(ours, a_ruling(BLOCK), NOON)
    theirs.place(Hold(reason=HoldReason.COMPLIANCE, actor="HZ01", since=NOON, note="no address"), NOON)

    for order in (ours, theirs):
        hears(order, a_snapshot(minutes=5, has_remark=True))

    assert ours.held(HoldReason.COMPLIANCE) is None
    assert theirs.held(HoldReason.COMPLIANCE) is not None


def test_a_rule_that_could_not_be_asked_at_the_payment_is_asked_again_and_not_passed_over() -> None:
    """A newer snapshot does not free the order: the assessment is repeated, and only its word does."""
    order = allocated()
    admission.take_assessment(order, assessed(order, faults=(FAULT,)), NOON)

    hears(order, a_snapshot(minutes=5, has_remark=True))
    still = order.held(HoldReason.COMPLIANCE)
    asked = order.assess_again
    admission.take_assessment(order, assessed(order, faults=()), NOON + HOUR)

    assert still is not None
    assert asked
    assert order.held(HoldReason.COMPLIANCE) is None


@pytest.mark.parametrize(("approved", "held"), [((), True), (("high_value",), False)])
def test_a_new_table_asks_for_a_review_that_nobody_has_given(approved: tuple[str, ...], held: bool) -> None:
    """What a person has confirmed is confirmed under any table."""
    order = allocated()
    order.approved = approved

    admission.take_assessment(order, assessed(order, reviews=("high_value",)), NOON)

    assert (order.held(HoldReason.HIGH_VALUE) is not None) is held


def test_the_same_table_asks_for_no_review_a_second_time() -> None:
    """A ship-by time that moves is no reason to phone the buyer again."""
    order = allocated()
    admission.take_assessment(order, assessed(order), NOON)

    admission.take_assessment(order, assessed(order, reviews=("high_value",)), NOON)

    assert order.holds == ()


def test_a_review_that_the_new_table_does_not_ask_for_is_let_go() -> None:
    """A person's own hold is not."""
    order = allocated()
    for reason, actor in ((HoldReason.HIGH_VALUE, "rules"), (HoldReason.MANUAL, "li")):
        order.place(Hold(reason=reason, actor=actor, since=NOON), NOON)

    admission.take_assessment(order, assessed(order), NOON)

    assert [hold.reason for hold in order.holds] == [HoldReason.MANUAL]


def test_an_order_is_told_of_a_new_table_once_and_only_while_it_can_matter() -> None:
    """What has left is judged no more; who lives by that version already has nothing to do."""
    change = RulesChanged(event_id="rules:v2", version="v2")
    here, gone, there = allocated(), shipped(), allocated()
    admission.take_assessment(there, assessed(there), NOON)

    for order in (here, gone, there):
        reviews.rules_changed(order, change)

    assert (here.assess_again, here.rules_wanted) == (True, "v2")
    assert not gone.assess_again
    assert not there.assess_again
    assert gone.stage is Stage.SHIPPED


def test_facts_for_the_rules_hold_nothing_of_the_buyer() -> None:
    """Ages and figures; of the receiver only whether there is one, and the province."""
    order = allocated()

    facts = judged.facts_of(order, NOON + timedelta(minutes=5))

    assert (facts.key, facts.total_fen, facts.pieces) == (str(order.key), 18800, 2)
    assert (facts.has_receiver, facts.has_waybill) == (True, False)
    assert order.receiver_digest not in facts.model_dump_json()
    assert order.snapshot.buyer not in facts.model_dump_json()
