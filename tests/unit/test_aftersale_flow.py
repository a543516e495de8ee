"""What a case does next, decided purely: kind by kind, rule by rule, check by check."""

from datetime import timedelta

import pytest

from oms.domain.aftersale import AfterSale, AfterSaleStatus
from oms.domain.aftersales import asking, flow, words, words_in
from oms.domain.aftersales.deadlines import CaseStep
from oms.domain.aftersales.flow import Next
from oms.domain.aftersales.grounds import OrderFacts, pieces_concerned, problem
from oms.domain.aftersales.messages import (
    ApproveCase,
    InspectedPiece,
    RefuseCase,
    ReturnArrived,
    SetReturnWaybill,
)
from oms.domain.ids import Sku
from oms.domain.stages import Stage
from tests.unit.aftersale_cases import NOON, a_case, facts, grounds, looked_up

YES = ApproveCase(by="lin", why="right")
HOUR = timedelta(hours=1)


def came_back(good: int = 1, damaged: int = 0) -> ReturnArrived:
    pieces = (InspectedPiece(sku=Sku("A"), good=good, damaged=damaged),)
    return ReturnArrived(event_id="r1", code="RT", warehouse="HZ01", pieces=pieces, at=NOON)


@pytest.mark.parametrize(
    ("kind", "answers", "step"),
    [
        ("refund_only", True, Next.NOTHING), ("refund_only", False, Next.REFUND), ("return", True, Next.NOTHING),
        ("exchange", True, Next.NOTHING), ("resend", True, Next.SEND), ("intercept", False, Next.TURN_ROUND),
    ],
)  # fmt: skip
def test_what_comes_after_yes_depends_on_the_kind(kind: str, answers: bool, step: Next) -> None:
    """A platform pays itself; our own shop is paid back by us; goods are waited for, sent, or stopped."""
    state = looked_up(a_case(kind), answers=answers)

    asking.carry_out(state, YES, NOON)
    flow.take_grounds(state, grounds(answers=answers), NOON)
    state.look_again = False
    flow.answered(state, NOON)

    assert (state.status, flow.next_step(state)) == ("approved", step)


@pytest.mark.parametrize(
    ("stage", "agreed"),
    [(Stage.ACCEPTED, True), (Stage.ALLOCATED, True), (Stage.RELEASED, False), (Stage.SHIPPED, False)],
)
def test_the_rule_agrees_only_while_nothing_can_have_left(stage: Stage, agreed: bool) -> None:
    """At the warehouse a parcel may be faster than the money: the order is looked at again."""
    state = looked_up(a_case(), facts(stage))

    again = any(deadline.step is CaseStep.LOOK_AGAIN for deadline in state.deadlines)
    assert (state.decision is not None, again) == (agreed, stage is Stage.RELEASED)


@pytest.mark.parametrize(("fen", "agreed"), [(499, True), (500, False)])
def test_small_sums_need_nobody(fen: int, agreed: bool) -> None:
    """Below the rule's sum, not at it; and the rule's version stands in the timeline."""
    state = looked_up(a_case(refund_fen=fen), auto_agree_below_fen=500)

    assert (state.decision is not None) is agreed
    assert (state.timeline[-1].rule_version == "t1") is agreed


