"""A parcel goes forward only, whatever its carrier repeats or delivers late."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.domain.parcels import ENDED, MOVING, RANK, Parcel, ParcelState, advance
from tests.unit.domain_orders import NOON, repeatable

P = ParcelState
WORDS = st.lists(st.sampled_from(ParcelState), max_size=12)


def a_parcel(state: ParcelState = P.CREATED) -> Parcel:
    """A parcel in this state."""
    return Parcel(
        waybill="SF1", carrier="sf", delivery_order="OL1-1", pieces=(), shipped_at=NOON, state=state
    )


def told(parcel: Parcel, words: list[ParcelState]) -> list[Parcel]:
    """The parcel after each of the words."""
    way = [parcel]
    for minute, word in enumerate(words):
        way.append(advance(way[-1], word, f"raw {word}", NOON + timedelta(minutes=minute)))
    return way


@repeatable(100)
@given(words=WORDS)
def test_a_parcel_never_goes_back(words: list[ParcelState]) -> None:
    """Each state is of the rank before or a higher one, and an unknown word leaves it where it is."""
    way = told(a_parcel(), words)

    steps = list(zip(way, way[1:], words, strict=False))
    assert all(RANK[then.state] >= RANK[now.state] for now, then, _ in steps)
    assert all(then.state in {now.state, word} for now, then, word in steps)
    assert all(then.state is now.state for now, then, word in steps if word is P.UNKNOWN)


@repeatable(100)
@given(words=WORDS, last=st.sampled_from(sorted(ENDED)), shuffle=st.randoms(use_true_random=False))
def test_the_same_words_in_any_order_end_the_same(words: list[ParcelState], last: P, shuffle: object) -> None:
    """Duplicates and delays cost nothing: the word of the highest rank stands in the end."""
    top = [word for word in words if RANK[word] < RANK[last]]
    mixed = [*top, last, *top, last]
    shuffle.shuffle(mixed)  # type: ignore[attr-defined]  # a random.Random of Hypothesis

    orderly, disorderly = told(a_parcel(), [*top, last])[-1], told(a_parcel(), mixed)[-1]

    assert orderly.state is disorderly.state is last
    assert (orderly.delivered_at is None) == (disorderly.delivered_at is None) or last is not P.DELIVERED


@repeatable(100)
@given(words=WORDS, word=st.sampled_from(ParcelState))
def test_a_word_said_twice_is_said_once(words: list[ParcelState], word: ParcelState) -> None:
    """The second time changes nothing, not even a time."""
    once = told(a_parcel(), [*words, word])[-1]

    assert advance(once, word, f"raw {word}", NOON + timedelta(minutes=len(words))) == once


@pytest.mark.parametrize(("one", "other"), [(P.IN_TRANSIT, P.EXCEPTION), (P.RETURNED, P.CANCELLED)])
def test_among_equals_the_later_moment_stands(one: ParcelState, other: ParcelState) -> None:
    """Whichever is heard first: by the carrier's clock, not by ours."""
    early, late = NOON, NOON + timedelta(hours=1)

    in_turn = advance(advance(a_parcel(), one, "a", early), other, "b", late)
    late_news = advance(advance(a_parcel(), other, "b", late), one, "a", early)

    assert in_turn == late_news
    assert (in_turn.state, in_turn.state_at) == (other, late)


def test_the_first_signature_is_kept_whatever_becomes_of_the_parcel() -> None:
    """Heard late, after a second one or after it was turned round; the state is the one of the highest rank."""
    signed = advance(advance(a_parcel(), P.DELIVERED, "3", NOON), P.DELIVERED, "3", NOON - timedelta(hours=1))
    turned = advance(advance(a_parcel(), P.RETURNING, "6", NOON), P.DELIVERED, "3", NOON - timedelta(hours=1))

    assert signed.delivered_at == turned.delivered_at == NOON - timedelta(hours=1)
    assert (signed.state, signed.state_at) == (P.DELIVERED, NOON)
    assert (turned.state, turned.state_at) == (P.RETURNING, NOON)


def test_only_a_signature_delivers() -> None:
    """A parcel in the locker is still on its way, and carries no delivery time."""
    waiting = told(a_parcel(), [P.PICKED_UP, P.IN_TRANSIT, P.AT_PICKUP_POINT])[-1]
    signed = advance(waiting, P.DELIVERED, "3", NOON)

    assert (waiting.state, waiting.delivered_at) == (P.AT_PICKUP_POINT, None)
    assert waiting.state in MOVING - ENDED
    assert signed.delivered_at == NOON


def test_an_unknown_word_is_kept_and_moves_nothing() -> None:
    """The raw word stands beside the last state we understood."""
    parcel = advance(a_parcel(P.IN_TRANSIT), P.UNKNOWN, "999", NOON)

    assert (parcel.state, parcel.raw_state, parcel.state_at) == (P.IN_TRANSIT, "999", None)


@pytest.mark.parametrize("state", list(ParcelState))
def test_every_state_has_a_rank(state: ParcelState) -> None:
    """A new state without a place in the order would stop every parcel that hears it."""
    assert RANK[state] >= -1
    assert advance(a_parcel(), state, "", NOON).waybill == "SF1"


def test_a_rejected_parcel_comes_back_and_a_returned_one_stays() -> None:
    """Rejected, returning, returned; a late signature does not deliver it again."""
    way = told(a_parcel(), [P.REJECTED, P.RETURNING, P.RETURNED, P.DELIVERED, P.IN_TRANSIT])

    assert [parcel.state for parcel in way[1:]] == [
        P.REJECTED,
        P.RETURNING,
        P.RETURNED,
        P.RETURNED,
        P.RETURNED,
    ]
