"""A buyer asks the platform for another address: yes while nothing has left, and the goods wait for it."""

from oms.domain import address_wishes
from oms.domain.deadlines import Step
from oms.domain.holds import HoldReason
from oms.domain.messages import AddressWanted
from oms.domain.state import OrderState
from tests.unit.domain_orders import HOUR, NOON, a_snapshot, allocated, an_event, hears, released, shipped


def wished(order: OrderState) -> OrderState:
    """Let the order hear of the wish."""
    address_wishes.wished(order, AddressWanted(event_id=an_event()), NOON)
    return order


def test_what_has_not_left_waits_and_gets_a_yes() -> None:
    """The hold stops the release until the new address is there, and not for ever."""
    order = wished(allocated())
    assert address_wishes.may_be_answered(order)

    address_wishes.answered(order, address_wishes.refusal(order), NOON)

    hold = order.held(HoldReason.ADDRESS_CHANGE)
    assert hold is not None
    assert hold.until == NOON + 2 * HOUR
    assert any(d.step is Step.EXPIRE_HOLD and d.due == hold.until for d in order.deadlines)


def test_the_new_address_lets_the_order_go_on() -> None:
    """It comes with the platform's next word."""
    order = wished(allocated())
    address_wishes.answered(order, "", NOON)

    hears(order, a_snapshot(minutes=1, receiver_digest="r2"))

    assert order.held(HoldReason.ADDRESS_CHANGE) is None
    assert order.receiver_digest == "r2"


def test_a_warehouse_that_has_the_goods_is_asked_for_them_first() -> None:
    """No answer before it has spoken."""
    order = wished(released())

    waiting = address_wishes.may_be_answered(order)
    order.take_back = ""

    assert (waiting, address_wishes.may_be_answered(order)) == (False, True)
    assert address_wishes.refusal(order) == "the warehouse is sending it already"


def test_what_has_left_gets_a_no_and_no_hold() -> None:
    """The platform wants an answer all the same."""
    order = wished(shipped())
    why_not = address_wishes.refusal(order)

    address_wishes.answered(order, why_not, NOON)

    assert why_not == "the parcel has left"
    assert order.holds == ()
    assert order.address_wish == ""


def test_a_no_lets_the_order_go_where_it_was_to_go() -> None:
    """The hold was only for the answer."""
    order = wished(released())
    order.take_back = ""

    address_wishes.answered(order, address_wishes.refusal(order), NOON)

    assert order.holds == ()


def test_the_same_wish_twice_is_one() -> None:
    """Platforms repeat themselves."""
    order = allocated()
    wish = AddressWanted(event_id="w1")
    address_wishes.wished(order, wish, NOON)
    address_wishes.answered(order, "", NOON)

    address_wishes.wished(order, wish, NOON)

    assert order.address_wish == ""
