"""By when an order must ship, and who hears of it before: every figure seen from both sides of its second."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest

from oms.domain.messages import Acknowledge, WarehouseSays
from oms.domain.stages import Stage
from tests.process import boundaries
from tests.process.boundaries import (
    PLATFORMS,
    SECOND,
    Lives,
    Struck,
    at_the_warehouse,
    bounds,
    each_value,
    figure,
    forward,
    how_long,
    in_time,
    length,
    order_on,
    paid_at,
    still_before,
)
from tests.process.conftest import World
from tests.process.orders import Told
from tests.process.tables import shipping

LADDER = (
    "ship.within", "ship.remind_before", "ship.warn_before", "ship.escalate_after", "ship.further_after",
    "ship.waybill_within",
)  # fmt: skip
RUNGS = {
    "remind": "ship-remind", "warn": "ship-warn", "escalate": "ship-escalate",
    "escalate_further": "ship-escalate-further", "lock": "no-waybill-lock", "late": "ship-late",
}  # fmt: skip
HEARS = {
    "ship-remind": "operations", "ship-warn": "operations", "ship-escalate": "supervisor",
    "ship-escalate-further": "manager", "no-waybill-lock": "supervisor", "ship-late": "supervisor",
}  # fmt: skip
SHANGHAI = ZoneInfo("Asia/Shanghai")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def ladder(platform: str, paid: datetime) -> list[Struck]:
    """Work out the ladder of an order: late and escalated a second after, reminded and locked at the very moment."""
    ship_by = paid + how_long(platform, "ship.within")
    escalated = min(paid + how_long(platform, "ship.escalate_after") + SECOND, ship_by)
    rungs = [
        Struck("remind", ship_by - how_long(platform, "ship.remind_before")),
        Struck("warn", ship_by - how_long(platform, "ship.warn_before")),
        Struck("escalate", escalated),
        Struck("escalate_further", escalated + how_long(platform, "ship.further_after")),
        Struck("late", ship_by + SECOND),
    ]
    red_line = figure(platform, "ship.waybill_within")
    return [*rungs, Struck("lock", paid + length(red_line))] if red_line else rungs


@bounds(*LADDER)
@each_value(*LADDER)
async def test_every_rung_is_climbed_in_its_second_and_not_one_before(world: World, platform: str) -> None:
    """Not yet a second before it, and within the second of it; where there is no red line, nobody is ever locked."""

    async def an_order() -> tuple[Lives, list[Struck]]:
        order = await at_the_warehouse(world, platform)
        return order, ladder(platform, paid_at(order))

    state = await boundaries.expect_each_in_its_second(an_order)

    expected = [strike.what for strike in sorted(ladder(platform, state.paid_at), key=lambda each: each.due)]
    assert boundaries.struck(state) == expected
    assert (state.sla, state.stage) == ("late", Stage.RELEASED)
    assert [hold.reason for hold in state.holds] == ["no_waybill_lock"] * ("clock.lock" in expected)
    assert {alarm.to for alarm in state.alarms} == {"operations", "supervisor", "manager"}


@bounds(*LADDER)
async def test_every_platform_has_its_ladder_laid_out_to_the_second(world: World) -> None:
    """Each platform's own figures, and whom each rung calls."""
    orders = {platform: order_on(world, platform) for platform in PLATFORMS}
    await asyncio.gather(*(order.arrives() for order in orders.values()))
    states = {platform: await order.until(lambda s: s.assessment) for platform, order in orders.items()}

    laid = {
        platform: {(d.rung, d.due, d.to, d.rule.partition(".")[0]) for d in state.deadlines}
        for platform, state in states.items()
    }
    assert laid == {
        platform: {
            (RUNGS[strike.step], strike.due, HEARS[RUNGS[strike.step]], platform)
            for strike in ladder(platform, paid_at(orders[platform]))
        }
        for platform in PLATFORMS
    }


