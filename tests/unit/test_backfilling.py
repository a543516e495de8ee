"""A hole is read again by itself, whole days at a time, and each day's proof says what came back."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from oms.backfilling import DAYS_AT_ONE_GO, Backfill, windows_of
from oms.domain.errors import Unavailable
from oms.domain.periods import BUSINESS_ZONE, Period
from oms.polling import Polling
from tests.unit.intake_world import MINUTE, NOON, SHOP, IntakeWorld, a_store, an_order

DAY = timedelta(days=1)


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[IntakeWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield IntakeWorld(store)
    store.close()


def polling(world: IntakeWorld) -> Polling:
    return Polling(world.store, world.intake, {SHOP: world.shop}, world.clock)


def backfill(world: IntakeWorld) -> Backfill:
    return Backfill(polling(world), world.store.holes, world.clock)


def a_hole(world: IntakeWorld, since: datetime, until: datetime, found_by: str = "watch") -> None:
    """Note a hole whose condition is over."""
    world.store.holes.begin(
        SHOP, "shape:woocommerce/orders", since, "poll" if found_by == "poll" else "watch"
    )
    world.store.holes.end("shape:woocommerce/orders", until, found_by=("poll", "watch"))


async def test_what_a_late_poll_fetched_counts_as_recovered(world: IntakeWorld) -> None:
    """Two orders were paid while polls failed; one more was known before."""
    world.store.database.clock = world.clock
    world.shop.payloads = [an_order("1")]
    await polling(world).poll(SHOP)
    began = world.clock.now
    world.clock.now += 360 * MINUTE
    world.shop.payloads += [an_order("2", minutes=60), an_order("3", minutes=120)]
    await polling(world).poll(SHOP)
    a_hole(world, began, world.clock.now, "poll")

    recovered = await backfill(world).fill(SHOP)

    proof = world.store.polls.completeness_rows(SHOP)[0]
    assert recovered == 2
    assert (proof.platform_count, proof.our_count, proof.delivered) == (3, 3, 2)
    assert proof.note == "2 came with a poll after failed ones"


async def test_the_nightly_sweep_does_not_forget_what_came_late(world: IntakeWorld) -> None:
    """It writes the day's proof anew; the two of the morning stand in it."""
    world.store.database.clock = world.clock
    await polling(world).poll(SHOP)
    began = world.clock.now
    world.clock.now += 360 * MINUTE
    world.shop.payloads = [an_order("2", minutes=60), an_order("3", minutes=120)]
    await polling(world).poll(SHOP)
    a_hole(world, began, world.clock.now, "poll")
    await backfill(world).fill(SHOP)

    done = await polling(world).sweep(SHOP, NOON, NOON + DAY)

    proof = world.store.polls.completeness_rows(SHOP)[0]
    assert (done.recovered, done.late) == (0, 2)
    assert (proof.platform_count, proof.our_count, proof.delivered) == (2, 2, 2)


async def test_orders_behind_a_cursor_that_moved_on_come_in(world: IntakeWorld) -> None:
    """The list was empty, polls came through, and only the watch found out."""
    began = world.clock.now
    world.clock.now += 360 * MINUTE
    await polling(world).poll(SHOP)
    world.shop.payloads = [an_order("2", minutes=60), an_order("3", minutes=120)]
    a_hole(world, began, world.clock.now)

    recovered = await backfill(world).fill(SHOP)

    proof = world.store.polls.completeness_rows(SHOP)[0]
    assert recovered == 2
    assert (proof.platform_count, proof.our_count, proof.delivered) == (2, 0, 2)
    assert world.store.holes.due(SHOP) == ()


async def test_a_sweep_that_fails_leaves_the_hole_due(world: IntakeWorld) -> None:
    """The next poll tries again; what was read stays read."""
    a_hole(world, world.clock.now - MINUTE, world.clock.now)
    world.shop.fails = Unavailable("the shop is down")

    failed = await backfill(world).fill(SHOP)
    due = world.store.holes.due(SHOP)
    world.shop.fails = None
    await backfill(world).fill(SHOP)

    assert (failed, len(due)) == (0, 1)
    assert world.store.holes.due(SHOP) == ()


async def test_a_long_hole_is_read_some_days_at_one_go(world: IntakeWorld) -> None:
    """Ten days after one poll each few, every day once, and none forgotten."""
    world.clock.now = NOON + 10 * DAY
    a_hole(world, NOON, NOON + 10 * DAY - MINUTE)
    goes = []
    while world.store.holes.due(SHOP):
        before = len(world.shop.windows)
        await backfill(world).fill(SHOP)
        goes.append(len(world.shop.windows) - before)

    days = [window[0].astimezone(BUSINESS_ZONE).date() for window in world.shop.windows]
    assert max(goes) == DAYS_AT_ONE_GO
    assert len(days) == len(set(days)) == 11
    assert len(world.store.polls.completeness_rows(SHOP)) == 11


async def test_a_hole_that_is_still_open_is_left_alone(world: IntakeWorld) -> None:
    """Its list cannot be believed yet."""
    world.store.holes.begin(SHOP, "shape:woocommerce/orders", NOON, "watch")

    recovered = await backfill(world).fill(SHOP)

    assert recovered == 0
    assert world.shop.windows == []


def test_windows_are_whole_business_days_until_now() -> None:
    """From an evening to the next morning: two days, the second as far as it has gone."""
    since = datetime(2026, 11, 22, 18, tzinfo=BUSINESS_ZONE)
    now = datetime(2026, 11, 23, 9, tzinfo=BUSINESS_ZONE)

    windows = windows_of(Period(since=since, until=now - MINUTE), now)

    midnights = [datetime(2026, 11, day, tzinfo=BUSINESS_ZONE) for day in (22, 23)]
    assert windows == [
        Period(since=midnights[0], until=midnights[1]), Period(since=midnights[1], until=now)
    ]  # fmt: skip
