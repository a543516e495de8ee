"""Why an order waits, who must act, what the gate says, and which commands are refused in which words."""

import re

import pytest

from oms.domain import card, commands, gate, shortage
from oms.domain.holds import REVIEWS, STOPS_AT, WHO_ACTS, Gate, Hold, HoldReason
from oms.domain.messages import (
    AddNote,
    ApproveReview,
    CancelOrder,
    ChangeAddress,
    ChangeWaybill,
    Command,
    LiftLock,
    PlaceHold,
    ReleaseHold,
)
from oms.domain.order import PlatformStatus
from oms.domain.parcels import ParcelState
from oms.domain.stages import Outcome, Stage
from oms.domain.state import OrderState, Payment, Withdrawal
from oms.domain.stock import OutOfStock
from tests.unit.domain_orders import (
    KEY,
    NOON,
    SKU,
    a_box,
    a_snapshot,
    allocated,
    an_order,
    carrier_says,
    released,
    shipped,
)

WHO = {"by": "li", "why": "because"}


def held(reason: HoldReason, note: str = "n") -> OrderState:
    """A paid, allocated order with this hold."""
    order = allocated()
    order.place(Hold(reason=reason, actor="rule", since=NOON, note=note), NOON)
    return order


@pytest.mark.parametrize("reason", list(HoldReason))
def test_every_reason_says_where_it_stops_and_who_acts(reason: HoldReason) -> None:
    """A new reason without an owner would hold orders that nobody looks after."""
    order = held(reason)

    stops = {each for each in Gate if order.stopped_at(each)}

    assert stops == STOPS_AT[reason]
    assert card.who_acts(order) == WHO_ACTS[reason]
    assert re.match(r"^[a-z ]+: .+", WHO_ACTS[reason])


def test_a_review_stops_the_release_and_not_the_reservation() -> None:
    """The last piece is kept while the buyer is asked."""
    assert all(STOPS_AT[reason] == {Gate.BEFORE_RELEASE} for reason in REVIEWS)


def test_a_hold_is_placed_once_and_lifted_once() -> None:
    """The same again writes nothing; another note replaces it."""
    order = held(HoldReason.MANUAL)
    once = order.seq

    order.place(order.holds[0], NOON)
    again = order.seq
    order.place(order.holds[0].model_copy(update={"note": "other"}), NOON)
    for _ in range(2):
        order.lift(HoldReason.MANUAL, NOON, actor="li", why="done")

    assert again == once
    assert order.seq == once + 2
    assert order.holds == ()


def test_an_order_that_is_ready_passes_the_gate() -> None:
    """Paid, promised, with a receiver, and nothing against it."""
    assert isinstance(gate.judge(allocated()), gate.Clear)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"holds": (Hold(reason=HoldReason.MANUAL, actor="li", since=NOON, note="wait"),)}, "hold manual: wait"),
        ({"withdrawal": Withdrawal(actor="b", why="changed her mind", at=NOON)}, "withdrawn: changed her mind"),
        ({"payment": Payment.UNPAID}, "payment is unpaid"),
        ({"payment": Payment.REFUNDED}, "payment is refunded"),
        ({"snapshot": a_snapshot(PlatformStatus.UNKNOWN, raw_status="odd")}, "status 'odd' is unknown"),
        ({"allocations": ()}, "no stock is reserved"),
        ({"receiver_digest": ""}, "no receiver"),
    ],
)  # fmt: skip
def test_the_gate_names_what_speaks_against_an_order(changes: dict[str, object], reason: str) -> None:
    """One reason each, in words a person can act on."""
    verdict = gate.judge(allocated().model_copy(update=changes))

    assert isinstance(verdict, gate.Blocked)
    assert len(verdict.reasons) == 1
    assert reason in verdict.reasons[0]


def test_the_gate_names_everything_at_once() -> None:
    """Nobody mends one thing only to hear of the next."""
    bare = an_order(a_snapshot(PlatformStatus.AWAITING_PAYMENT, receiver_digest=""))

    verdict = gate.judge(bare)

    assert isinstance(verdict, gate.Blocked)
    assert len(verdict.reasons) == 3


