"""An order that is told anything, in any order and more than once, only ever makes legal moves and never breaks."""

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from oms.domain import admission, card, commands, fulfilment, strikes
from oms.domain.errors import IllegalMove
from oms.domain.messages import CancelOrder, ReleaseHold
from oms.domain.order import PlatformStatus, Snapshot
from oms.domain.parcels import RANK, ParcelState
from oms.domain.stages import ENDED, MOVES, Outcome, Stage, check_move
from oms.domain.state import OrderState
from tests.unit.domain_orders import (
    HOUR,
    NOON,
    SECOND,
    a_box,
    a_snapshot,
    allocated,
    an_order,
    arrival,
    carrier_says,
    released,
    repeatable,
    shipment_of,
    shipped,
)
from tests.unit.order_way import MainWay
from tests.unit.order_words import (
    HOURS,
    carrier_words,
    commands_to,
    payments,
    snapshots,
    warehouse_words,
)

STARTS: dict[str, Callable[[Snapshot], OrderState]] = {
    "arrived": an_order,
    "unpaid": lambda _: an_order(a_snapshot(PlatformStatus.AWAITING_PAYMENT)),
    "allocated": lambda _: allocated(),
    "released": lambda _: released(),
    "released at demonstration pace": lambda _: released(pace=3600),
    "released at two warehouses": lambda _: released("GZ01", "HZ01"),
    "shipped": lambda _: shipped(),
    "shipped in two boxes": lambda _: shipped(a_box("SF1000"), a_box("SF2000")),
}


class AnOrdersLife(RuleBasedStateMachine):
    """One order, its main way, and everybody who talks to it."""

    stages_seen: ClassVar[set[Stage]] = set()
    outcomes_seen: ClassVar[set[Outcome]] = set()

    @initialize(first=snapshots(), start=st.sampled_from(list(STARTS)), answers=st.data())
    def begins(self, first: Snapshot, start: str, answers: st.DataObject) -> None:
        """Anywhere on its way; one that arrives is admitted as workflows/order.py does it."""
        self.at = NOON
        order = STARTS[start](first)
        self.way = MainWay(order, lambda choices: answers.draw(st.sampled_from(choices)))
        self.before = order.model_copy()
        self.last: Callable[[], Any] = lambda: None
        self.written: list[int] = []

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

    @rule(steps=st.integers(1, 6))
    def goes_on(self, steps: int) -> None:
        for _ in range(steps):
            self.way.step(self.at)

    @rule()
    @precondition(lambda self: self.order.stage in {Stage.RELEASED, Stage.SHIPPED, Stage.IN_TRANSIT})
    def everything_goes_well(self) -> None:
        """What is open ships, what is shipped arrives: most orders of a real day."""
        for delivery in fulfilment.open_deliveries(self.order):
            box = a_box(f"ZT{len(self.order.parcels)}0", sum(piece.quantity for piece in delivery.pieces))
            event = shipment_of(delivery, box, self.at)
            self.say(lambda event=event: fulfilment.warehouse_event(self.order, event, self.at))  # type: ignore[misc]  # binds this turn's event
        self.way.step(self.at)
        for parcel in self.order.parcels:
            carrier_says(self.order, ParcelState.DELIVERED, parcel.waybill, self.at)

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
        if not commands.refusal(self.order, command, self.at):
            assert commands.carry_out(self.order, command, self.at)

    @rule()
    def three_days_pass(self) -> None:
        self.at += 73 * HOUR
        self.clock_strikes()
        self.way.step(self.at)

    @rule()
    def buyer_withdraws(self) -> None:
        command = CancelOrder(by="li", why="the buyer asked")
        if not commands.refusal(self.order, command, self.at):
            assert commands.carry_out(self.order, command, self.at)
            self.way.step(self.at)

    @rule()
    def people_do_their_work(self) -> None:
        """Every hold is released by whom it concerns."""
        for hold in self.order.holds:
            release = ReleaseHold(by="li", why="settled", reason=hold.reason)
            if not commands.refusal(self.order, release, self.at):
                assert commands.carry_out(self.order, release, self.at)

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
            self.order.assess_again = False
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
        before = self.order.model_dump()
        self.way.order = OrderState.model_validate_json(self.order.model_dump_json())
        assert self.order.model_dump() == before

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
        assert card.card(now)
        assert card.who_acts(now)
        self.stages_seen.add(now.stage)
        if now.outcome:
            self.outcomes_seen.add(now.outcome)
        self.before = now.model_copy()

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
        assert len(now) == len(self.order.parcels)
        assert len(now) >= len(before.parcels)
        for parcel in before.parcels:
            after = now.get(parcel.waybill, parcel)
            assert RANK[after.state] >= RANK[parcel.state]
            assert after.pieces == parcel.pieces


def test_an_order_that_hears_anything_makes_legal_moves_only() -> None:
    """Whatever is said to it, it neither breaks nor lies; and the play goes far enough to say so."""
    AnOrdersLife.stages_seen.clear()
    AnOrdersLife.outcomes_seen.clear()

    run_state_machine_as_test(AnOrdersLife, settings=settings(repeatable(80), stateful_step_count=30))

    assert len(AnOrdersLife.stages_seen) >= 8
    assert len(AnOrdersLife.outcomes_seen) >= 2


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
