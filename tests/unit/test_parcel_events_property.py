"""Whatever carriers say of an order's parcels, in whatever order, however often and late: the same end.

The order of a run hears every word as a signal, also those that the edge would keep from it. What a word says is of a
moment by the carrier's clock; a moment that lies ahead of ours counts as ours.

Three sets of words have an end that depends on which is heard first; the rest of this file leaves them out of what it
says of the order (never of what it says of the parcels), and `test_a_signed_parcel_that_goes_back` holds the first:

* a parcel both signed for and on its way back: heard in turn the order is delivered first; heard the other way round it
  never is. Both are closed in the end, for `roll_up` asks where the parcels are;
* two signatures of different moments for one parcel: the parcel keeps the first, the order the one it heard first;
* everything came back: an order that heard of nothing but the end goes from shipped to closed without in transit.
"""

import random
from datetime import datetime, timedelta
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from oms.domain import fulfilment
from oms.domain.messages import ParcelEvent
from oms.domain.parcels import RANK, Parcel, ParcelState
from oms.domain.stages import MOVES, Stage
from oms.domain.state import OrderState
from tests.unit.domain_orders import HOUR, MINUTE, NOON, a_box, repeatable, shipped

P = ParcelState
OURS = ("SF1", "SF2")
BACK = frozenset({P.REJECTED, P.RETURNING, P.RETURNED, P.CANCELLED})
WAY = (Stage.SHIPPED, Stage.IN_TRANSIT, Stage.DELIVERED)
SHUFFLES = 6


class End(NamedTuple):
    """Where the order ended, as far as the words alone decide."""

    parcels: tuple[tuple[str, ParcelState, datetime | None, datetime | None], ...]
    stage: Stage
    delivered_at: datetime | None


def an_order() -> OrderState:
    """An order of two parcels that left at noon."""
    return shipped(a_box("SF1"), a_box("SF2"))


def a_word(waybill: str, state: ParcelState, at: datetime) -> ParcelEvent:
    """A word under the id that the adapter gives it: the same content has the same one."""
    return ParcelEvent(
        event_id=f"{waybill}|{state}|{at}", waybill=waybill, state=state, raw_state=state.value, at=at
    )


def hears(order: OrderState, word: ParcelEvent, now: datetime) -> None:
    """Take in a word as the order's workflow does."""
    fulfilment.parcel_event(order, word, now)
    fulfilment.follow(order, now)


def kept(parcel: Parcel) -> tuple[str, ParcelState, datetime | None, datetime | None]:
    """What a parcel remembers of its words, but for the raw one."""
    return parcel.waybill, parcel.state, parcel.state_at, parcel.delivered_at


def end_of(words: list[ParcelEvent], now: datetime) -> End:
    """Let an order hear the words in this order, all of them now."""
    order = an_order()
    for word in words:
        hears(order, word, now)
    return End(tuple(kept(parcel) for parcel in order.parcels), order.stage, order.delivered_at)


def the_end_is_decided(words: list[ParcelEvent]) -> bool:
    """Tell whether the words alone, in any order, decide where the order ends; see the head of this file."""
    signed = {word.waybill: {w.at for w in words if _is(w, word.waybill, P.DELIVERED)} for word in words}
    back = {word.waybill for word in words if word.state in BACK}
    ends = {word.waybill for word in words if word.state in (P.RETURNED, P.CANCELLED)}
    both = any(signed[waybill] and waybill in back for waybill in signed)
    return not both and all(len(moments) < 2 for moments in signed.values()) and not ends >= set(OURS)


def _is(word: ParcelEvent, waybill: str, state: ParcelState) -> bool:
    return word.waybill == waybill and word.state is state


