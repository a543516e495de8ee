"""How an order ends: completed, partly completed, cancelled and closed are four different things."""

import pytest

from oms.domain import admission, fulfilment, withdrawal
from oms.domain.book import StockMoveKind
from oms.domain.deliveries import DeliveryStatus
from oms.domain.holds import HoldReason
from oms.domain.messages import WarehouseSays
from oms.domain.order import PlatformStatus
from oms.domain.parcels import ParcelState
from oms.domain.stages import Outcome, Stage
from oms.domain.state import OrderState
from tests.unit.domain_orders import (
    NOON,
    a_box,
    a_snapshot,
    carrier_says,
    hears,
    released,
    shipped,
    warehouse_says,
)

P = ParcelState
TWO = (a_box("SF1"), a_box("SF2"))


def ended(order: OrderState) -> OrderState:
    """End it as the workflow does."""
    withdrawal.end(order, withdrawal.roll_up(order), NOON)
    return order


@pytest.mark.parametrize(
    ("first", "second", "outcome", "stage"),
    [
        (P.DELIVERED, P.DELIVERED, Outcome.COMPLETED, Stage.COMPLETED),
        (P.DELIVERED, P.RETURNED, Outcome.PARTLY_COMPLETED, Stage.COMPLETED),
        (P.RETURNED, P.DELIVERED, Outcome.PARTLY_COMPLETED, Stage.COMPLETED),
        (P.DELIVERED, P.CANCELLED, Outcome.PARTLY_COMPLETED, Stage.COMPLETED),
        (P.RETURNED, P.RETURNED, Outcome.CLOSED, Stage.CLOSED),
        (P.RETURNED, P.CANCELLED, Outcome.CLOSED, Stage.CLOSED),
    ],
)
def test_two_parcels_decide_how_the_order_ended(first: P, second: P, outcome: Outcome, stage: Stage) -> None:
    """Everything, some, or nothing was signed for."""
    order = shipped(*TWO)
    carrier_says(order, first, "SF1")
    carrier_says(order, second, "SF2")

    ended(order)

    assert (order.outcome, order.stage) == (outcome, stage)


def test_an_order_is_delivered_with_its_last_parcel() -> None:
    """One of two at the buyer's is not delivered; one in a locker neither."""
    order = shipped(*TWO)

    stages = []
    for state, waybill in ((P.DELIVERED, "SF1"), (P.AT_PICKUP_POINT, "SF2"), (P.DELIVERED, "SF2")):
        carrier_says(order, state, waybill)
        stages.append(order.stage)

    assert stages == [Stage.IN_TRANSIT, Stage.IN_TRANSIT, Stage.DELIVERED]


def test_nothing_that_left_is_cancelled() -> None:
    """Cancelled means that no piece ever left a warehouse."""
    order = hears(released(), a_snapshot(PlatformStatus.CANCELLED, minutes=1))
    fulfilment.settle_delivery(order, order.deliveries[0].code, DeliveryStatus.CANCELLED, NOON)

    over = withdrawal.nothing_left(order)
    ended(order)

    assert over
    assert (order.outcome, order.stage) == (Outcome.CANCELLED, Stage.CANCELLED)


def test_a_withdrawn_order_that_left_is_closed_even_if_it_arrived() -> None:
    """The warehouse could not stop it: it has to come back."""
    order = released()
    fulfilment.settle_delivery(order, order.deliveries[0].code, DeliveryStatus.TOO_LATE, NOON)
    hears(order, a_snapshot(PlatformStatus.CANCELLED, minutes=1))
    warehouse_says(order, WarehouseSays.SHIPPED, a_box("SF1", 2))
    fulfilment.leave(order, NOON)
    carrier_says(order, P.DELIVERED)

    settled = withdrawal.settled(order)
    ended(order)

    assert settled
    assert (order.outcome, order.stage) == (Outcome.CLOSED, Stage.CLOSED)


