"""A parcel that comes back unasked: its goods are taken in, and a person says what goes for them."""

from typing import Any

import pytest

from oms.domain import case_news, cases
from oms.domain.aftersales import asking, flow, words, words_in
from oms.domain.aftersales.messages import (
    ApproveCase,
    InspectedPiece,
    RefuseCase,
    ReturnArrived,
    SendAgain,
)
from oms.domain.aftersales.parcel_back import ParcelBack, case_of
from oms.domain.aftersales.state import CaseState, OpenCase, Trouble
from oms.domain.aftersales.telling import as_platform_says
from oms.domain.ids import OrderKey, Sku
from oms.domain.messages import Command, ParcelEvent
from oms.domain.parcels import ParcelState
from oms.domain.stock import Piece
from tests.unit.aftersale_cases import KEY, MINUTE, NOON, facts, grounds
from tests.unit.domain_orders import released

PIECES = (Piece(line="1", sku=Sku("A"), quantity=2),)
PAY = ApproveCase(by="lin", why="the buyer does not want it", amount_fen=9400)
AGAIN = SendAgain(by="lin", why="nobody was at home")


def back(**fields: Any) -> ParcelBack:
    """A parcel of two pieces that its buyer refused."""
    known: dict[str, Any] = {
        "order": KEY, "waybill": "SF1", "carrier": "sf", "pieces": PIECES, "state": ParcelState.REJECTED,
        "at": NOON, "delivery_order": "OLABC-1", "warehouse": "HZ01",
    }  # fmt: skip
    return ParcelBack(**(known | fields))


def opened(*, announced: bool = True, answers: bool = True, **order: Any) -> CaseState:
    """Its case, looked up and announced to the warehouse."""
    state = words_in.open_memory(OpenCase(first=case_of(back()), ours=back()))
    flow.take_grounds(state, grounds(facts(**order), answers=answers), NOON)
    if announced:
        flow.expecting(state, NOON)
    return state


def come_back(state: CaseState, good: int = 2, damaged: int = 0) -> CaseState:
    """The warehouse has looked at the goods."""
    piece = InspectedPiece(sku=Sku("A"), good=good, damaged=damaged)
    event = ReturnArrived(event_id="r1", code=state.return_code, warehouse="HZ01", at=NOON, pieces=(piece,))
    words_in.returned(state, event, NOON)
    return state


def ask(state: CaseState, command: Command) -> str:
    """A person asks something that is not refused."""
    assert not asking.refusal(state, command)
    return asking.carry_out(state, command, NOON)


def look(state: CaseState, **order: Any) -> None:
    """Look the order up once more."""
    state.look_again = False
    flow.take_grounds(state, grounds(facts(**order)), NOON)


def test_the_goods_are_expected_at_once_and_nobody_is_answered() -> None:
    """It is on its way back already: no decision and no platform is waited for."""
    state = opened(announced=False)

    assert (state.status, state.kind, flow.next_step(state)) == ("returning", "intercept", "expect")
    assert (flow.home_of(state), flow.pieces_of_case(state)) == (("HZ01", "OLABC-1"), PIECES)


@pytest.mark.parametrize("answers", [True, False])
def test_no_money_goes_before_a_person_has_said_so(*, answers: bool) -> None:
    """On a platform or not: the goods are back, and the case waits with words for service."""
    state = come_back(opened(answers=answers))

    assert flow.next_step(state) is flow.Next.NOTHING
    assert state.hold is not None
    assert state.hold.trouble == "decision"
    assert "service" in words.who_acts(state)


def test_service_hears_of_it_once_when_it_is_opened() -> None:
    """Before anything is back: the buyer can still be asked."""
    state = opened()

    first, second = words.news_for_people(state), words.news_for_people(state)

    assert first is not None
    assert (first.to, second) == ("service", None)
    assert "SF1 (sf) is rejected" in first.body


def test_a_decided_sum_goes_when_the_goods_are_back() -> None:
    """Decided early, it waits; then the order is looked up once more before the money goes."""
    state = opened()
    ask(state, PAY)
    look(state)
    early = flow.next_step(state)

    come_back(state)
    again = flow.next_step(state)
    look(state)

    assert (early, again, flow.next_step(state)) == ("nothing", "look", "refund")
    assert state.refund_fen == 9400


def test_what_was_paid_back_meanwhile_is_not_paid_twice() -> None:
    """The buyer got the money through the platform while the parcel travelled."""
    state = opened()
    ask(state, PAY)
    look(state)
    come_back(state)

    look(state, given_back_fen=18800)

    assert state.hold is not None
    assert (state.hold.trouble, flow.next_step(state)) == ("check", "nothing")
    assert "188.00 of it have gone back" in state.hold.note