class ParcelWords(RuleBasedStateMachine):
    """Carriers that repeat, delay, confuse and invent."""

    def __init__(self) -> None:
        """Begin at noon, with nothing heard."""
        super().__init__()
        self.order = an_order()
        self.now = NOON
        self.words: list[tuple[ParcelEvent, datetime]] = []
        self.ranks = dict.fromkeys(OURS, 0)
        self.stage = self.order.stage

    def _hear(self, word: ParcelEvent) -> None:
        if word not in [said for said, _ in self.words]:
            self.words.append((word, min(word.at, self.now)))
        hears(self.order, word, self.now)

    @rule(hours=st.integers(1, 40))
    def time_passes(self, hours: int) -> None:
        """Words are delayed by whatever passes between what they say and when they are heard."""
        self.now += hours * HOUR

    @rule(waybill=st.sampled_from(OURS), state=st.sampled_from(P), minutes=st.integers(-600, 6000))
    def a_carrier_says(self, waybill: str, state: ParcelState, minutes: int) -> None:
        """Something of any moment: long past, late, or of the future."""
        self._hear(a_word(waybill, state, NOON + minutes * MINUTE))

    @rule(waybill=st.sampled_from(OURS), minutes=st.integers(-600, 6000))
    def somebody_signs(self, waybill: str, minutes: int) -> None:
        """Perhaps once more: the courier, the station and the receiver each have a pen."""
        self._hear(a_word(waybill, P.DELIVERED, NOON + minutes * MINUTE))

    @precondition(lambda self: self.words)
    @rule(which=st.integers(0, 10**6))
    def a_word_is_repeated(self, which: int) -> None:
        """Under its own id: not a line of the audit, not a time changes."""
        word, _ = self.words[which % len(self.words)]
        before = self.order.model_dump()

        self._hear(word)

        assert self.order.model_dump() == before

    @rule(state=st.sampled_from(P))
    def a_stranger_is_heard_of(self, state: ParcelState) -> None:
        """A waybill that is not ours moves nothing of ours."""
        before = [kept(parcel) for parcel in self.order.parcels]

        hears(self.order, a_word("YT9", state, self.now), self.now)

        assert [kept(parcel) for parcel in self.order.parcels] == before

    @invariant()
    def no_parcel_goes_back(self) -> None:
        """Its state is never of a lower rank than before."""
        for parcel in self.order.parcels:
            assert RANK[parcel.state] >= self.ranks[parcel.waybill]
            self.ranks[parcel.waybill] = RANK[parcel.state]

    @invariant()
    def only_a_signature_delivers(self) -> None:
        """A parcel is signed for at the moment of its first signature, and without one never."""
        for parcel in self.order.parcels:
            signatures = [at for word, at in self.words if _is(word, parcel.waybill, P.DELIVERED)]
            assert parcel.delivered_at == min(signatures, default=None)
            assert parcel.state is not P.DELIVERED or parcel.delivered_at is not None

    @invariant()
    def the_order_goes_forward_by_legal_steps(self) -> None:
        """And is delivered only when every parcel has arrived, one of them signed for."""
        moves = [(c.before, c.after) for c in self.order.timeline if c.what == "stage.moved"]
        assert all(Stage(after) in MOVES[Stage(before)] for before, after in moves)
        assert WAY.index(self.order.stage) >= WAY.index(self.stage)
        assert (self.order.stage is Stage.DELIVERED) == (self.order.delivered_at is not None)
        self.stage = self.order.stage

    @invariant()
    def no_time_lies_ahead(self) -> None:
        """Whatever carriers write."""
        moments = [at for parcel in self.order.parcels for at in (parcel.state_at, parcel.delivered_at)]
        assert all(at <= self.now for at in (*moments, self.order.delivered_at) if at is not None)

    def teardown(self) -> None:
        """The same words in any order end the same."""
        said = [word for word, _ in self.words]
        orders = [said, said[::-1], *(_shuffled(said, seed) for seed in range(SHUFFLES))]
        ends = {end_of(words, self.now) for words in orders}
        assert len({end.parcels for end in ends}) == 1
        assert len(ends) == 1 or not the_end_is_decided(said)


def _shuffled(words: list[ParcelEvent], seed: int) -> list[ParcelEvent]:
    mixed = [*words, *words]
    random.Random(seed).shuffle(mixed)
    return mixed


test_parcel_words_in_any_order = ParcelWords.TestCase
test_parcel_words_in_any_order.settings = settings(
    max_examples=300, stateful_step_count=30, derandomize=True, database=None, deadline=None
)


ONWARD = sorted(set(P) - BACK - {P.DELIVERED})
ON_THE_WAY = st.tuples(st.sampled_from(OURS), st.sampled_from(ONWARD), st.integers(-60, 6000))


@repeatable(200)
@given(
    words=st.lists(ON_THE_WAY, max_size=10),
    signed=st.dictionaries(st.sampled_from(OURS), st.integers(0, 6000)),
    chance=st.randoms(use_true_random=False),
)
def test_parcels_that_only_go_onward_end_the_same(
    words: list[tuple[str, ParcelState, int]], signed: dict[str, int], chance: random.Random
) -> None:
    """Parcels, stage and the moment of delivery, to the last field: delivered when both are signed for, at the later signature."""
    every = [*words, *((waybill, P.DELIVERED, minutes) for waybill, minutes in signed.items())]
    said = [a_word(waybill, state, NOON + minutes * MINUTE) for waybill, state, minutes in every]
    mixed, now = [*said, *said], NOON + timedelta(days=9)
    chance.shuffle(mixed)

    end = end_of(mixed, now)

    assert end == end_of(said, now)
    assert (end.stage is Stage.DELIVERED) == (len(signed) == len(OURS))
    assert end.delivered_at == (NOON + max(signed.values()) * MINUTE if len(signed) == len(OURS) else None)


def test_a_signed_parcel_that_goes_back_has_been_delivered_in_any_order() -> None:
    """Signed for at one, on its way back at two: heard in turn or not, the order was delivered."""
    signed = [a_word(waybill, P.DELIVERED, NOON + HOUR) for waybill in OURS]
    back = a_word("SF2", P.RETURNING, NOON + 2 * HOUR)
    now = NOON + timedelta(days=1)

    assert end_of([*signed, back], now) == end_of([back, *signed], now)