@pytest.mark.parametrize(
    ("case", "order", "words_"),
    [
        (a_case(refund_fen=18_801), facts(), "188.01 are to go back, but 188.00 were paid and 0.00"),
        (a_case(refund_fen=9_401), facts(given_back_fen=9_400), "94.01 are to go back, but 188.00 were paid and 94.00"),
        (a_case("return", quantity=3), facts(), "3 pieces are to come back, but 2 were sent"),
        (a_case("return", quantity=None), facts(Stage.ACCEPTED), "1 pieces are to come back, but 0 were sent"),
        (a_case("resend", quantity=4), facts(), "4 pieces are concerned, but 2 were sold"),
        (a_case(line="9"), facts(), "the order has no line 9; its lines: 1, 2"),
        (a_case("other"), facts(), "a kind of after-sale that is not handled here"),
        (a_case("return", quantity=2), facts(), ""),
        (a_case(refund_fen=18_800), facts(), ""),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_with_both_figures(
    case: AfterSale, order: OrderFacts, words_: str
) -> None:
    """Exactly what was paid and sent is fine; one fen or piece more is not."""
    found = problem(case, grounds(order), case.refund_fen)

    assert found.startswith(words_)
    assert bool(found) is bool(words_)


def test_a_held_wish_is_answered_neither_by_rule_nor_by_a_yes() -> None:
    """Only a no, or another wish of the buyer's, leads on."""
    state = looked_up(a_case(refund_fen=20_000), facts(Stage.ACCEPTED))

    refused = asking.refusal(state, YES)
    asking.carry_out(state, RefuseCase(by="lin", why="too much"), NOON)

    assert "188.00 were paid" in refused
    assert flow.next_step(state) is Next.ANSWER
    assert state.decision is not None
    assert not state.decision.agree


def test_a_yes_is_checked_once_more_before_it_leaves() -> None:
    """Another case was paid meanwhile: nothing is answered."""
    state = looked_up(a_case(refund_fen=18_800))
    asking.carry_out(state, YES, NOON)

    looked_at = flow.next_step(state)
    state.look_again = False
    flow.take_grounds(state, grounds(facts(given_back_fen=100)), NOON)

    assert (looked_at, flow.next_step(state)) == (Next.LOOK, Next.NOTHING)
    assert state.hold is not None


def test_another_wish_of_the_buyer_is_decided_anew() -> None:
    """What was decided of the old sum does not count for the new one."""
    state = looked_up(a_case(refund_fen=20_000))

    words_in.absorb(state, a_case(refund_fen=5_000, modified_at=NOON + HOUR), NOON + HOUR)

    assert (state.hold, state.decision, flow.next_step(state)) == (None, None, Next.LOOK)


@pytest.mark.parametrize(
    ("status", "told"), [("approved", "returning"), ("returning", "returning"), ("received", "received")]
)
def test_the_second_yes_is_given_from_where_platforms_take_it(status: str, told: str) -> None:
    """Doudian takes "received" for done, Pinduoduo "approved" for the first yes: both want "returning"."""
    state = looked_up(a_case("return", status))
    state.waybill = "YT1"

    assert flow.to_confirm(state).status == told


def test_pieces_are_counted_once_a_message_good_and_damaged_apart() -> None:
    """The same word twice puts nothing back twice."""
    state = looked_up(a_case("return", "returning", quantity=2))

    for _ in range(2):
        words_in.returned(state, came_back(good=1, damaged=1), NOON)

    moved = [(move.condition, move.pieces) for move in state.unsaved_goods]
    assert moved == [("good", 1), ("damaged", 1)]
    assert (state.status, state.hold) == ("received", None)


def test_a_waybill_for_what_does_not_come_back_is_refused() -> None:
    """The words say what the case is."""
    state = looked_up(a_case("refund_only", "approved"))

    refused = asking.refusal(state, SetReturnWaybill(by="lin", why="x", waybill="YT12345", carrier="yto"))

    assert "nothing comes back" in refused


def test_the_pieces_of_a_case_are_of_its_line_and_quantity() -> None:
    """Without a line everything; without a quantity all of it."""
    order = facts()

    assert [piece.quantity for piece in pieces_concerned(a_case("return"), order)] == [1]
    assert [(piece.line, piece.quantity) for piece in pieces_concerned(a_case("return", line="", quantity=None), order)] == [
        ("1", 2), ("2", 1),
    ]  # fmt: skip


def test_each_deadline_strikes_once_and_the_gravest_is_told() -> None:
    """Reminded, then the supervisor, then late: three steps struck together are one notice."""
    state = looked_up(a_case("return"))

    notice = words.strike(state, NOON + 49 * HOUR)
    again = words.strike(state, NOON + 50 * HOUR)

    assert notice is not None
    assert (notice.to, notice.severity, again) == ("supervisor", "red", None)
    assert state.sla == "late"


def test_the_platforms_moment_counts_only_when_it_is_earlier() -> None:
    """Ours is stricter than a platform that gives a week."""
    week = looked_up(a_case("return", answer_by=NOON + 168 * HOUR))
    hour = looked_up(a_case("return", answer_by=NOON + HOUR))

    assert {deadline.source for deadline in week.deadlines} == {"rule"}
    assert {deadline.source for deadline in hour.deadlines} == {"platform"}


def test_nobody_is_named_in_what_people_read() -> None:
    """Card, notice and title speak of numbers and codes."""
    state = looked_up(a_case("return", refund_fen=20_000))

    notice = words.news_for_people(state)

    assert notice is not None
    assert "188.00" in notice.body
    assert "woo:main:C1" in words.card(state)
    assert words.title(state) == "woo:main:C1 · return of 1001 · 200.00"


def test_an_ended_case_takes_notes_only() -> None:
    """Whatever else is asked is refused with where it is."""
    state = looked_up(a_case("return", "refunded"))

    assert state.status is AfterSaleStatus.REFUNDED
    assert "has ended (refunded)" in asking.refusal(state, YES)