def test_new_goods_go_instead_when_somebody_orders_so() -> None:
    """It becomes an exchange: no money, a new delivery of the same pieces."""
    state = come_back(opened())

    ask(state, AGAIN)
    look(state)

    assert (state.kind, state.refund_fen, flow.next_step(state)) == ("exchange", 0, "send")


def test_it_can_be_closed_without_money_or_goods() -> None:
    """The buyer was paid on another way."""
    state = come_back(opened())

    ask(state, RefuseCase(by="lin", why="paid through 88001"))

    assert (state.status, flow.over(state)) == ("closed", True)


def test_fewer_pieces_than_left_wait_with_both_figures() -> None:
    """And a sum decides it."""
    state = come_back(opened(), good=1)
    held = state.hold
    ask(state, PAY)
    look(state)

    assert held is not None
    assert (held.trouble, held.note) == ("pieces", "2 of A were to come back, 1 came")
    assert flow.next_step(state) == "refund"


@pytest.mark.parametrize(
    ("command", "words_of_refusal"),
    [
        (ApproveCase(by="lin", why="x"), "name the sum"),
        (ApproveCase(by="lin", why="x", amount_fen=99_999), "999.99 are to go back, but 188.00 were paid"),
        (ApproveCase(by="lin", why="x", amount_fen=100, elsewhere=True), "not back yet"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused_with_a_reason(
    command: Command, words_of_refusal: str
) -> None:
    """Before anything is back."""
    refusal = asking.refusal(opened(), command)

    assert words_of_refusal in refusal


def test_what_was_decided_cannot_be_decided_again_while_it_happens() -> None:
    """The money is on its way."""
    state = opened()
    ask(state, PAY)
    look(state)

    refusals = [asking.refusal(state, each) for each in (PAY, AGAIN, RefuseCase(by="lin", why="no"))]

    assert all(refusals)


def test_the_warehouse_mended_is_no_decision() -> None:
    """Operations settled it with the warehouse: announced again, nothing decided."""
    state = opened(announced=False)
    state.stop(Trouble.RETURN, "no such warehouse", NOON)

    ask(state, ApproveCase(by="lin", why="settled"))

    assert (state.decision, flow.next_step(state)) == (None, "expect")


def test_paid_on_the_platforms_own_pages_it_is_over() -> None:
    """A person says how much, so that it is counted."""
    state = come_back(opened())

    ask(state, ApproveCase(by="lin", why="paid there", amount_fen=9400, elsewhere=True))

    assert (state.status, state.refund_fen) == ("refunded", 9400)


def test_a_parcel_signed_for_after_all_takes_every_decision_back() -> None:
    """Either the buyer has it now, or the warehouse: nothing goes before somebody knows."""
    state = opened()
    ask(state, PAY)
    look(state)

    event = ParcelEvent(event_id="p", waybill="SF1", state=ParcelState.DELIVERED, at=NOON)
    words_in.parcel_event(state, event, NOON)

    assert (state.decision, state.status) == (None, "returning")
    assert state.hold is not None
    assert "signed for after all" in state.hold.note


def test_a_returning_parcel_that_is_signed_for_is_just_on_its_way() -> None:
    """Once it is turned round, a signature is the warehouse's: nothing goes backwards."""
    state = opened()
    for number, heard in enumerate((ParcelState.RETURNING, ParcelState.DELIVERED)):
        event = ParcelEvent(event_id=f"p{number}", waybill="SF1", state=heard, at=NOON)
        words_in.parcel_event(state, event, NOON)

    assert (state.parcel, state.hold) == (ParcelState.RETURNING, None)


def test_each_order_of_one_box_has_a_case_of_its_own() -> None:
    """Deterministic, and short enough however long the numbers are."""
    other = OrderKey(channel="woo", shop="main", number="9" * 60)

    ids = [case_of(back()).id, case_of(back()).id, case_of(back(order=other)).id]

    assert ids[0] == ids[1] == "parcel-SF1-1001"
    assert ids[2] != ids[0]
    assert len(ids[2]) <= 64


def test_the_rest_of_an_order_goes_on_and_its_completion_waits() -> None:
    """One of two parcels is refused while the other has not left: nothing is held, nothing is taken off."""
    order = released("HZ01")
    wanted = cases.wanted_pieces(order)
    first = case_of(back(order=order.key)).model_copy(update={"line": order.snapshot.lines[0].id})

    case_news.case_changed(order, as_platform_says(first), NOON + MINUTE)

    assert (order.holds, cases.wanted_pieces(order), cases.stopped(order)) == ((), wanted, False)
    assert cases.is_open(order)
