"""Out of stock and back, split over warehouses, the SLA clock, and long histories."""

from datetime import UTC, datetime, timedelta

from oms.domain.deadlines import SlaState
from oms.domain.order import Line
from oms.domain.parcels import ParcelState
from oms.domain.stages import Stage
from tests.process.conftest import World
from tests.process.orders import OTHER_SKU, SKU, Told, a_snapshot, later, stock
from tests.process.parcel_cases import settle


def two_lines() -> tuple[Line, ...]:
    """Return one piece of each of two SKUs."""
    return (
        Line(id="1", sku=SKU, title="红", quantity=1, total_fen=8800),
        Line(id="2", sku=OTHER_SKU, title="蓝", quantity=1, total_fen=10000),
    )


async def test_an_order_out_of_stock_tells_purchasing_and_goes_on_by_itself(world: World) -> None:
    """R9: pause, notify, resume."""
    stock(world.store, hangzhou=0)
    order = world.order(a_snapshot())
    await order.arrives()
    await order.until(lambda state: state.held("out_of_stock"))
    await order.until(lambda _: bool(world.people.told))

    stock(world.store, hangzhou=1)
    assert world.store.stock.waiting([SKU]) == [order.key]
    await order.stock_comes()
    state = await order.becomes(Stage.RELEASED)

    assert not state.holds
    assert [(notice.to, notice.title) for notice in world.people.told] == [("purchasing", "out of stock")]


async def test_a_knock_for_too_few_pieces_leaves_the_order_waiting_and_purchasing_in_peace(
    world: World,
) -> None:
    """Purchasing hears of the same shortage once."""
    stock(world.store, hangzhou=0)
    order = world.order(a_snapshot())
    await order.arrives()
    await order.until(lambda _: bool(world.people.told))

    await order.stock_comes()
    await order.stock_comes()
    state = await order.state()

    assert state.stage == Stage.ACCEPTED
    assert len(world.people.told) == 1


async def test_an_unmapped_sku_holds_only_its_own_order_until_somebody_maps_it(world: World) -> None:
    """One unknown SKU neither loses the order nor blocks another."""
    line = Line(id="1", sku=OTHER_SKU, title="?", quantity=1, total_fen=18800)
    order, other = world.order(a_snapshot(lines=(line,))), world.order(a_snapshot())
    await order.arrives()
    await other.arrives()
    await order.until(lambda state: state.held("unmapped_sku"))
    await other.becomes(Stage.RELEASED)

    stock(world.store, OTHER_SKU)
    await order.stock_comes()
    state = await order.becomes(Stage.RELEASED)

    assert not state.holds


async def test_an_order_split_over_two_warehouses_is_delivered_when_both_parcels_are(world: World) -> None:
    """Two delivery orders, two parcels, one delivered order; each waybill told as it comes."""
    stock(world.store, OTHER_SKU, hangzhou=0, guangzhou=5)
    order = world.order(a_snapshot(lines=two_lines()))
    await order.arrives()
    state = await order.until(lambda state: [d.status for d in state.deliveries] == ["accepted", "accepted"])
    first, second = (delivery.code for delivery in state.deliveries)

    await order.ships("GZ1", code=first)
    await order.until(lambda state: state.parcels and state.parcels[0].written_back)
    assert (await order.state()).stage == Stage.RELEASED
    await order.ships("HZ1", code=second)
    await order.becomes(Stage.SHIPPED)
    await order.parcel(ParcelState.DELIVERED, "GZ1")
    assert (await order.becomes(Stage.IN_TRANSIT)).delivered_at is None
    await order.parcel(ParcelState.DELIVERED, "HZ1")
    state = await order.ends()

    assert state.outcome == "completed"
    assert [(parcel.waybill, parcel.last) for parcel in world.channel.told] == [("GZ1", False), ("HZ1", True)]


async def test_half_of_a_split_order_that_comes_back_leaves_it_partly_completed(world: World) -> None:
    """Completed, partly completed, cancelled and closed are four different things."""
    stock(world.store, OTHER_SKU, hangzhou=0, guangzhou=5)
    order = world.order(a_snapshot(lines=two_lines()))
    await order.arrives()
    state = await order.until(lambda state: [d.status for d in state.deliveries] == ["accepted", "accepted"])
    for number, delivery in enumerate(state.deliveries):
        await order.ships(f"W000{number}", code=delivery.code)
    await order.becomes(Stage.SHIPPED)

    await order.parcel(ParcelState.RETURNED, "W0000")
    await order.parcel(ParcelState.DELIVERED, "W0001")
    await settle(world, order, "W0000")
    state = await order.ends()

    assert (state.stage, state.outcome) == ("completed", "partly_completed")


