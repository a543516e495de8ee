"""Cancelled or refunded before shipping: at every stage, with the undo that belongs there."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from oms.domain.messages import ApproveReview, CancelOrder, WarehouseSays
from oms.domain.order import Snapshot
from oms.domain.parcels import ParcelState
from oms.domain.stages import Stage
from oms.ports import CancelRefused, InterceptRefused
from tests.process.conftest import World
from tests.process.orders import SKU, Told, a_snapshot, cancelled, refunded, stock, unpaid

VALUABLE_FEN = 500_000


def on_shelf(world: World) -> int:
    """Return how many pieces are promised to somebody."""
    return sum(level.reserved for level in world.store.stock.levels([SKU]))


async def in_review(world: World) -> Told:
    """Return an order that waits for customer service, with its piece reserved."""
    order = world.order(a_snapshot(total_fen=VALUABLE_FEN))
    await order.arrives()
    await order.becomes(Stage.ALLOCATED)
    return order


async def released(world: World) -> Told:
    """Return an order that the warehouse has accepted."""
    order = world.order(a_snapshot())
    await order.arrives()
    await order.until(lambda state: state.deliveries and state.deliveries[0].status == "accepted")
    return order


async def shipped(world: World) -> Told:
    """Return an order whose parcel is with the carrier."""
    order = await released(world)
    await order.ships()
    await order.until(lambda state: state.parcels and state.parcels[0].written_back)
    return order


async def test_an_unpaid_order_that_the_buyer_cancels_is_cancelled(world: World) -> None:
    """Nothing was done, so nothing is undone."""
    order = world.order(unpaid())
    await order.arrives()
    await order.becomes(Stage.AWAITING_PAYMENT)

    await order.says(cancelled(order.snapshot))
    state = await order.ends()

    assert (state.stage, state.outcome) == ("cancelled", "cancelled")
    assert not world.warehouse.asked
    assert not world.warehouse.recalled


async def test_an_order_cancelled_on_arrival_is_cancelled_without_touching_anything(world: World) -> None:
    """The sweep may find an order only after the buyer has thought better of it."""
    order = world.order(cancelled(a_snapshot()))

    await order.arrives()
    state = await order.ends()

    assert state.outcome == "cancelled"
    assert on_shelf(world) == 0


@pytest.mark.parametrize("last_word", [cancelled, refunded])
async def test_an_order_in_review_gives_its_stock_back(
    world: World, last_word: Callable[[Snapshot], Snapshot]
) -> None:
    """The piece goes to somebody else at once."""
    order = await in_review(world)
    assert on_shelf(world) == 1

    await order.says(last_word(order.snapshot))
    state = await order.ends()

    assert state.outcome == "cancelled"
    assert on_shelf(world) == 0
    assert world.warehouse.asked == []


async def test_an_order_out_of_stock_stops_waiting_when_it_is_cancelled(world: World) -> None:
    """It no longer stands in the queue for the next delivery."""
    stock(world.store, hangzhou=0)
    order = world.order(a_snapshot())
    await order.arrives()
    await order.until(lambda state: state.held("out_of_stock"))

    await order.says(cancelled(order.snapshot))
    state = await order.ends()
    stock(world.store, hangzhou=5)

    assert state.outcome == "cancelled"
    assert on_shelf(world) == 0
    assert world.store.stock.waiting([SKU]) == []


async def test_a_released_order_is_cancelled_at_the_warehouse_and_its_waybill_recycled(world: World) -> None:
    """Stock back, warehouse stopped, unused waybill given back."""
    order = await released(world)
    await order.warehouse_says(WarehouseSays.PACKED, waybill="SF0009", carrier="sf")

    await order.says(refunded(order.snapshot))
    state = await order.ends()

    assert state.outcome == "cancelled"
    assert state.payment == "refunded"
    assert world.warehouse.recalled == [state.deliveries[0].code]
    assert world.tracking.recycled == ["SF0009"]
    assert on_shelf(world) == 0


async def test_a_refund_while_the_warehouse_does_not_answer_stops_the_push_and_recalls_it(
    world: World,
) -> None:
    """The push may have arrived although its answer was lost: it is recalled in any case, after it has ended."""
    world.warehouse.answering.clear()
    order = world.order(a_snapshot())
    await order.arrives()
    await order.until(lambda _: bool(world.warehouse.asked))

    await order.says(refunded(order.snapshot))
    world.warehouse.answering.set()
    state = await order.ends()

    assert state.outcome == "cancelled"
    assert world.warehouse.recalled == [world.warehouse.asked[0].code]
    assert on_shelf(world) == 0


async def test_a_warehouse_that_refuses_has_the_parcel_intercepted_at_the_carrier(world: World) -> None:
    """Too late for the warehouse, not for the carrier; the order says which."""
    world.warehouse.on_cancel = lambda code: CancelRefused(reason="already packed")
    order = await released(world)

    await order.says(refunded(order.snapshot))
    await order.until(lambda state: state.deliveries[0].status == "too_late")
    await order.ships()
    await order.until(lambda _: world.tracking.intercepted == ["SF0001"])
    await order.parcel(ParcelState.RETURNING)
    await order.parcel(ParcelState.RETURNED)
    state = await order.ends()

    assert state.outcome == "closed"
    assert state.withdrawal is not None
    assert "turns parcel SF0001 round" in state.withdrawal.verdict
    assert world.channel.told == []


async def test_a_parcel_that_nobody_can_stop_becomes_a_return(world: World) -> None:
    """Service is told; the order is closed, not completed."""
    world.tracking.on_intercept = lambda waybill: InterceptRefused(reason="out for delivery")
    order = await shipped(world)

    await order.asks("cancel", CancelOrder(by="li", why="the buyer called"))
    await order.until(lambda _: world.tracking.intercepted == ["SF0001"])
    await order.parcel(ParcelState.DELIVERED)
    state = await order.ends()

    assert state.outcome == "closed"
    assert state.withdrawal is not None
    assert "becomes a return" in state.withdrawal.verdict
    assert [notice.to for notice in world.people.told] == ["service"]


async def test_a_parcel_on_its_way_is_intercepted_when_the_order_is_refunded(world: World) -> None:
    """The platform refunds; we bring the goods back."""
    order = await shipped(world)
    await order.parcel(ParcelState.IN_TRANSIT)
    await order.becomes(Stage.IN_TRANSIT)

    await order.says(refunded(order.snapshot))
    await order.until(lambda _: world.tracking.intercepted == ["SF0001"])
    await order.parcel(ParcelState.RETURNED)
    state = await order.ends()

    assert state.outcome == "closed"


async def test_a_refund_after_delivery_keeps_the_order_from_completing(world: World) -> None:
    """It is a matter of after-sale: completion waits until the refund is settled."""
    order = await shipped(world)
    await order.parcel(ParcelState.DELIVERED)
    await order.becomes(Stage.DELIVERED)

    await order.says(refunded(order.snapshot))
    state = await order.until(lambda state: state.held("refund_open"))

    assert state.withdrawal is None
    assert state.stage == Stage.DELIVERED


async def test_stock_of_a_shipped_order_is_let_go_and_never_given_back(world: World) -> None:
    """What left the shelf cannot be promised to somebody else."""
    stock(world.store, hangzhou=1)
    order = await shipped(world)

    await order.says(refunded(order.snapshot))
    await order.until(lambda _: world.tracking.intercepted == ["SF0001"])
    await order.parcel(ParcelState.RETURNED)
    await order.ends()
    level = next(level for level in world.store.stock.levels([SKU]) if level.warehouse == "HZ01")

    assert (level.on_hand, level.reserved) == (0, 0)


async def test_an_approved_order_can_still_be_cancelled_before_the_warehouse_ships(world: World) -> None:
    """An approval is no promise to the buyer that it goes out whatever happens."""
    order = await in_review(world)
    await order.asks("approve", ApproveReview(by="li", why="called the buyer"))
    await order.becomes(Stage.RELEASED)

    await order.asks("cancel", CancelOrder(by="li", why="the buyer called again"))
    state = await order.ends()

    assert state.outcome == "cancelled"
    assert state.ended_at is not None
    assert state.ended_at <= datetime.now(UTC)
