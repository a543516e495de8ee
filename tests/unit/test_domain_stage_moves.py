"""An order that is told anything, in any order and more than once, only ever makes legal moves and never breaks."""

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from oms.domain import admission, card, commands, fulfilment, strikes
from oms.domain.errors import IllegalMove
from oms.domain.order import Snapshot
from oms.domain.parcels import RANK
from oms.domain.stages import ENDED, MOVES, Outcome, Stage, check_move
from oms.domain.state import OrderState
from tests.unit.domain_orders import NOON, SECOND, arrival, repeatable
from tests.unit.order_way import MainWay
from tests.unit.order_words import (
    HOURS,
    carrier_words,
    commands_to,
    payments,
    snapshots,
    warehouse_words,
)


class AnOrdersLife(RuleBasedStateMachine):
    """One order, its main way, and everybody who talks to it."""

    stages_seen: ClassVar[set[Stage]] = set()
    outcomes_seen: ClassVar[set[Outcome]] = set()

    @initialize(first=snapshots(), pace=st.sampled_from([1, 3600]), answers=st.data())
    def arrives(self, first: Snapshot, pace: int, answers: st.DataObject) -> None:
        """It is admitted, as workflows/order.py does it."""
        self.at = NOON
        order = OrderState.begin(arrival(first), pace)
        self.way = MainWay(order, lambda choices: answers.draw(st.sampled_from(choices)))
        self.before = order.model_copy(deep=True)
        self.last: Callable[[], Any] = lambda: None
        self.written: list[int] = []
        admission.admit(order, self.at)

    @property
    def order(self) -> OrderState:
        return self.way.order

    def say(self, word: Callable[[], Any]) -> None:
        """Let the order hear a word, and remember it in case it is repeated."""
        word()
        self.last = word

    @rule(passes=HOURS)
    def time_passes(self, passes: Any) -> None:
        self.at += passes + SECOND

    @rule(steps=st.integers(1, 3))
    def goes_on(self, steps: int) -> None:
        for _ in range(steps):
            self.way.step(self.at)

    @rule(snapshot=snapshots())
    def platform_says(self, snapshot: Snapshot) -> None:
        message = arrival(snapshot)
        self.say(lambda: admission.absorb(self.order, message, self.at))

    @rule(payment=payments())
    def gateway_says(self, payment: Any) -> None:
        self.say(lambda: admission.payment_seen(self.order, payment, self.at))

    @rule(words=st.data())
    def warehouse_says(self, words: st.DataObject) -> None:
        event = words.draw(warehouse_words(self.order, self.at))
        self.say(lambda: fulfilment.warehouse_event(self.order, event, self.at))

    @rule(words=st.data())
    def carrier_says(self, words: st.DataObject) -> None:
        event = words.draw(carrier_words(self.order, self.at))

        def heard() -> None:
            fulfilment.parcel_event(self.order, event, self.at)
            fulfilment.follow(self.order, self.at)

        self.say(heard)

    @rule(words=st.data())
    def somebody_asks(self, words: st.DataObject) -> None:
        """What is not refused can be done, and says what happens now."""
        command = words.draw(commands_to(self.order, self.at))
        if not commands.refusal(self.order, command):
            assert commands.carry_out(self.order, command, self.at)

    @rule()
    def last_word_is_repeated(self) -> None:
        """A fact with an event id that was seen changes nothing at all."""
        before = self.order.model_dump()
        self.last()
        assert self.order.model_dump() == before

    @rule()
    def clock_strikes(self) -> None:
        """Every step once: a second strike at the same moment has nothing to say."""
        if self.order.ended:
            return
        strikes.strike(self.order, self.at)
        assert strikes.strike(self.order, self.at) is None
        deadline = self.order.next_deadline()
        assert deadline is None or deadline.due > self.at

    @rule()
    def promise_changed(self) -> None:
        if self.order.assess_again:
            self.way.assess(self.at)

    @rule()
    def book_is_written(self) -> None:
        """Rows never go back, and between them the books hold every line of the history exactly once."""
        book = self.order.take_book(card.why_here(self.order))
        if book is None:
            return
        assert book.row.seq == self.order.seq
        self.written += [change.seq for change in book.changes]
        assert self.written == list(range(1, self.order.seq + 1))
        assert len({parcel.waybill for parcel in book.parcels}) == len(book.parcels)
        assert self.order.take_book("") is None

    @rule()
    def carries_on_as_new(self) -> None:
        """Its whole memory survives the way through JSON."""
        self.last = lambda: None
        self.way.order = OrderState.model_validate_json(self.order.model_dump_json())
        assert self.way.order.model_dump() == self.before_now().model_dump()

    def before_now(self) -> OrderState:
        return self.before if self.before.seq == self.order.seq else self.order

    @invariant()
    def only_legal_things_happened(self) -> None:
        """Stages, parcels, history and card, compared with the moment before."""
        if not hasattr(self, "way"):
            return
        before, now = self.before, self.order
        news = now.timeline[len(now.timeline) - (now.seq - before.seq) :] if now.seq > before.seq else ()
        assert [change.seq for change in news] == list(range(before.seq + 1, now.seq + 1))
        self.moves_are_legal(before, [(c.before, c.after) for c in news if c.what == "stage.moved"])
        self.parcels_go_forward(before)
        assert now.withdrawal is not None or before.withdrawal is None
        assert set(before.steps_done) <= set(now.steps_done)
        assert str(now.key) and card.card(now) and card.who_acts(now)
        self.stages_seen.add(now.stage)
        if now.outcome:
            self.outcomes_seen.add(now.outcome)
        self.before = now.model_copy(deep=True)

    def moves_are_legal(self, before: OrderState, moves: list[tuple[str, str]]) -> None:
        stage, now = before.stage, self.order
        for left, reached in moves:
            assert left == stage
            assert reached in MOVES[stage]
            stage = Stage(reached)
        assert stage is now.stage
        assert before.stage not in ENDED or now.stage is before.stage
        assert (now.outcome is not None) == now.ended
        if Stage.DELIVERED in [reached for _, reached in moves]:
            assert now.delivered_at is not None
            assert fulfilment.all_arrived(now) or now.confirmed_at is not None

    def parcels_go_forward(self, before: OrderState) -> None:
        now = {parcel.waybill: parcel for parcel in self.order.parcels}
        assert len(now) == len(self.order.parcels) >= len(before.parcels)
        for parcel in before.parcels:
            after = now.get(parcel.waybill, parcel)
            assert RANK[after.state] >= RANK[parcel.state]
            assert after.pieces == parcel.pieces


