"""Two ways to learn of a payment (R16): the first moves the order, the other confirms it or is asked."""

import pytest

from oms.domain import admission, strikes
from oms.domain.deadlines import Step
from oms.domain.holds import HoldReason
from oms.domain.messages import PaymentSeen, Way
from oms.domain.order import PlatformStatus
from oms.domain.stages import Stage
from oms.domain.state import OrderState, Payment
from oms.rules.assessment import ShopWays, assess
from tests.unit.domain_orders import MINUTE, NOON, SECOND, TABLE, a_snapshot, an_event, an_order, hears

GATEWAY = ShopWays(gateways=("wechatpay",))


def assessed(order: OrderState, ways: ShopWays = GATEWAY) -> OrderState:
    """Let the rules say what they say when it is paid."""
    order.move(Stage.ACCEPTED, NOON)
    rules = assess(TABLE, "own_shop", order.snapshot, NOON, first_buyer=False, pace=order.pace, ways=ways)
    admission.take_assessment(order, rules, NOON)
    return order


def money(fen: int = 18800) -> PaymentSeen:
    """The gateway's word."""
    return PaymentSeen(event_id=an_event(), way=Way.GATEWAY, paid_at=NOON, amount_fen=fen)


def unpaid() -> OrderState:
    """An order of which the platform says that it waits for the money."""
    return an_order(a_snapshot(PlatformStatus.AWAITING_PAYMENT))


@pytest.mark.parametrize(("first", "silent"), [("platform", "gateway"), ("gateway", "platform")])
def test_the_side_that_is_silent_for_five_minutes_is_asked(first: str, silent: str) -> None:
    """At five minutes, not before; and once."""
    order = an_order() if first == "platform" else unpaid()
    if first == "gateway":
        admission.payment_seen(order, money(), NOON)
    assessed(order)

    strikes.strike(order, NOON + 5 * MINUTE - SECOND)
    before = order.ask_about_payment
    strikes.strike(order, NOON + 5 * MINUTE)

    assert order.payment is Payment.PAID
    assert (before, order.ask_about_payment) == ("", silent)


def test_nobody_is_asked_when_both_have_told() -> None:
    """The second word takes the deadline away."""
    order = assessed(an_order())

    admission.payment_seen(order, money(), NOON + MINUTE)

    assert not [d for d in order.deadlines if d.step is Step.CONFIRM_PAYMENT]
    assert order.holds == ()


def test_a_shop_without_a_payment_service_asks_nobody() -> None:
    """Its platform is the only one that knows."""
    order = assessed(an_order(), ShopWays())

    assert not [d for d in order.deadlines if d.step is Step.CONFIRM_PAYMENT]


def test_amounts_that_differ_hold_the_order_with_both_figures() -> None:
    """Somebody paid another sum than the order's."""
    order = assessed(an_order())

    admission.payment_seen(order, money(18700), NOON + MINUTE)

    hold = order.held(HoldReason.MANUAL)
    assert hold is not None
    assert "187.00" in hold.note
    assert "188.00" in hold.note


def test_a_payment_that_the_other_side_does_not_know_holds_the_order() -> None:
    """One says paid, the other does not: a person decides."""
    order = assessed(an_order())

    admission.payment_not_confirmed(order, "gateway", "NOTPAY", NOON)

    hold = order.held(HoldReason.MANUAL)
    assert hold is not None
    assert "NOTPAY" in hold.note


def test_the_platform_may_confirm_later_what_the_gateway_said() -> None:
    """Whichever comes first moves the order; the other only confirms."""
    order = unpaid()
    admission.payment_seen(order, money(), NOON)
    assessed(order)

    hears(order, a_snapshot(minutes=1), NOON + MINUTE)

    assert order.paid_by == ("gateway", "platform")
    assert order.paid_at == NOON
    assert not [d for d in order.deadlines if d.step is Step.CONFIRM_PAYMENT]


def test_the_earlier_of_two_words_counts_for_the_promises() -> None:
    """The gateway was faster to tell, and the platform knows that it was paid an hour before."""
    order = unpaid()
    admission.payment_seen(order, money(), NOON)
    assessed(order)

    hears(order, a_snapshot(minutes=1, paid_at=NOON - 60 * MINUTE), NOON + MINUTE)

    assert order.paid_at == NOON - 60 * MINUTE
    assert order.assess_again