def closed() -> OrderState:
    """An order that has ended."""
    order = an_order()
    order.outcome, order.stage = Outcome.CANCELLED, Stage.CANCELLED
    return order


def delivered() -> OrderState:
    """An order at its buyer's."""
    order = shipped()
    carrier_says(order, ParcelState.DELIVERED)
    return order


def withdrawn() -> OrderState:
    """An order somebody has withdrawn."""
    order = allocated()
    commands.carry_out(order, CancelOrder(**WHO), NOON)
    return order


@pytest.mark.parametrize(
    ("order", "command", "words"),
    [
        (closed(), PlaceHold(**WHO), "has ended"),
        (closed(), CancelOrder(**WHO), "has ended"),
        (allocated(), ReleaseHold(**WHO, reason="manual"), "its holds: none"),
        (held(HoldReason.MANUAL), ReleaseHold(**WHO, reason="nonsense"), "its holds: manual"),
        (held(HoldReason.NO_WAYBILL_LOCK), ReleaseHold(**WHO, reason="no_waybill_lock"), "lift-lock"),
        (held(HoldReason.MANUAL), ApproveReview(**WHO), "waits for no review"),
        (allocated(), LiftLock(**WHO), "is not locked"),
        (withdrawn(), CancelOrder(**WHO), "already being withdrawn"),
        (delivered(), CancelOrder(**WHO), "open a return"),
        (shipped(), ChangeAddress(**WHO, receiver_digest="r2"), "has left"),
        (shipped(), ChangeWaybill(**WHO, old_waybill="SF7", waybill="SF88", carrier="sf"), "its parcels: SF1"),
        (delivered(), ChangeWaybill(**WHO, old_waybill="SF1", waybill="SF88", carrier="sf"), "is in use"),
        (
            shipped(a_box("SF1"), a_box("SF2222")),
            ChangeWaybill(**WHO, old_waybill="SF1", waybill="SF2222", carrier="sf"),
            "another parcel",
        ),
    ],
)  # fmt: skip
def test_a_refusal_names_the_order_and_what_can_be_done(
    order: OrderState, command: Command, words: str
) -> None:
    """Refused before anything is written."""
    before = order.seq

    said = commands.refusal(order, command, NOON)

    assert words in said
    assert str(KEY) in said or "parcel SF1" in said
    assert order.seq == before


@pytest.mark.parametrize(
    ("order", "command", "what"),
    [
        (closed(), AddNote(**WHO), "note.added"),
        (allocated(), PlaceHold(**WHO), "hold.placed"),
        (held(HoldReason.MANUAL), ReleaseHold(**WHO, reason="manual"), "hold.lifted"),
        (held(HoldReason.FIRST_BUYER), ApproveReview(**WHO), "hold.lifted"),
        (held(HoldReason.NO_WAYBILL_LOCK), LiftLock(**WHO), "hold.lifted"),
        (shipped(), CancelOrder(**WHO), "withdrawal.asked"),
        (released(), ChangeAddress(**WHO, receiver_digest="r2"), "address.changed"),
        (
            shipped(),
            ChangeWaybill(**WHO, old_waybill="SF1", waybill="SF88", carrier="yto"),
            "waybill.corrected",
        ),
    ],
)
def test_what_is_not_refused_is_done_and_written_down(order: OrderState, command: Command, what: str) -> None:
    """One line of the history says who, and the answer says what happens now."""
    refused = commands.refusal(order, command, NOON)

    answer = commands.carry_out(order, command, NOON)

    assert refused == ""
    assert answer
    assert (order.timeline[-1].what, order.timeline[-1].actor) == (what, "li")


def test_purchasing_is_asked_once_for_the_same_pieces() -> None:
    """And again when other pieces are missing."""
    order = an_order()
    short = OutOfStock(missing=((SKU, 1),))

    notices = [shortage.out_of_stock(order, answer, NOON) for answer in (short, short)]
    other = shortage.out_of_stock(order, OutOfStock(missing=((SKU, 2),)), NOON)

    assert [notice is None for notice in notices] == [False, True]
    assert other is not None
    assert order.waiting_for == (SKU,)
