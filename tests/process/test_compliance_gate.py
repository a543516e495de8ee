"""The compliance gate of a real order: refused with the rule and the way out, judged again, and once more at the push."""

from datetime import UTC, datetime, timedelta

from oms.domain.couriers import CourierMode, CourierTerms
from oms.domain.holds import HoldReason
from oms.domain.messages import ApproveReview, ReleaseHold
from oms.domain.stages import Stage
from oms.rules.assessment import ShopWays
from tests.process.conftest import World
from tests.process.orders import SHOP, a_snapshot, later
from tests.process.tables import never_pushing

WHO = {"by": "zhang", "why": "settled with the courier"}
ONLY_YTO = CourierTerms(mode=CourierMode.ONLY, names=("yto",))


async def test_an_order_whose_courier_is_forbidden_is_refused_with_rule_figures_and_remedy(
    world: World,
) -> None:
    """Its platform demands another courier than any of ours; the warehouse never hears of it (R25)."""
    world.ways[SHOP] = ShopWays(couriers=("sf",))
    order = world.order(a_snapshot(couriers=ONLY_YTO))

    await order.arrives()
    state = await order.until(lambda state: state.held(HoldReason.COMPLIANCE))

    hold = state.held(HoldReason.COMPLIANCE)
    assert hold is not None
    assert hold.actor == "rules"
    assert "sf" in hold.note
    assert "yto" in hold.note
    assert f"table {world.table.version}" in hold.note
    refused = [change for change in state.timeline if change.what == "gate.refused"]
    assert [(change.before, change.rule_version) for change in refused] == [
        ("allocated", world.table.version)
    ]
    assert refused[0].rule in {rule.id for rule in world.table.rules}
    assert world.warehouse.asked == []


async def test_the_first_courier_of_ours_that_the_platform_allows_carries_it(world: World) -> None:
    """The shop's usual one is forbidden for this order; the next one is not, and the warehouse is told."""
    world.ways[SHOP] = ShopWays(couriers=("sf", "zto", "yto"))
    order = world.order(a_snapshot(couriers=ONLY_YTO))

    await order.arrives()
    await order.becomes(Stage.RELEASED)
    await order.until(lambda _: bool(world.warehouse.asked))

    assert [asked.carrier for asked in world.warehouse.asked] == ["yto"]


async def test_a_refusal_ends_by_itself_when_the_platform_asks_for_it_no_more(world: World) -> None:
    """What was judged has changed: the gate judges again, and nobody has to release anything."""
    world.ways[SHOP] = ShopWays(couriers=("sf",))
    order = world.order(a_snapshot(couriers=ONLY_YTO))
    await order.arrives()
    await order.until(lambda state: state.held(HoldReason.COMPLIANCE))

    await order.says(later(order.snapshot, couriers=CourierTerms()))
    state = await order.becomes(Stage.RELEASED)

    assert state.holds == ()


async def test_a_person_who_releases_a_refusal_without_mending_it_is_refused_again(world: World) -> None:
    """The gate cannot be talked round: it names the same rule anew."""
    world.ways[SHOP] = ShopWays(couriers=("sf",))
    order = world.order(a_snapshot(couriers=ONLY_YTO))
    await order.arrives()
    await order.until(lambda state: state.held(HoldReason.COMPLIANCE))

    await order.asks("release_hold", ReleaseHold(**WHO, reason="compliance"))
    state = await order.until(
        lambda state: [change.what for change in state.timeline].count("gate.refused") == 2
    )

    assert state.stage == Stage.ALLOCATED
    assert state.held(HoldReason.COMPLIANCE) is not None
    assert world.warehouse.asked == []


async def test_a_presale_waits_for_its_day_and_then_goes_by_itself(world: World) -> None:
    """One second before the day it is held; then the hold ends, and the gate lets it go."""
    day = datetime.now(UTC).replace(microsecond=0) + timedelta(days=5)
    order = world.order(a_snapshot(sale="presale", ship_from=day, ship_by=day + timedelta(days=2)))
    await order.arrives()
    held = await order.until(lambda state: state.held(HoldReason.COMPLIANCE))

    await order.waits(day - await order.own_time() - timedelta(seconds=30))
    before = await order.state()
    await order.waits(timedelta(seconds=60))
    state = await order.becomes(Stage.RELEASED)

    hold = held.held(HoldReason.COMPLIANCE)
    assert hold is not None
    assert hold.until == day
    assert before.stage == Stage.ALLOCATED
    assert before.held(HoldReason.COMPLIANCE) is not None
    assert state.holds == ()
    assert len(world.warehouse.asked) == 1


async def test_the_gate_is_asked_once_more_right_before_the_warehouse_is(world: World) -> None:
    """A rule that only the push asks stops an order that the first look had cleared."""
    world.newer.append(never_pushing("push-1"))
    order = world.order(a_snapshot())

    await order.arrives()
    state = await order.until(lambda state: state.held(HoldReason.COMPLIANCE))

    refused = [change for change in state.timeline if change.what == "gate.refused"]
    assert [(change.rule, change.rule_version, change.before) for change in refused] == [
        ("never-push", "push-1", "released")
    ]
    assert world.warehouse.asked == []


async def test_an_order_without_incident_asks_the_gate_in_the_same_go_as_the_stock(world: World) -> None:
    """No activity more than before: the word of the admission stands while nothing changes."""
    order = world.order(a_snapshot())

    await order.arrives()
    await order.becomes(Stage.RELEASED)
    history = await order.handle.fetch_history()

    markers = [e for e in history.events if e.WhichOneof("attributes") == "marker_recorded_event_attributes"]
    names = [str(marker.marker_recorded_event_attributes.details) for marker in markers]
    assert any("orders.admit" in name for name in names)
    assert not any("rules.judge" in name for name in names)


async def test_a_word_that_mends_a_refusal_and_moves_the_promise_is_judged_by_both(world: World) -> None:
    """One snapshot lifts the gate's hold and asks for another assessment: the gate waits for it, and asks once."""
    world.ways[SHOP] = ShopWays(couriers=("sf",))
    order = world.order(a_snapshot(couriers=ONLY_YTO))
    await order.arrives()
    await order.until(lambda state: state.held(HoldReason.COMPLIANCE))

    promised = datetime.now(UTC) + timedelta(hours=40)
    await order.says(later(order.snapshot, couriers=CourierTerms(), ship_by=promised))
    state = await order.becomes(Stage.RELEASED)

    assert state.assessment is not None
    assert state.assessment.ship_by == promised


async def test_a_courier_demanded_later_is_the_one_that_carries_it(world: World) -> None:
    """While customer service asks the buyer, the platform demands another courier, whom the shop has too."""
    world.ways[SHOP] = ShopWays(couriers=("sf", "yto"))
    order = world.order(a_snapshot(total_fen=500_000))
    await order.arrives()
    await order.until(lambda state: state.held(HoldReason.HIGH_VALUE))

    await order.says(later(order.snapshot, couriers=ONLY_YTO))
    await order.asks("approve", ApproveReview(by="li", why="phoned"))
    await order.becomes(Stage.RELEASED)
    await order.until(lambda _: bool(world.warehouse.asked))

    assert [asked.carrier for asked in world.warehouse.asked] == ["yto"]
