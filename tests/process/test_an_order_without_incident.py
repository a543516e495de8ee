"""An order's straight way, and what it costs."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from oms.domain.parcels import ParcelState
from tests.process.conftest import World
from tests.process.orders import Told, a_snapshot

MOST_EVENTS = 50
MOST_TASKS = 12
HALF_A_SECOND = 0.5
IN_SECONDS = 20_000
"""A pace at which 72 hours are 13 s: the virtual clock would write events of its own."""


async def test_a_paid_order_goes_the_whole_way_and_completes_72_hours_after_shipping(world: World) -> None:
    """Reserved, released, shipped, written back, followed, delivered, completed: each once."""
    order = world.order(a_snapshot())

    await order.arrives()
    await order.becomes("released")
    await order.ships()
    await order.parcel(ParcelState.PICKED_UP)
    await order.parcel(ParcelState.DELIVERED)
    state = await order.ends()

    assert (state.stage, state.outcome) == ("completed", "completed")
    assert [asked.code for asked in world.warehouse.asked] == [f"{state.business_id}-1"]
    assert [parcel.waybill for parcel in world.channel.told] == world.tracking.followed == ["SF0001"]
    assert state.ended_at is not None
    assert state.shipped_at is not None
    assert state.ended_at - state.shipped_at > timedelta(hours=72)


async def test_an_order_without_incident_costs_at_most_50_events_and_12_workflow_tasks(world: World) -> None:
    """The server's work is the scarce thing: design §4 is a bound, not a hope."""
    order = world.order(a_snapshot(), pace=IN_SECONDS)

    await order.arrives()
    await seen(lambda: world.warehouse.asked)
    await asyncio.sleep(HALF_A_SECOND)  # a query in the middle of a task would cost a task of its own
    await order.ships()
    await seen(lambda: world.channel.told)
    await asyncio.sleep(HALF_A_SECOND)
    await order.parcel(ParcelState.PICKED_UP)
    await seen(lambda: world.store.orders.list(stage="in_transit"))
    await order.parcel(ParcelState.DELIVERED)
    await order.handle.result()
    kinds = await what_it_cost(order)

    assert len(kinds) <= MOST_EVENTS, " ".join(kinds)
    assert kinds.count("workflow_task_completed") <= MOST_TASKS, kinds


async def seen(something: Callable[[], object]) -> None:
    """Wait, in real time and without asking the order, until something has happened."""
    for _ in range(400):
        if something():
            return
        await asyncio.sleep(0.03)
    raise AssertionError("it never happened")


async def what_it_cost(order: Told) -> list[str]:
    """Return the kinds of an order's events."""
    history = await order.handle.fetch_history()
    return [str(event.WhichOneof("attributes")).removesuffix("_event_attributes") for event in history.events]