async def test_the_clock_reminds_escalates_and_calls_late_each_once(world: World) -> None:
    """The supervisor after 24 h, the manager 2 h later, remind at 44 h, warn at 47 h, late after 48 h: each once."""
    order = await at_the_warehouse(world)

    await order.waits(timedelta(hours=24, seconds=5))
    assert (await order.state()).sla == SlaState.ESCALATED
    await order.waits(timedelta(hours=25))
    state = await order.until(lambda state: state.sla == SlaState.LATE)
    await order.waits(timedelta(days=3))

    assert [change.what for change in state.timeline if change.what.startswith("clock.")] == [
        "clock.escalate", "clock.escalate_further", "clock.remind", "clock.warn", "clock.late",
    ]  # fmt: skip
    assert sorted(world.people.titles()) == [
        "not shipped in time", "not shipped in time, and nobody has acknowledged it", "ship-by time has passed",
        "ship-by time is near", "ship-by time is very near",
    ]  # fmt: skip


async def test_an_order_shipped_in_time_never_hears_from_the_clock(world: World) -> None:
    """The ladder ends with the shipment; the next moment is 72 h later."""
    order = await at_the_warehouse(world)
    await order.waits(timedelta(hours=23))
    shipped_at = await order.own_time()

    await order.ships(at=shipped_at)
    state = await order.becomes(Stage.SHIPPED)

    assert state.sla == SlaState.OK
    assert [str(deadline.step) for deadline in state.deadlines] == ["complete"]
    assert world.people.told == []


async def test_a_ship_by_time_that_moves_earlier_moves_the_timer(world: World) -> None:
    """The platform shortens its promise: the clock follows it, and not its old promise."""
    order = await at_the_warehouse(world)
    sooner = order.snapshot.created_at + timedelta(hours=6)

    await order.says(later(order.snapshot, ship_by=sooner))
    state = await order.until(lambda state: state.assessment and state.assessment.ship_by == sooner)
    await order.waits(timedelta(hours=6, seconds=5))
    late = await order.until(lambda state: state.sla == SlaState.LATE)

    assert min(deadline.due for deadline in state.deadlines) < sooner
    assert late.stage == Stage.RELEASED


async def test_an_order_completes_one_second_after_72_hours_and_not_before(world: World) -> None:
    """R19: more than 72 h; exactly 72 h is not yet."""
    order = await at_the_warehouse(world)
    shipped_at = datetime.now(UTC).replace(microsecond=0)
    await order.ships(at=shipped_at)
    await order.parcel(ParcelState.DELIVERED)
    state = await order.becomes(Stage.DELIVERED)

    due = state.deadlines[0].due
    done = await order.ends()

    assert due == shipped_at + timedelta(hours=72, seconds=1)
    assert done.ended_at is not None
    assert done.ended_at >= due


async def test_a_parcel_still_on_its_way_after_72_hours_is_told_and_completes_when_signed(
    world: World,
) -> None:
    """A parcel that stands still is our news, not an angry buyer's."""
    order = await at_the_warehouse(world)
    await order.ships()
    await order.parcel(ParcelState.IN_TRANSIT)
    await order.becomes(Stage.IN_TRANSIT)

    await order.waits(timedelta(hours=73))
    await order.until(lambda _: bool(world.people.told))
    await order.parcel(ParcelState.DELIVERED)
    state = await order.ends()

    assert state.outcome == "completed"
    assert world.people.titles() == ["parcel still on its way 72 h after shipping"]


async def test_a_locker_is_not_a_signature(world: World) -> None:
    """In a pickup point is not delivered, and does not complete."""
    order = await at_the_warehouse(world)
    await order.ships()
    await order.parcel(ParcelState.AT_PICKUP_POINT)
    state = await order.becomes(Stage.IN_TRANSIT)

    await order.waits(timedelta(hours=80))
    state = await order.state()

    assert state.stage == Stage.IN_TRANSIT
    assert state.delivered_at is None


async def at_the_warehouse(world: World) -> Told:
    """Return an order that the warehouse has accepted."""
    order = world.order(a_snapshot())
    await order.arrives()
    await order.until(lambda state: state.deliveries and state.deliveries[0].status == "accepted")
    return order
