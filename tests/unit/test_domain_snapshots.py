"""The platform's word: newer overrules older, the same again is nothing, and what must not ship waits."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.domain import admission
from oms.domain.holds import HoldReason
from oms.domain.messages import PaymentSeen, Way
from oms.domain.order import Line, PlatformStatus, Snapshot
from oms.domain.parcels import ParcelState
from oms.domain.state import RULED, OrderState, Payment
from tests.unit.domain_orders import (
    HOUR,
    NOON,
    a_line,
    a_snapshot,
    allocated,
    an_order,
    arrival,
    carrier_says,
    hears,
    released,
    repeatable,
    shipped,
)
from tests.unit.order_words import snapshots

S = PlatformStatus
HISTORIES = st.lists(snapshots(), min_size=1, max_size=6, unique_by=lambda each: each.modified_at)


@repeatable(60)
@given(history=HISTORIES, shuffle=st.randoms(use_true_random=False))
def test_the_newest_content_stands_in_whatever_order_it_came(history: list[Snapshot], shuffle: Any) -> None:
    """Delayed webhooks, repeated polls: older content never overwrites newer."""
    newest = max(history, key=lambda each: each.modified_at)
    mixed = [*history, *history]
    shuffle.shuffle(mixed)
    order = an_order(mixed[0])

    for snapshot in mixed[1:]:
        hears(order, snapshot)

    assert order.snapshot.fingerprint == newest.fingerprint


@repeatable(100)
@given(first=snapshots(), later=st.integers(0, 60))
def test_the_same_content_again_changes_nothing(first: Snapshot, later: int) -> None:
    """Whenever it was modified: the order writes nothing down."""
    order = an_order(first)
    before = order.model_dump(exclude={"snapshot", "seen"})
    again = first.model_copy(update={"modified_at": first.modified_at + later * HOUR})

    hears(order, again)

    assert order.model_dump(exclude={"snapshot", "seen"}) == before
    assert order.snapshot.fingerprint == first.fingerprint


def test_what_was_true_in_between_is_old_news() -> None:
    """Paid, on hold, paid again: the word in between arrives last and is not believed."""
    order = an_order(a_snapshot(minutes=0))

    hears(order, a_snapshot(minutes=10))
    hears(order, a_snapshot(S.CANCELLED, minutes=5))

    assert order.snapshot.status is S.PAID
    assert order.withdrawal is None


def test_two_words_of_one_second_are_told_apart_by_how_far_they_are() -> None:
    """Platform clocks tick in seconds: paid is never overruled by awaiting payment."""
    order = an_order(a_snapshot(S.PAID))

    hears(order, a_snapshot(S.AWAITING_PAYMENT))

    assert order.snapshot.status is S.PAID


@pytest.mark.parametrize("status", [S.SHIPPED, S.CONFIRMED])
def test_what_the_platform_calls_shipped_is_not_sent_again(status: PlatformStatus) -> None:
    """A shop's old orders come in with the first sweep: a person decides."""
    order = an_order(a_snapshot(status))

    assert order.payment is Payment.PAID
    assert order.held(HoldReason.MANUAL) is not None


def test_the_platforms_review_stops_the_order_and_lets_it_go() -> None:
    """The hold comes and goes with the platform's flag."""
    order = hears(an_order(), a_snapshot(minutes=1, platform_risk=True))
    held = order.held(HoldReason.PLATFORM_RISK)

    hears(order, a_snapshot(minutes=2))

    assert held is not None
    assert order.holds == ()


def test_a_partial_refund_waits_for_a_person_though_the_platform_has_closed_it() -> None:
    """Otherwise the goods that were paid back would be sent."""
    order = hears(an_order(), a_snapshot(minutes=1, refunded_fen=100, refund_open=True))

    hears(order, a_snapshot(minutes=2, refunded_fen=100))

    assert order.payment is Payment.PARTLY_REFUNDED
    assert order.held(HoldReason.REFUND_OPEN) is not None


@pytest.mark.parametrize("status", [S.REFUNDED, S.CANCELLED])
def test_a_withdrawal_after_delivery_is_a_matter_of_after_sale(status: PlatformStatus) -> None:
    """The order does not complete as if nothing had been asked, and is not undone either."""
    order = shipped()
    carrier_says(order, ParcelState.DELIVERED)

    hears(order, a_snapshot(status, minutes=1))

    assert order.withdrawal is None
    assert order.held(HoldReason.REFUND_OPEN) is not None


@pytest.mark.parametrize(("amount", "held"), [(18800, False), (18799, True)])
def test_the_gateways_amount_is_compared(amount: int, held: bool) -> None:
    """Two ways to learn of a payment; figures that differ stop the order with both."""
    order = an_order(a_snapshot(S.AWAITING_PAYMENT))
    seen = PaymentSeen(event_id="p1", way=Way.GATEWAY, paid_at=NOON, amount_fen=amount)

    admission.payment_seen(order, seen, NOON)
    admission.payment_seen(order, seen, NOON)

    hold = order.held(HoldReason.MANUAL)
    assert order.payment is Payment.PAID
    assert order.paid_by == (Way.GATEWAY,)
    assert (hold is not None) is held
    assert hold is None or ("187.99" in hold.note and "188.00" in hold.note)


@pytest.mark.parametrize(
    ("order", "readdressed", "arrives_at"),
    [(allocated, False, "r2"), (released, True, "r2"), (shipped, False, "r2")],
)
def test_a_new_address_goes_where_the_goods_are(order: Any, readdressed: bool, arrives_at: str) -> None:
    """With us at once, at the warehouse through the warehouse, on the road too late."""
    changed: OrderState = hears(order(), a_snapshot(minutes=1, receiver_digest="r2"))

    words = [change.what for change in changed.timeline]
    assert changed.readdress is readdressed
    assert changed.receiver_digest == arrives_at
    assert ("address.change_too_late" in words) is (order is shipped)


def test_other_lines_are_reserved_again_while_the_goods_are_here() -> None:
    """And compared by a person once the warehouse has the old ones; reserved anew only if it gives them back."""
    other = a_snapshot(minutes=1, lines=(a_line(5),))

    here, gone = hears(allocated(), other), hears(released(), other)

    assert here.reserve_again
    assert gone.reserve_again
    assert gone.held(HoldReason.COMPLIANCE) is not None


def test_a_fact_is_heard_once_by_its_event_id() -> None:
    """The same message delivered twice writes one line."""
    order = an_order()
    message = arrival(a_snapshot(minutes=1, platform_risk=True))

    admission.absorb(order, message, NOON)
    once = order.seq
    admission.absorb(order, message, NOON)

    assert order.seq == once


@pytest.mark.parametrize(
    ("lines", "held"),
    [
        ((a_line(),), False),
        ((a_line(), a_line(number=2)), False),
        ((a_line(number=2),), True),
        ((a_line(quantity=1), a_line(number=2)), True),
        ((a_line(), a_line(number=2), a_line(number=3)), True),
    ],
    ids=[
        "the unasked line is gone",
        "nothing changed",
        "the asked line is gone",
        "fewer of the asked",
        "one more",
    ],
)
def test_a_line_that_no_warehouse_was_asked_for_may_go_after_the_release(
    lines: tuple[Line, ...], held: bool
) -> None:
    """A case had stopped line 2 before the release; whatever else changes is compared by a person."""
    order = released()
    order.edition = RULED
    order.snapshot = order.snapshot.model_copy(update={"lines": (a_line(), a_line(number=2))})

    hears(order, a_snapshot(minutes=5, lines=lines))

    assert (order.held(HoldReason.COMPLIANCE) is not None) is held
