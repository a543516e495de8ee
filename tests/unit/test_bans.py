"""A platform that bans us for N seconds is not asked before they are over, by anybody, and then at once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from oms.bans import Bans
from oms.domain.errors import RateLimited
from oms.polling import Polling
from oms.store import Store
from tests.unit.intake_world import SHOP, Clock, IntakeWorld, a_store, an_order


@pytest.fixture
def store(tmp_path: Path, sqlite_template: Path) -> Iterator[Store]:
    store = a_store(tmp_path, sqlite_template)
    yield store
    store.close()


class Waiter:
    """Sleeps by moving the clock."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.now += timedelta(seconds=seconds)


async def ban(bans: Bans, seconds: float) -> None:
    """Let the platform ban the shop."""
    with pytest.raises(RateLimited):
        async with bans.heeding(SHOP):
            raise RateLimited("banned", retry_after=seconds)


async def test_while_a_ban_lasts_no_process_asks(store: Store) -> None:
    """Another one reads it from the database, and says how long it still lasts."""
    clock = Clock()
    await ban(Bans(store, clock), 90)
    clock.now += timedelta(seconds=30)
    asked = False

    with pytest.raises(RateLimited) as raised:
        async with Bans(store, clock).heeding(SHOP):
            asked = True

    assert (asked, raised.value.retry_after) == (False, 60.0)


async def test_a_ban_that_is_over_soon_is_waited_for_to_the_second(store: Store) -> None:
    """Not a second earlier, and none later."""
    clock = Clock()
    waiter = Waiter(clock)
    bans = Bans(store, clock, waiter)
    await ban(bans, 17)

    async with bans.heeding(SHOP, patience_s=60):
        asked_at = clock.now

    assert (waiter.slept, asked_at) == ([17.0], Clock().now + timedelta(seconds=17))


async def test_a_banned_poll_goes_on_by_itself_and_counts_as_no_failure(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page that was refused is asked for again when the ban is over."""
    world = IntakeWorld(store)
    world.shop.payloads = [an_order()]
    world.shop.fails = RateLimited("banned", retry_after=5)
    waiter = Waiter(world.clock)
    polling = Polling(store, world.intake, {SHOP: world.shop}, world.clock)

    async def over(seconds: float) -> None:
        await waiter(seconds)
        world.shop.fails = None

    monkeypatch.setattr(polling, "_bans", Bans(store, world.clock, over))
    done = await polling.poll(SHOP)

    assert done.outcome == "done"
    assert (waiter.slept, store.polls.state(SHOP).failures) == ([5.0], 0)
    assert len(world.mailbox.snapshots) == 1


async def test_a_good_poll_ends_the_ban(store: Store) -> None:
    """Nobody waits for what is over."""
    bans = Bans(store, Clock())
    await ban(bans, 90)

    store.polls.advance(SHOP, Clock().now)

    async with bans.heeding(SHOP):
        assert store.polls.state(SHOP).banned_until is None
