"""Record one history of each path an order can take: `python -m tests.replay.record [NAME …]`.

A recorded history is never overwritten: a change that alters the command sequence is gated with
`workflow.patched` and gets new histories, under new names, beside the old ones.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from temporalio.client import WorkflowHistory

from oms.domain.aftersales.messages import ApproveCase, SetReturnWaybill
from oms.domain.errands import PollShop
from oms.domain.messages import ApproveReview, WarehouseSays
from oms.domain.order import Line
from oms.domain.parcels import ParcelState
from oms.domain.stages import Stage
from oms.ports import CancelRefused, InterceptRefused
from oms.temporal.client import channel_queue
from oms.temporal.worker import build_worker
from tests.process.after_sales import Case, marketplace, on_its_way, own_shop
from tests.process.conftest import World, a_world, activities_of
from tests.process.orders import OTHER_SKU, SHOP, SKU, Told, a_snapshot, refunded, stock, unpaid
from tests.replay.recording import Recorder
from workflows.poll import PollShopWorkflow

EDITION = "v4"
"""Raised when a patched change needs histories of its own beside the old."""
Path_ = Callable[[World], Awaitable[list[WorkflowHistory]]]


async def told(world: World, workflow_id: str) -> list[WorkflowHistory]:
    """Fetch what one workflow did."""
    return [await world.client.get_workflow_handle(workflow_id).fetch_history()]


async def at_the_warehouse(world: World, order: Told) -> None:
    """Bring an order to where the warehouse has accepted all of it."""
    await order.arrives()
    await order.until(
        lambda state: state.deliveries and all(d.status == "accepted" for d in state.deliveries)
    )


async def without_incident(world: World) -> list[WorkflowHistory]:
    """Paid, released, shipped, delivered, completed."""
    order = world.order(a_snapshot())
    await at_the_warehouse(world, order)
    await order.ships()
    await order.until(lambda state: state.parcels and state.parcels[0].written_back)
    await order.parcel(ParcelState.PICKED_UP)
    await order.parcel(ParcelState.DELIVERED)
    await order.ends()
    return await told(world, order.key.workflow_id)


async def reviewed_after_waiting_for_payment(world: World) -> list[WorkflowHistory]:
    """Unpaid at first, then paid, then approved by a person."""
    order = world.order(unpaid(total_fen=500_000))
    await order.arrives()
    await order.becomes(Stage.AWAITING_PAYMENT)
    paid = a_snapshot(key=order.key, total_fen=500_000, receiver_digest=order.snapshot.receiver_digest)
    await order.says(
        paid.model_copy(update={"modified_at": order.snapshot.modified_at + timedelta(minutes=5)})
    )
    await order.becomes(Stage.ALLOCATED)
    await order.asks("approve", ApproveReview(by="li", why="called the buyer"))
    await order.becomes(Stage.RELEASED)
    await order.ships()
    await order.parcel(ParcelState.DELIVERED)
    await order.ends()
    return await told(world, order.key.workflow_id)


async def refunded_and_stopped_at_the_warehouse(world: World) -> list[WorkflowHistory]:
    """Refunded after the release; the warehouse stops it."""
    order = world.order(a_snapshot())
    await at_the_warehouse(world, order)
    await order.says(refunded(order.snapshot))
    await order.ends()
    return await told(world, order.key.workflow_id)


async def refunded_too_late_and_intercepted(world: World) -> list[WorkflowHistory]:
    """The warehouse cannot stop it, the carrier can."""
    world.warehouse.on_cancel = lambda code: CancelRefused(reason="already packed")
    order = world.order(a_snapshot())
    await at_the_warehouse(world, order)
    await order.says(refunded(order.snapshot))
    await order.until(lambda state: state.deliveries[0].status == "too_late")
    await order.ships()
    await order.until(lambda _: world.tracking.intercepted == ["SF0001"])
    await order.parcel(ParcelState.RETURNED)
    await order.ends()
    return await told(world, order.key.workflow_id)


async def out_of_stock_split_and_late(world: World) -> list[WorkflowHistory]:
    """Waits for stock, goes out in two parcels, and is late."""
    stock(world.store, hangzhou=0)
    stock(world.store, OTHER_SKU, hangzhou=0, guangzhou=5)
    lines = tuple(Line(id=sku, sku=sku, title=sku, quantity=1, total_fen=9400) for sku in (SKU, OTHER_SKU))
    order = world.order(a_snapshot(lines=lines))
    await order.arrives()
    await order.until(lambda state: state.held("out_of_stock"))
    stock(world.store, hangzhou=3)
    await order.stock_comes()
    state = await order.until(lambda state: [d.status for d in state.deliveries] == ["accepted", "accepted"])
    await order.waits(timedelta(hours=49))
    for number, delivery in enumerate(state.deliveries):
        await order.ships(f"W{number}000", code=delivery.code)
        await order.parcel(ParcelState.DELIVERED, f"W{number}000")
    await order.ends()
    return await told(world, order.key.workflow_id)


async def open_at_the_warehouse(world: World) -> list[WorkflowHistory]:
    """Still open: what a deploy meets most."""
    order = world.order(a_snapshot())
    await at_the_warehouse(world, order)
    return await told(world, order.key.workflow_id)


async def a_poll(world: World) -> list[WorkflowHistory]:
    """One poll of one shop."""
    activities = [a for a in activities_of(world) if getattr(a, "__name__", "") in {"poll", "sweep"}]
    async with build_worker(
        world.client, world.store, queue=channel_queue(SHOP.channel), workflows=[], activities=activities,
        cached_workflows=0, grace=timedelta(seconds=1),
    ):  # fmt: skip
        await world.client.execute_workflow(
            PollShopWorkflow.run, PollShop(shop=SHOP), id="poll:woocommerce:main", task_queue=world.queue
        )
    return await told(world, "poll:woocommerce:main")


async def a_return_paid_by_its_platform(world: World) -> list[WorkflowHistory]:
    """Reminded of, agreed, sent back, announced, inspected, confirmed, paid."""
    marketplace(world)
    order = await on_its_way(world)
    case = await Case(world, order.key, "return").opens()
    await case.until(lambda state: state.deadlines)
    await case.waits(timedelta(hours=37))
    await case.asks("approve", ApproveCase(by="lin", why="size"))
    await case.becomes("approved")
    await case.says("returning", waybill="YT900001", carrier="yto")
    await case.until(lambda state: state.expected)
    await case.comes_back(good=0, damaged=1)
    await case.until(lambda state: state.confirmed)
    await case.says("refunded")
    await case.ends()
    return await told(world, case.handle.id)


async def a_refund_held_then_paid_by_us(world: World) -> list[WorkflowHistory]:
    """More than was paid: held; then another sum, paid through the shop."""
    own_shop(world)
    order = await on_its_way(world)
    case = await Case(world, order.key, "refund_only", refund_fen=20_000).opens()
    await case.held()
    await case.asks("approve", ApproveCase(by="lin", why="agreed", amount_fen=9000))
    await case.ends()
    return await told(world, case.handle.id)


async def an_intercept_that_becomes_a_return(world: World) -> list[WorkflowHistory]:
    """The carrier refuses, so it becomes a return, which is still open."""
    world.tracking.on_intercept = lambda waybill: InterceptRefused(reason="out for delivery")
    own_shop(world)
    order = await on_its_way(world)
    case = await Case(world, order.key, "intercept").opens()
    await case.until(lambda state: state.grounds)
    await case.asks("approve", ApproveCase(by="lin", why="agreed"))
    await case.until(lambda state: state.turned)
    await case.asks(
        "set_return_waybill", SetReturnWaybill(by="lin", why="x", waybill="YT900001", carrier="yto")
    )
    await case.becomes("returning")
    return await told(world, case.handle.id)


async def an_exchange(world: World) -> list[WorkflowHistory]:
    """Back, and new goods out."""
    marketplace(world)
    order = await on_its_way(world)
    case = await Case(world, order.key, "exchange", refund_fen=0).opens()
    await case.until(lambda state: state.grounds)
    await case.asks("approve", ApproveCase(by="lin", why="size"))
    await case.becomes("approved")
    await case.says("returning", waybill="YT900001", carrier="yto")
    await case.until(lambda state: state.expected)
    await case.comes_back(good=1)
    sent = await case.until(lambda state: state.sent == "accepted")
    await case.warehouse_says(WarehouseSays.SHIPPED, sent.delivery_code, "SF7777")
    await case.ends()
    return await told(world, case.handle.id)


PATHS: tuple[Path_, ...] = (
    without_incident, reviewed_after_waiting_for_payment, refunded_and_stopped_at_the_warehouse,
    refunded_too_late_and_intercepted, out_of_stock_split_and_late, open_at_the_warehouse, a_poll,
    a_return_paid_by_its_platform, a_refund_held_then_paid_by_us, an_intercept_that_becomes_a_return, an_exchange,
)  # fmt: skip


if __name__ == "__main__":
    Recorder(EDITION, PATHS, a_world).main()
