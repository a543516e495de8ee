"""An order's straight way, and what it costs."""

from datetime import timedelta

from oms.domain.parcels import ParcelState
from tests.process.conftest import World
from tests.process.orders import Told, a_snapshot

MOST_EVENTS = 50
MOST_TASKS = 12


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
    order = world.order(a_snapshot())

    await order.arrives()
    await order.becomes("released")
    await order.ships()
    await order.until(lambda state: state.parcels and state.parcels[0].written_back)
    await order.parcel(ParcelState.PICKED_UP)
    await order.becomes("in_transit")
    await order.parcel(ParcelState.DELIVERED)
    await order.ends()
    kinds = await what_it_cost(order)

    assert len(kinds) <= MOST_EVENTS, " ".join(kinds)
    assert kinds.count("workflow_task_completed") <= MOST_TASKS, kinds


async def what_it_cost(order: Told) -> list[str]:
    """Return the kinds of an order's events, without those that only a virtual clock writes."""
    history = await order.handle.fetch_history()
    kinds = [str(event.WhichOneof("attributes")).removesuffix("_event_attributes") for event in history.events]
    return [kind for kind in kinds if "time_skipping" not in kind and "options_updated" not in kind]
