"""Whatever order a platform's words come in, and however often: the same end."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.domain.aftersale import AfterSale, AfterSaleStatus
from oms.domain.aftersales import words_in
from oms.domain.aftersales.moves import ENDED, MOVES, check_move, reachable
from oms.domain.errors import IllegalMove
from tests.unit.aftersale_cases import MINUTE, NOON, a_case

LATER = NOON + timedelta(days=30)


@st.composite
def a_life(draw: st.DrawFn) -> list[AfterSale]:
    """What a platform says of one case, in the order in which it happened: a legal way, with a word between."""
    status, at = AfterSaleStatus.REQUESTED, NOON
    life = [a_case(modified_at=at)]
    for _ in range(draw(st.integers(0, 7))):
        onward = sorted(MOVES[status])
        if not onward:
            break
        status = draw(st.sampled_from(onward))
        at += draw(st.integers(1, 600)) * MINUTE
        if draw(st.booleans()):
            life.append(a_case(status="unknown", raw_status="odd", modified_at=at))
            at += MINUTE
        life.append(a_case(status=status, refund_fen=draw(st.integers(1, 500)), modified_at=at))
    return life


@given(life=a_life(), chosen=st.data())
def test_any_order_and_any_repetition_ends_the_same(life: list[AfterSale], chosen: st.DataObject) -> None:
    """The newest word we understand decides; an end stays one although older words come after it."""
    heard = chosen.draw(st.permutations(life))
    again = chosen.draw(st.lists(st.sampled_from(life), max_size=10))
    state = words_in.begin(heard[0], 1)

    for word in [*heard[1:], *again]:
        words_in.absorb(state, word, LATER)

    assert state.status == life[-1].status
    assert state.refund_fen == life[-1].refund_fen


def test_an_unknown_word_moves_nothing_and_is_seen() -> None:
    """The raw word stands in the timeline."""
    state = words_in.begin(a_case(status="approved"), 1)

    words_in.absorb(state, a_case(status="unknown", raw_status="MYSTERY", modified_at=NOON + MINUTE), LATER)

    assert state.status == "approved"
    assert state.timeline[-1].after == "MYSTERY"


def test_an_old_word_does_not_take_our_own_step_back() -> None:
    """We have agreed meanwhile; what the platform said before that is late news."""
    state = words_in.begin(a_case(), 1)
    state.go(AfterSaleStatus.APPROVED, NOON + 10 * MINUTE, actor="lin")

    words_in.absorb(state, a_case(raw_status="seen by us", modified_at=NOON + MINUTE), LATER)

    assert state.status == "approved"


def test_a_move_that_the_table_does_not_list_is_refused_in_words() -> None:
    """Both places and what would have been legal."""
    with pytest.raises(IllegalMove, match=r"from refunded to approved; legal: nothing"):
        check_move(AfterSaleStatus.REFUNDED, AfterSaleStatus.APPROVED)


def test_ends_lead_nowhere_and_everything_open_leads_to_an_end() -> None:
    """No case can be stuck by the table itself."""
    for status in MOVES:
        onward = any(reachable(status, end) for end in ENDED)
        assert onward is (status not in ENDED | {AfterSaleStatus.UNKNOWN})
