"""Douyin: no waybill after 12 hours locks an order out of every step, until a person lifts the lock (R27)."""

from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError

from oms.domain.holds import HoldReason
from oms.domain.messages import Acknowledge, ApproveReview, LiftLock
from oms.domain.parcels import ParcelState
from oms.domain.stages import Stage
from tests.process.conftest import World
from tests.process.orders import SHOP, Told, a_snapshot, later, stock

WHO = {"by": "zhang", "why": "the carrier had lost the pick-up"}
SECOND = timedelta(seconds=1)
RED_LINE = timedelta(hours=12)


async def paid_on_douyin(world: World, **changes: object) -> tuple[Told, datetime]:
    """Return an order paid just now on Douyin, and its red line."""
    world.platforms[SHOP] = "douyin"
    order = world.order(a_snapshot(**changes))
    assert order.snapshot.paid_at is not None
    return order, order.snapshot.paid_at + RED_LINE


async def at_the_warehouse(world: World) -> tuple[Told, datetime]:
    """Return one that its warehouse has accepted, and not yet packed."""
    order, red_line = await paid_on_douyin(world)
    await order.arrives()
    await order.until(lambda state: state.held(HoldReason.FIRST_BUYER))
    await order.asks("approve", ApproveReview(by="li", why="phoned"))
    await order.until(lambda state: state.deliveries and state.deliveries[0].status == "accepted")
    return order, red_line


async def test_eleven_hours_are_nothing_and_twelve_are_a_lock(world: World) -> None:
    """A minute before it is not locked; at the red line it is, and the supervisor is called in red."""
    order, red_line = await at_the_warehouse(world)

    await order.waits(red_line - await order.own_time() - timedelta(minutes=1))
    before = await order.state()
    await order.waits(timedelta(minutes=1))
    state = await order.until(lambda state: state.held(HoldReason.NO_WAYBILL_LOCK))
    await order.until(lambda _: any(notice.severity == "red" for notice in world.people.told))

    assert before.holds == ()
    lock = next(d for d in before.deadlines if d.step == "lock")
    assert lock.due == red_line
    assert "douyin.ship.waybill_within" in lock.rule
    called = [notice for notice in world.people.told if notice.severity == "red"]
    assert [(notice.to, "locked" in notice.title) for notice in called] == [("supervisor", True)]
    assert state.next_deadline() is not None


async def test_a_locked_order_takes_no_step_until_a_person_lifts_the_lock(world: World) -> None:
    """The parcel's leaving is known, and told to nobody, before somebody answers for it with a name and a reason."""
    order, red_line = await at_the_warehouse(world)
    await order.waits(red_line - await order.own_time() + SECOND)
    await order.until(lambda state: state.held(HoldReason.NO_WAYBILL_LOCK))

    await order.ships()
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await order.asks("approve", ApproveReview(by="li", why="looks good"))
    locked = await order.until(lambda state: state.parcels)
    await order.asks("lift_lock", LiftLock(**WHO))
    freed = await order.until(lambda state: state.parcels[0].written_back)

    assert "lift" in str(refused.value.cause)
    assert (locked.stage, locked.announced) == (Stage.RELEASED, ())
    assert freed.stage == Stage.SHIPPED
    lifted = next(change for change in freed.timeline if change.before == "no_waybill_lock")
    assert (lifted.actor, lifted.why) == ("zhang", "the carrier had lost the pick-up")


async def test_an_order_with_a_waybill_in_time_is_never_locked(world: World) -> None:
    """It has left after two hours; the red line passes unnoticed."""
    order, red_line = await at_the_warehouse(world)
    await order.waits(timedelta(hours=2))
    await order.ships(at=await order.own_time())
    await order.becomes(Stage.SHIPPED)
    await order.parcel(ParcelState.PICKED_UP)

    await order.waits(red_line - await order.own_time() + timedelta(hours=1))
    state = await order.state()

    assert not any(change.after == "no_waybill_lock" for change in state.timeline)
    assert not [notice for notice in world.people.told if "lock" in notice.title]


async def test_an_order_that_waits_for_stock_is_locked_too_and_not_reserved_meanwhile(world: World) -> None:
    """Goods that come in do not move a locked order."""
    stock(world.store, hangzhou=0)
    order, red_line = await paid_on_douyin(world)
    await order.arrives()
    await order.until(lambda state: state.held(HoldReason.OUT_OF_STOCK))
    await order.asks("approve", ApproveReview(by="li", why="phoned"))
    await order.waits(red_line - await order.own_time() + SECOND)
    await order.until(lambda state: state.held(HoldReason.NO_WAYBILL_LOCK))

    stock(world.store, hangzhou=5)
    await order.stock_comes()
    still = await order.until(lambda state: state.held(HoldReason.NO_WAYBILL_LOCK))
    await order.asks("lift_lock", LiftLock(**WHO))
    state = await order.becomes(Stage.RELEASED)

    assert still.allocations == ()
    assert state.lock_lifted


async def test_the_lock_survives_the_platforms_newer_word_and_falls_once(world: World) -> None:
    """A longer promise of the platform does not lift it, and lifted it does not come back."""
    order, red_line = await at_the_warehouse(world)
    await order.waits(red_line - await order.own_time() + SECOND)
    await order.until(lambda state: state.held(HoldReason.NO_WAYBILL_LOCK))

    longer = later(order.snapshot, sale="negotiated", ship_by=datetime.now(UTC) + timedelta(days=9))
    await order.says(longer)
    still = await order.until(lambda state: state.assessment and state.assessment.ship_by == longer.ship_by)
    await order.asks("lift_lock", LiftLock(**WHO))
    await order.waits(timedelta(hours=30))
    state = await order.state()

    assert still.held(HoldReason.NO_WAYBILL_LOCK) is not None
    assert state.held(HoldReason.NO_WAYBILL_LOCK) is None
    placed = [c for c in state.timeline if c.what == "hold.placed" and c.after == "no_waybill_lock"]
    assert len(placed) == 1


async def test_the_ladder_climbs_to_the_manager_unless_somebody_acknowledges(world: World) -> None:
    """The supervisor at more than 12 hours on Douyin; two hours later the manager, but not for the order that li has."""
    heard, red_line = await at_the_warehouse(world)
    deaf, _ = await at_the_warehouse(world)
    for order in (heard, deaf):
        await order.waits(red_line - await order.own_time() + timedelta(minutes=1))
        await order.until(lambda state: state.sla == "escalated")

    await heard.asks("acknowledge", Acknowledge(by="li", why="I call the warehouse"))
    for order in (heard, deaf):
        await order.waits(timedelta(hours=3))
    climbed = await deaf.until(lambda state: any(alarm.step == "escalate_further" for alarm in state.alarms))
    calm = await heard.state()

    assert [notice.order for notice in world.people.told if notice.to == "manager"] == [str(deaf.key)]
    assert {alarm.acknowledged_by for alarm in calm.alarms} == {"li"}
    assert any(alarm.open for alarm in climbed.alarms)