@bounds("ship.waybill_within")
@pytest.mark.parametrize(("drawn", "locked"), [(-SECOND, False), (SECOND, True)], ids=["before", "after"])
async def test_a_waybill_in_the_last_second_keeps_the_lock_away(
    world: World, drawn: timedelta, *, locked: bool
) -> None:
    """One drawn within the last second before the red line is in time; one drawn a second after it is not."""

    async def an_order() -> Told:
        order = await at_the_warehouse(world, "douyin")
        red_line = paid_at(order) + how_long("douyin", "ship.waybill_within")
        await forward(order, red_line + drawn)
        await order.warehouse_says(WarehouseSays.PACKED, waybill="SF0009", carrier="sf")
        await order.until(lambda state: state.deliveries[-1].waybill)
        if not locked:
            await still_before(order, red_line)
        await forward(order, red_line + SECOND)
        return order

    order = await in_time(an_order)
    state = await order.until(lambda state: any(d.startswith("no-waybill-lock") for d in state.steps_done))

    assert [hold.reason for hold in state.holds] == ["no_waybill_lock"] * locked


@bounds("ship.escalate_after", "ship.further_after")
@pytest.mark.parametrize("step", [-1, 0, 1], ids=["a second before", "at", "a second after"])
async def test_nobody_is_escalated_later_than_the_ship_by_time(world: World, step: int) -> None:
    """The platform's own time lies around the second of the escalation: the earlier one of both counts."""
    usual = how_long("pdd", "ship.escalate_after") + SECOND

    async def an_order() -> tuple[Lives, list[Struck]]:
        paid = datetime.now(UTC).replace(microsecond=0)
        theirs = paid + usual + step * SECOND
        order = await at_the_warehouse(world, "pdd", created_at=paid, paid_at=paid, ship_by=theirs)
        due = min(paid + usual, theirs)
        return order, [
            Struck("escalate", due),
            Struck("escalate_further", due + how_long("pdd", "ship.further_after")),
        ]

    state = await boundaries.expect_each_in_its_second(an_order)

    assert state.sla == "late"


@bounds("ship.further_after")
async def test_an_alarm_acknowledged_in_its_last_second_goes_no_further(world: World) -> None:
    """The manager is called for those only whom nobody has heard."""

    async def an_order() -> tuple[Told, datetime]:
        order = await at_the_warehouse(world, "pdd")
        escalated = paid_at(order) + how_long("pdd", "ship.escalate_after") + SECOND
        further = escalated + how_long("pdd", "ship.further_after")
        await boundaries.a_second_before(order, further)
        await order.asks("acknowledge", Acknowledge(by="li", why="I call the warehouse"))
        await still_before(order, further)
        return order, further

    order, further = await in_time(an_order)
    await forward(order, further + MINUTE)
    state = await order.state()

    assert boundaries.struck(state) == ["clock.escalate"]
    assert [alarm.acknowledged_by for alarm in state.alarms] == ["li"]


@bounds("ship.ahead")
async def test_every_platform_keeps_the_distance_that_its_row_says(world: World) -> None:
    """Of a platform's own time for the order, that much is ours."""
    theirs = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=20)
    orders = {platform: order_on(world, platform, ship_by=theirs) for platform in PLATFORMS}

    await asyncio.gather(*(order.arrives() for order in orders.values()))
    states = {platform: await order.until(lambda s: s.assessment) for platform, order in orders.items()}

    promised = {platform: state.assessment.ship_by for platform, state in states.items() if state.assessment}
    assert promised == {platform: theirs - how_long(platform, "ship.ahead") for platform in PLATFORMS}


@bounds("ship.ahead")
@pytest.mark.parametrize("ahead", ["0m", "30m"])
async def test_our_own_red_line_lies_so_long_before_the_platforms_time(world: World, ahead: str) -> None:
    """Late is one second after what the distance leaves of the platform's time."""
    world.newer.append(shipping("ahead-1", ahead=ahead))
    theirs = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=20)

    async def an_order() -> tuple[Lives, list[Struck]]:
        order = await at_the_warehouse(world, "pdd", ship_by=theirs)
        return order, [Struck("late", theirs - length(ahead) + SECOND)]

    state = await boundaries.expect_each_in_its_second(an_order)

    assert state.sla == "late"


