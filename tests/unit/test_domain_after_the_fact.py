"""What is said to an order after something was begun for it: other lines, and a hold once the warehouse has it."""

from datetime import timedelta

import pytest

from oms.domain import commands, fulfilment
from oms.domain.deliveries import DeliveryStatus
from oms.domain.holds import Hold, HoldReason
from oms.domain.messages import PlaceHold, WarehouseSays
from oms.domain.stages import Stage
from oms.domain.state import OrderState
from oms.domain.stock import UnknownSku, source
from tests.unit.domain_orders import (
    NOON,
    a_box,
    a_line,
    a_snapshot,
    allocated,
    an_order,
    hears,
    released,
    warehouse_says,
)

WHO = {"by": "wang", "why": "the buyer called"}


def accepted() -> OrderState:
    """An order whose stock is being asked for this very moment: it waits for nothing yet."""
    order = an_order()
    order.move(Stage.ACCEPTED, NOON)
    return order


def at_the_warehouse() -> OrderState:
    """An order that its warehouse has accepted."""
    order = released()
    fulfilment.settle_delivery(order, order.deliveries[0].code, DeliveryStatus.ACCEPTED, NOON)
    return order


def held_for(order: OrderState, reason: HoldReason) -> OrderState:
    order.place(Hold(reason=reason, actor="somebody", since=NOON, note="why"), NOON)
    return order


@pytest.mark.parametrize("order", [accepted(), allocated()], ids=["while stock is asked for", "reserved"])
def test_other_lines_before_the_release_are_reserved_anew(order: OrderState) -> None:
    """Also when the answer for the old lines is still under way: it must not be shipped."""
    hears(order, a_snapshot(minutes=1, lines=(a_line(quantity=3),)))

    assert order.reserve_again


def test_an_order_without_lines_has_nothing_to_promise() -> None:
    """Reserving nothing is no success: a person must look at it."""
    assert source((), ()) == UnknownSku(skus=())


@pytest.mark.parametrize("reason", [HoldReason.MANUAL, HoldReason.REFUND_OPEN, HoldReason.PLATFORM_RISK])
def test_a_hold_of_somebody_who_wants_it_stopped_calls_the_goods_back(reason: HoldReason) -> None:
    """As long as the warehouse has it and has not shipped it or refused."""
    order = at_the_warehouse()
    before = fulfilment.called_back(order)

    held_for(order, reason)
    meanwhile = fulfilment.called_back(order)
    fulfilment.settle_delivery(order, order.deliveries[0].code, DeliveryStatus.TOO_LATE, NOON)

    assert (before, meanwhile, fulfilment.called_back(order)) == (False, True, False)


def test_a_warehouse_that_names_a_trouble_keeps_the_goods() -> None:
    """It waits for our answer; calling the order back would be one more thing to sort out."""
    order = at_the_warehouse()

    warehouse_says(order, WarehouseSays.EXCEPTION, why="label unreadable")

    assert order.held(HoldReason.COMPLIANCE)
    assert not fulfilment.called_back(order)


def test_a_hold_says_what_it_does_where_the_order_is() -> None:
    """At the next gate, at the warehouse, or nothing any more."""
    command = PlaceHold(**WHO)
    gone = at_the_warehouse()
    warehouse_says(gone, WarehouseSays.SHIPPED, a_box("SF1", 2), at=NOON + timedelta(minutes=1))
    fulfilment.leave(gone, NOON + timedelta(minutes=1))

    assert commands.carry_out(allocated(), command, NOON) == "held at the next gate"
    assert "warehouse is asked" in commands.carry_out(at_the_warehouse(), command, NOON)
    assert "has left the warehouse" in commands.refusal(gone, command, NOON)
