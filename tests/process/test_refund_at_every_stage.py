"""A buyer asks for all the money back, at every stage of an order's life; a table of stages and what they end in."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

import pytest

from oms.domain.parcels import ParcelState
from oms.domain.stages import Stage
from oms.ports import CancelRefused, InterceptRefused
from tests.process.after_sales import Case, at_the_warehouse, marketplace, on_its_way
from tests.process.conftest import World
from tests.process.orders import SKU, Told, a_snapshot, refunded, stock

VALUABLE_FEN = 500_000
Brought = Callable[[World], Awaitable[Told]]


async def out_of_stock(world: World) -> Told:
    """Waiting for goods."""
    stock(world.store, hangzhou=0)
    order = world.order(a_snapshot())
    await order.arrives()
    await order.until(lambda state: state.held("out_of_stock"))
    return order


async def in_review(world: World) -> Told:
    """Reserved, and waiting for customer service."""
    order = world.order(a_snapshot(total_fen=VALUABLE_FEN))
    await order.arrives()
    await order.becomes(Stage.ALLOCATED)
    return order


async def in_transit(world: World) -> Told:
    """With the carrier, scanned."""
    order = await on_its_way(world)
    await order.parcel(ParcelState.IN_TRANSIT)
    await order.becomes(Stage.IN_TRANSIT)
    return order


async def delivered(world: World) -> Told:
    """Signed for, and not yet completed."""
    order = await on_its_way(world)
    await order.parcel(ParcelState.DELIVERED)
    await order.becomes(Stage.DELIVERED)
    return order


async def completed(world: World) -> Told:
    """Over."""
    order = await delivered(world)
    await order.ends()
    return order


class Row(NamedTuple):
    """One row: how far the order was, who refuses, and how all of it ends."""

    stage: str
    brought: Brought
    outcome: str
    warehouse_refuses: bool = False
    carrier_refuses: bool = False
    recalled: bool = False
    intercepted: bool = False
    parcel_ends: ParcelState | None = None


P = ParcelState
TABLE = (
    Row("out of stock", out_of_stock, "cancelled"),
    Row("in review", in_review, "cancelled"),
    Row("at the warehouse, which stops it", at_the_warehouse, "cancelled", recalled=True),
    Row(
        "at the warehouse, which refuses; the carrier turns it round", at_the_warehouse, "closed",
        warehouse_refuses=True, recalled=True, intercepted=True, parcel_ends=P.RETURNED,
    ),
    Row(
        "at the warehouse, which refuses; the carrier cannot stop it", at_the_warehouse, "closed",
        warehouse_refuses=True, carrier_refuses=True, recalled=True, intercepted=True, parcel_ends=P.DELIVERED,
    ),
    Row("shipped; the carrier turns it round", on_its_way, "closed", intercepted=True, parcel_ends=P.RETURNED),
    Row(
        "in transit; the carrier cannot stop it", in_transit, "closed",
        carrier_refuses=True, intercepted=True, parcel_ends=P.DELIVERED,
    ),
    Row("delivered", delivered, "closed"),
    Row("completed", completed, "completed"),
)  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=[row.stage for row in TABLE])
async def test_a_refund_of_everything_ends_as_the_stage_has_it(world: World, row: Row) -> None:
    """The goods are stopped or called back as far as anybody can, nothing stays reserved, and the case is closed."""
    marketplace(world)
    if row.warehouse_refuses:
        world.warehouse.on_cancel = lambda code: CancelRefused(reason="already packed")
    if row.carrier_refuses:
        world.tracking.on_intercept = lambda waybill: InterceptRefused(reason="out for delivery")
    order = await row.brought(world)
    fen = order.snapshot.total_fen

    case = await Case(world, order.key, "refund_only", line="", quantity=None, refund_fen=fen).opens()
    await case.says("refunded")
    await order.says(refunded(order.snapshot))
    if row.warehouse_refuses:
        await order.until(lambda state: state.deliveries[0].status == "too_late")
        await order.ships()
    if row.parcel_ends is not None:
        await order.until(lambda _: world.tracking.intercepted == ["SF0001"])
        await order.parcel(row.parcel_ends)
    state = await order.ends()

    assert state.outcome == row.outcome
    assert bool(world.warehouse.recalled) is row.recalled
    assert bool(world.tracking.intercepted) is row.intercepted
    assert sum(level.reserved for level in world.store.stock.levels([SKU])) == 0
    assert (await case.ends()).status == "refunded"
    if row.outcome != "completed":
        assert state.payment == "refunded"
