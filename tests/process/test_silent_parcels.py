"""Parcels whose carrier never calls: the watch learns what the callbacks would have told."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from oms.domain.errands import WatchDone, WatchParcels
from oms.domain.messages import ParcelEvent, WarehouseSays
from oms.domain.parcels import ParcelState
from oms.domain.stages import Outcome
from oms.ports import ParcelReport, Scan
from tests.process.conftest import World
from tests.process.orders import Told, a_snapshot
from workflows.watch import WatchParcelsWorkflow

HOUR = timedelta(hours=1)
WAYBILL = "SF0001"


async def shipped(world: World, hours_ago: int) -> Told:
    """An order whose one parcel left so many hours ago, and of which no carrier has said a word."""
    order = world.order(a_snapshot())
    await order.arrives()
    await order.becomes("released")
    left = datetime.now(UTC) - hours_ago * HOUR
    await order.warehouse_says(WarehouseSays.SHIPPED, WAYBILL, at=left)
    await order.until(lambda state: state.parcels and state.parcels[0].written_back)
    return order


def knows(state: ParcelState, hours_ago: int) -> ParcelReport:
    """What the carrier would have told by itself."""
    at = datetime.now(UTC) - hours_ago * HOUR
    event = ParcelEvent(event_id=f"k:{state}", waybill=WAYBILL, state=state, raw_state="301", at=at)
    scan = Scan(at=at, raw_state="301", text="已签收")
    return ParcelReport(event=event, carrier="sf", scans=(scan,), picked_up_at=at - HOUR)


async def a_round(world: World, **errand: Any) -> WatchDone:
    """What the Schedule starts every half hour."""
    return await world.client.execute_workflow(
        WatchParcelsWorkflow.run, WatchParcels(**errand), id=f"watch-{uuid4()}", task_queue=world.queue
    )


async def test_an_order_none_of_whose_callbacks_came_is_delivered_and_completed(world: World) -> None:
    """Signed for two hours ago: delivered with that time, completed 72 h after shipping, by the clock of its own."""
    order = await shipped(world, hours_ago=30)
    world.tracking.on_query = lambda _: knows(ParcelState.DELIVERED, hours_ago=2)

    done = await a_round(world)
    delivered = await order.becomes("delivered")
    ended = await order.ends()

    assert (done.asked, done.healed, done.at_risk) == (1, 1, 0)
    assert delivered.delivered_at is not None
    assert datetime.now(UTC) - delivered.delivered_at > 2 * HOUR
    assert (ended.stage, ended.outcome) == ("completed", Outcome.COMPLETED)
    assert ended.shipped_at is not None
    assert ended.ended_at is not None
    assert ended.ended_at - ended.shipped_at > 72 * HOUR


async def test_a_parcel_without_a_first_scan_is_told_of_and_its_order_goes_on(world: World) -> None:
    """Told once, written into its timeline, and the order is where it was: it hears nothing of it."""
    order = await shipped(world, hours_ago=30)

    first, second = await a_round(world), await a_round(world)

    state = await order.state()
    lines = [line.what for line in world.store.orders.timeline(order.key)]
    assert (first.at_risk, second.at_risk) == (1, 0)
    assert world.people.titles() == ["no first scan: risk of a false shipment"] * 2
    assert (state.stage, lines.count("parcel.no_first_scan")) == ("shipped", 1)
    await order.handle.terminate()