@pytest.mark.parametrize("state", [P.DELIVERED, P.RETURNED])
def test_half_arrived_and_half_stopped_is_closed(state: ParcelState) -> None:
    """One warehouse shipped and its parcel has ended before the other was stopped: the order ends, closed."""
    order = released("GZ01", "HZ01")
    warehouse_says(order, WarehouseSays.SHIPPED, a_box("SF1"))
    carrier_says(order, state)
    admission.withdraw(order, "li", "the buyer asked", NOON)
    fulfilment.settle_delivery(order, order.deliveries[1].code, DeliveryStatus.CANCELLED, NOON)

    settled = withdrawal.settled(order)
    ended(order)

    assert settled
    assert (order.outcome, order.stage) == (Outcome.CLOSED, Stage.CLOSED)


@pytest.mark.parametrize("state", [P.CREATED, P.IN_TRANSIT, P.AT_PICKUP_POINT])
def test_the_buyers_confirmation_completes_whatever_the_carrier_shows(state: ParcelState) -> None:
    """Everything that is not on its way back counts as received (R19)."""
    order = shipped()
    carrier_says(order, state)
    hears(order, a_snapshot(PlatformStatus.CONFIRMED, minutes=1))
    order.move(Stage.DELIVERED, NOON)

    may = withdrawal.may_complete(order)
    ended(order)

    assert may
    assert order.outcome is Outcome.COMPLETED


def test_what_was_signed_for_and_goes_back_is_not_partly_completed() -> None:
    """Nothing is at the buyer's any more: closed."""
    order = shipped()
    carrier_says(order, P.DELIVERED)
    carrier_says(order, P.RETURNING)

    ended(order)

    assert (order.outcome, order.stage) == (Outcome.CLOSED, Stage.CLOSED)


def test_an_open_refund_keeps_a_delivered_order_open() -> None:
    """72 h have passed, and still it waits for the refund."""
    order = shipped()
    carrier_says(order, P.DELIVERED)
    order.completion_due = True

    before = withdrawal.may_complete(order)
    hears(order, a_snapshot(PlatformStatus.PAID, minutes=1, refund_open=True))

    assert before
    assert not withdrawal.may_complete(order)


def test_one_waybill_on_two_lines_is_one_parcel_with_both_contents() -> None:
    """Warehouses list a box once for each line in it."""
    order = released()

    warehouse_says(order, WarehouseSays.SHIPPED, a_box("SF1", 1), a_box("SF1", 1))

    assert [parcel.waybill for parcel in order.parcels] == ["SF1"]
    assert sum(piece.quantity for piece in order.parcels[0].pieces) == 2
    assert [move.kind for move in order.unsaved_stock] == [StockMoveKind.CONSUME]


def test_what_the_carrier_said_before_the_last_box_left_counts() -> None:
    """The first parcel of two warehouses may arrive while the order still waits for the second."""
    order = released()
    warehouse_says(order, WarehouseSays.SHIPPED, a_box("SF1", 2))
    carrier_says(order, P.DELIVERED)

    fulfilment.leave(order, NOON)

    assert order.stage is Stage.DELIVERED


@pytest.mark.parametrize("says", [WarehouseSays.REJECTED, WarehouseSays.EXCEPTION])
def test_a_warehouse_that_refuses_stops_the_order(says: WarehouseSays) -> None:
    """Asked again at once it would refuse again, for ever."""
    order = released()

    warehouse_says(order, says, why="no such SKU")

    hold = order.held(HoldReason.COMPLIANCE)
    assert hold is not None
    assert "no such SKU" in hold.note


def test_a_word_on_an_unknown_delivery_order_is_set_aside() -> None:
    """Seen, and nothing else."""
    order = released()

    warehouse_says(order, WarehouseSays.SHIPPED, a_box("SF1"), delivery_order="OL-other-1")

    assert order.parcels == ()
    assert len(order.set_aside) == 1


def test_the_verdict_is_written_once() -> None:
    """The same words twice are one line of the history."""
    order = hears(released(), a_snapshot(PlatformStatus.CANCELLED, minutes=1))

    withdrawal.verdict(order, "it comes back", NOON)
    once = order.seq
    withdrawal.verdict(order, "it comes back", NOON)

    assert order.seq == once
    assert order.withdrawal is not None
    assert order.withdrawal.verdict == "it comes back"