def test_an_order_that_hears_anything_makes_legal_moves_only() -> None:
    """Whatever is said to it, it neither breaks nor lies; and the play reaches every stage and every end."""
    AnOrdersLife.stages_seen.clear()
    AnOrdersLife.outcomes_seen.clear()

    run_state_machine_as_test(AnOrdersLife, settings=settings(repeatable(120), stateful_step_count=40))

    assert AnOrdersLife.stages_seen >= set(Stage) - {Stage.RECEIVED, Stage.CLEARED}
    assert AnOrdersLife.outcomes_seen >= {Outcome.CANCELLED, Outcome.CLOSED}


@pytest.mark.parametrize("now", list(Stage))
@pytest.mark.parametrize("then", list(Stage))
def test_a_move_is_made_or_refused_as_the_table_says(now: Stage, then: Stage) -> None:
    """A refusal names both places and what would have been legal."""
    if then in MOVES[now]:
        check_move(now, then)
        assert now not in ENDED
        return

    with pytest.raises(IllegalMove, match=f"from {now} to {then}; legal: "):
        check_move(now, then)


def test_every_stage_can_be_reached_and_can_end() -> None:
    """No dead end in the table, and exactly the three ends."""
    reached, edge = {Stage.RECEIVED}, {Stage.RECEIVED}
    while edge:
        edge = {then for now in edge for then in MOVES[now]} - reached
        reached |= edge

    assert reached == set(Stage)
    assert {Stage.COMPLETED, Stage.CANCELLED, Stage.CLOSED} == ENDED
    assert all(MOVES[stage] for stage in set(Stage) - ENDED)