COMBINED = [
    ("spot", "strictest_for_spot", ("platform", "platform", "rule")),
    ("presale", "strictest_for_spot", ("platform", "platform", "platform")),
    ("negotiated", "strictest_for_spot", ("platform", "platform", "platform")),
    ("spot", "strictest", ("platform", "platform", "rule")),
    ("spot", "platform_only", ("platform", "platform", "platform")),
    ("presale", "platform_only", ("platform", "platform", "platform")),
]
"""Kind of sale, how the row combines; whose time counts when the platform's is a second before, at, a second after."""


@bounds("ship.combine", "ship.within")
@pytest.mark.parametrize(("sale", "combine", "sources"), COMBINED)
@each_value("ship.combine", "ship.within")
async def test_of_two_times_the_one_that_counts_is_known_to_the_second(
    world: World, platform: str, sale: str, combine: str, sources: tuple[str, str, str]
) -> None:
    """The platform's own time is a second before the table's, the same, and a second after it."""
    if combine != figure(platform, "ship.combine"):
        world.newer.append(shipping(f"combine-{combine}", combine=combine))
    paid, within = datetime.now(UTC).replace(microsecond=0), how_long(platform, "ship.within")
    theirs = [paid + within + step * SECOND for step in (-1, 0, 1)]
    orders = [
        order_on(world, platform, created_at=paid, paid_at=paid, sale=sale, ship_by=each) for each in theirs
    ]
    await asyncio.gather(*(order.arrives() for order in orders))
    states = [await order.until(lambda state: state.assessment) for order in orders]

    late = [next(d for d in state.deadlines if d.step == "late") for state in states]
    assert [deadline.source for deadline in late] == [*sources]
    assert [deadline.due - SECOND for deadline in late] == [
        each if source == "platform" else paid + within for each, source in zip(theirs, sources, strict=True)
    ]


@bounds("ship.combine")
@pytest.mark.parametrize("sale", ["spot", "presale"])
async def test_an_order_is_late_a_second_after_the_time_that_counts(world: World, sale: str) -> None:
    """An hour more from the platform is nothing to a spot order, and counts for a presale."""
    within = how_long("pdd", "ship.within")

    async def an_order() -> tuple[Lives, list[Struck]]:
        theirs = datetime.now(UTC).replace(microsecond=0) + within + timedelta(hours=1)
        order = await at_the_warehouse(world, "pdd", sale=sale, ship_by=theirs)
        due = theirs if sale == "presale" else paid_at(order) + within
        return order, [Struck("late", due + SECOND)]

    state = await boundaries.expect_each_in_its_second(an_order)

    assert state.sla == "late"


@bounds("ship.calendar")
async def test_workdays_are_counted_minute_by_minute(world: World) -> None:
    """Eight days of workdays pass a weekend at least; of every day they do not. Late one second after."""
    everyday, workdays = (
        shipping("calendar-1", within="8d"),
        shipping("calendar-2", within="8d", calendar="workdays"),
    )
    paid = datetime.now(UTC).replace(second=0, microsecond=0)
    dues = {everyday.version: paid + 8 * DAY, workdays.version: counted(paid, 8 * DAY)}

    async def an_order() -> tuple[Lives, list[Struck]]:
        order = await at_the_warehouse(world, "pdd", created_at=paid, paid_at=paid)
        return order, [Struck("late", dues[world.newer[-1].version] + SECOND)]

    seen = []
    for version in (everyday, workdays):
        world.newer.append(version)
        seen.append(await boundaries.expect_each_in_its_second(an_order))

    assert [figure(platform, "ship.calendar") for platform in PLATFORMS] == ["every_day"] * len(PLATFORMS)
    assert dues[workdays.version] >= dues[everyday.version] + 2 * DAY
    assert [state.sla for state in seen] == ["late", "late"]


def counted(start: datetime, left: timedelta) -> datetime:
    """Count the minutes of workdays one by one."""
    at = start
    while left:
        left -= MINUTE if works(at) else timedelta()
        at += MINUTE
    return at


def works(at: datetime) -> bool:
    """Tell whether people work on the day of a moment, in Shanghai; of years not published yet, Monday to Friday."""
    day = at.astimezone(SHANGHAI).date()
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5
