"""Whatever was heard of an order, in whatever order and however often: it ends with the newest content.

What has to be equal is listed in `what_counts`. What may depend on what was heard on the way, and why:

* the audit lines with their numbers and times: they tell what was heard, and when;
* that the rules, the stock or the warehouse are to be asked again (`assess_again`, `reserve_again`,
  `readdress`): a change that was taken back may or may not have been heard of, and asking again is harmless;
* the COMPLIANCE hold on lines that changed after the release: a person compares them with what was sent,
  also when the buyer changed them back;
* the payment of an order cancelled without a refund: it is what was seen of the money, and a platform that says
  "cancelled" does not say whether it was ever paid;
* since when an order is paid that was withdrawn: if the withdrawal was heard first, the money was never seen;
* a withdrawal's time, and a hold's `since`.
"""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from oms.domain.holds import HoldReason
from oms.domain.messages import Way
from oms.domain.order import PlatformStatus, Snapshot
from oms.domain.state import OrderState, Payment
from tests.unit.domain_orders import (
    KEY,
    MINUTE,
    NOON,
    allocated,
    an_order,
    hears,
    released,
    repeatable,
)
from tests.unit.order_lives import Life, Said, Trip, snapshot_of, travelled_lives

S = PlatformStatus
FOLLOWED = frozenset({HoldReason.PLATFORM_RISK, HoldReason.REFUND_OPEN})
"""The holds that the platform's own word places and lifts."""


def worded(said: Said) -> Snapshot:
    """What the order hears, a minute after what it was begun with; a street stands for its digest."""
    snapshot = snapshot_of(said, KEY, NOON + MINUTE)
    return snapshot.model_copy(update={"receiver_digest": said.street})


def heard(travels: tuple[Trip, ...], order: OrderState | None = None) -> OrderState:
    """Let an order hear all of it; without one, the first word begins it."""
    words = [worded(trip.said) for trip in travels]
    begun = order or an_order(words[0])
    for word in words:  # signal-with-start says the first one twice
        hears(begun, word)
    return begun


def in_turn(life: Life, order: OrderState | None = None) -> OrderState:
    """Let an order hear each word once, in the platform's own order."""
    return heard(tuple(Trip(said, Way.POLL) for said in life), order)


def what_counts(order: OrderState) -> dict[str, Any]:
    """Return what the newest content alone must decide."""
    snapshot = order.snapshot
    return {
        "snapshot": snapshot.model_dump(),
        "receiver": order.receiver_digest,
        "withdrawn": order.withdrawal is not None,
        "payment": None if snapshot.status is S.CANCELLED else order.payment,
        "paid_at": None if order.withdrawal else order.paid_at,
        "holds": None
        if order.withdrawal
        else {hold.reason for hold in order.holds if hold.reason in FOLLOWED},
    }


@repeatable(500)
@given(told=travelled_lives())
def test_a_new_order_ends_with_the_newest_content_whatever_it_heard(
    told: tuple[Life, tuple[Trip, ...]],
) -> None:
    """As if it had heard every word in turn, and as if it had heard nothing between the first and the newest."""
    life, travels = told
    event(f"{len(travels)} words, newest {life[-1].status}")
    assume(not travels[0].said.refunded or life[-1].withdrawn)  # see the last test of this file

    order = heard(travels)

    assert order.snapshot == worded(life[-1])
    assert what_counts(order) == what_counts(in_turn(life)) == what_counts(in_turn((life[0], life[-1])))


@pytest.mark.parametrize("stage", [allocated, released])
@repeatable(300)
@given(told=travelled_lives())
def test_an_order_on_its_way_ends_with_the_newest_content(
    stage: Callable[[], OrderState], told: tuple[Life, tuple[Trip, ...]]
) -> None:
    """The same when it is reserved already, or at the warehouse."""
    life, travels = told

    order = heard(travels, stage())

    assert order.snapshot == worded(life[-1])
    assert (
        what_counts(order) == what_counts(in_turn(life, stage())) == what_counts(in_turn(life[-1:], stage()))
    )


@repeatable(300)
@given(told=travelled_lives(), again=st.randoms(use_true_random=False))
def test_everything_said_once_more_changes_nothing(told: tuple[Life, tuple[Trip, ...]], again: Any) -> None:
    """Not a line of the audit, not a flag, not a time: repetitions and late words leave no trace."""
    order = heard(told[1])
    before = order.model_dump()
    late = [*told[1], *told[1]]
    again.shuffle(late)

    for trip in late:
        hears(order, worded(trip.said), NOON + 72 * 60 * MINUTE)

    assert order.model_dump() == before


def test_money_paid_back_before_it_was_seen_is_still_seen() -> None:
    """The word "paid" was overtaken by the one of a partial refund: the order knows since when it is paid."""
    created = Said()
    refunded = created.then(60, status=S.PAID, refunded=100)

    order = in_turn((created, refunded))

    assert (order.payment, order.paid_at) == (Payment.PARTLY_REFUNDED, NOON)
    assert "order.paid" in {change.topic for change in order.timeline}
    assert order.held(HoldReason.REFUND_OPEN) is not None


def test_an_order_first_heard_of_after_a_partial_refund_waits_as_well() -> None:
    """Otherwise the goods that were paid back are sent, only because the word before was lost."""
    refunded = Said(status=S.PAID).then(60, refunded=100)

    order = in_turn((refunded,))

    assert order.payment is Payment.PARTLY_REFUNDED
    assert order.held(HoldReason.REFUND_OPEN) is not None
