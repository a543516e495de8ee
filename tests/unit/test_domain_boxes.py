"""Boxes a warehouse reports: partly, silently, or not at all; and its own word that nothing comes."""

from oms.domain import fulfilment, withdrawal
from oms.domain.book import StockMoveKind
from oms.domain.deliveries import DeliveryStatus
from oms.domain.holds import HoldReason
from oms.domain.messages import ShippedBox, WarehouseSays
from oms.domain.parcels import ParcelState
from oms.domain.stages import Outcome, Stage
from tests.unit.domain_orders import NOON, a_box, carrier_says, released, warehouse_says


def test_the_rest_of_a_part_shipment_that_the_warehouse_stops_is_not_waited_for() -> None:
    """One of two pieces left; the other never will: the order goes on with what left, and ends in part."""
    order = released()
    fulfilment.warehouse_event(
        order, warehouse_says(order, WarehouseSays.SHIPPED, a_box("SF1"), final=False), NOON
    )
    assert not fulfilment.all_left(order)

    fulfilment.warehouse_event(order, warehouse_says(order, WarehouseSays.REJECTED, why="broken"), NOON)

    assert order.deliveries[0].status is DeliveryStatus.SHIPPED
    assert fulfilment.all_left(order)
    assert [move.kind for move in order.unsaved_stock] == [StockMoveKind.CONSUME]
    fulfilment.leave(order, NOON)
    fulfilment.parcel_event(order, carrier_says(order, ParcelState.DELIVERED), NOON)
    assert withdrawal.roll_up(order) is Outcome.PARTLY_COMPLETED


def test_the_rest_of_a_part_shipment_is_recalled_when_the_order_is_withdrawn() -> None:
    """What left, left; the warehouse is asked to stop the rest."""
    order = released()
    fulfilment.warehouse_event(
        order, warehouse_says(order, WarehouseSays.SHIPPED, a_box("SF1"), final=False), NOON
    )

    recalled = withdrawal.to_recall(order)
    fulfilment.settle_delivery(order, recalled[0].code, DeliveryStatus.CANCELLED, NOON)

    assert order.deliveries[0].status is DeliveryStatus.SHIPPED
    assert not withdrawal.to_recall(order)


def test_boxes_without_contents_count_the_pieces_once() -> None:
    """Two silent boxes hold two pieces together, not two each: one that comes back leaves the order in part."""
    order = released()
    boxes = (
        ShippedBox(waybill="SF1", carrier="sf", pieces=()),
        ShippedBox(waybill="SF2", carrier="sf", pieces=()),
    )

    fulfilment.warehouse_event(order, warehouse_says(order, WarehouseSays.SHIPPED, *boxes), NOON)
    fulfilment.leave(order, NOON)
    fulfilment.parcel_event(order, carrier_says(order, ParcelState.DELIVERED, "SF1"), NOON)
    fulfilment.parcel_event(order, carrier_says(order, ParcelState.RETURNED, "SF2"), NOON)

    assert sum(piece.quantity for parcel in order.parcels for piece in parcel.pieces) == 2
    assert withdrawal.roll_up(order) is Outcome.PARTLY_COMPLETED


def test_shipped_without_a_waybill_holds_the_order_and_moves_nothing() -> None:
    """A parcel nobody can follow is a person's matter."""
    order = released()

    fulfilment.warehouse_event(order, warehouse_says(order, WarehouseSays.SHIPPED), NOON)

    assert order.stage is Stage.RELEASED
    assert not order.parcels
    assert order.held(HoldReason.COMPLIANCE) is not None


def test_a_cancellation_nobody_asked_for_holds_the_order_and_our_own_echo_does_not() -> None:
    """A warehouse that drops a delivery by itself would drop it again; the echo of our recall is expected."""
    dropped, echoed = released(), released()
    fulfilment.recalling(echoed, echoed.deliveries[0].code)

    for order in (dropped, echoed):
        fulfilment.warehouse_event(order, warehouse_says(order, WarehouseSays.CANCELLED), NOON)

    assert dropped.held(HoldReason.COMPLIANCE) is not None
    assert echoed.held(HoldReason.COMPLIANCE) is None
    assert {order.deliveries[0].status for order in (dropped, echoed)} == {DeliveryStatus.REJECTED}


def test_an_ended_order_takes_no_hold() -> None:
    """Words that come while an order settles stand in its history and stop nothing."""
    order = released()
    fulfilment.warehouse_event(order, warehouse_says(order, WarehouseSays.SHIPPED, a_box("SF1", 2)), NOON)
    fulfilment.leave(order, NOON)
    fulfilment.parcel_event(order, carrier_says(order, ParcelState.RETURNED), NOON)
    withdrawal.end(order, withdrawal.roll_up(order), NOON)

    fulfilment.warehouse_event(
        order, warehouse_says(order, WarehouseSays.EXCEPTION, why="found a piece"), NOON
    )

    assert not order.holds
