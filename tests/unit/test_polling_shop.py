"""Polls lose nothing: the cursor moves only behind what was taken in, and sweeps find what polls missed."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from oms.domain.errands import PollDone, PollFailed, SweepDone
from oms.domain.errors import CredentialsExpired, InterfaceRetired, OmsError, Unavailable
from oms.polling import LOOKBACK, OVERLAP, Polling
from oms.ports import Page
from tests.unit.intake_world import MINUTE, NOON, SHOP, IntakeWorld, PlainShop, a_store, an_order


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[IntakeWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield IntakeWorld(store)
    store.close()


def polling(world: IntakeWorld) -> Polling:
    return Polling(world.store, world.intake, {SHOP: world.shop}, world.clock)


async def poll(world: IntakeWorld) -> PollDone:
    done = await polling(world).poll(SHOP)
    assert isinstance(done, PollDone)
    return done


async def test_the_first_poll_looks_back_and_the_next_overlaps(world: IntakeWorld) -> None:
    """Without a cursor a day back, then from the cursor less the overlap, always up to now."""
    first = world.clock.now
    await poll(world)
    world.clock.now += timedelta(minutes=15)

    await poll(world)

    assert world.shop.windows == [(first - LOOKBACK, first), (first - OVERLAP, world.clock.now)]


async def test_a_poll_takes_in_every_page_and_moves_the_cursor(world: IntakeWorld) -> None:
    """Five orders on three pages, one of them without meaning."""
    world.shop.payloads = [an_order("1"), an_order("2"), {"number": "bad"}, an_order("4"), an_order("1")]

    done = await poll(world)

    assert (done.seen, done.delivered, done.repeated, done.parked) == (5, 3, 1, 1)
    assert world.store.polls.state(SHOP).cursor == world.clock.now == done.cursor


async def test_the_overlap_is_free(world: IntakeWorld) -> None:
    """Seen again, nothing is delivered again."""
    world.shop.payloads = [an_order("1"), an_order("2"), an_order("3")]
    await poll(world)

    done = await poll(world)

    assert (done.delivered, done.repeated) == (0, 3)
    assert len(world.mailbox.snapshots) == 3


@pytest.mark.parametrize("page", [0, 1, 2])
async def test_a_list_that_breaks_off_does_not_move_the_cursor(world: IntakeWorld, page: int) -> None:
    """Whichever page fails, the window is asked for again; what was taken in stays taken in."""
    await poll(world)
    cursor = world.store.polls.state(SHOP).cursor
    world.clock.now += timedelta(minutes=15)
    world.shop.payloads = [an_order(str(number)) for number in range(6)]
    world.shop.fails, world.shop.fails_on_page = Unavailable("the shop is down"), page

    failed = await polling(world).poll(SHOP)

    assert isinstance(failed, PollFailed)
    assert failed.cursor == cursor == world.store.polls.state(SHOP).cursor
    assert len(world.mailbox.snapshots) == 2 * page


async def test_orders_that_cannot_be_reached_do_not_move_the_cursor(world: IntakeWorld) -> None:
    """Read but not durably started is not done."""
    world.shop.payloads = [an_order("1")]
    world.mailbox.fails = Unavailable("Temporal is away")

    failed = await polling(world).poll(SHOP)

    assert isinstance(failed, PollFailed)
    assert world.store.polls.state(SHOP).cursor is None


async def test_three_failures_in_a_row_alert_once_and_the_recovery_is_told_once(world: IntakeWorld) -> None:
    """Not at the first, not again at the fourth."""
    world.shop.fails = Unavailable("the shop is down")
    alerts = []
    for _ in range(5):
        failed = await polling(world).poll(SHOP)
        assert isinstance(failed, PollFailed)
        alerts.append(failed.alert)

    world.shop.fails = None
    back, after = await poll(world), await poll(world)

    assert alerts == [False, False, True, False, False]
    assert (back.recovered_after, after.recovered_after) == (5, 0)


async def test_a_short_trouble_is_nobodys_business(world: IntakeWorld) -> None:
    """Two failures, a success, two failures: nobody is told of anything."""
    told = []
    for fails in (True, True, False, True, True, False):
        world.shop.fails = Unavailable("the shop is down") if fails else None
        outcome = await polling(world).poll(SHOP)
        told.append(outcome.alert if isinstance(outcome, PollFailed) else outcome.recovered_after)

    assert not any(told)


@pytest.mark.parametrize(
    "error", [InterfaceRetired("wc/v3 is gone"), CredentialsExpired("the key was revoked")]
)
async def test_what_will_not_mend_itself_is_told_at_once(world: IntakeWorld, error: OmsError) -> None:
    """A retired interface is never "no orders"."""
    world.shop.fails = error

    failed = await polling(world).poll(SHOP)

    assert isinstance(failed, PollFailed)
    assert failed.alert
    assert type(error).__name__ in failed.error


async def test_a_fault_of_our_own_counts_like_any_other(
    world: IntakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named by its class; what it quotes may be anybody's address."""
    monkeypatch.setattr(world.shop, "changed", lambda *_: dict[str, str]()["文三路"])

    failed = await polling(world).poll(SHOP)

    assert isinstance(failed, PollFailed)
    assert failed.error == "KeyError"


async def test_a_sweep_delivers_what_polls_missed_and_proves_it(world: IntakeWorld) -> None:
    """The platform has four; one was never heard of, one changed unheard, one came after the cursor."""
    world.shop.payloads = [an_order("1"), an_order("2")]
    await poll(world)
    late = an_order("4", minutes=40)
    world.shop.payloads = [an_order("1"), an_order("2", minutes=9, status="cancelled"), an_order("3"), late]
    world.clock.now += timedelta(hours=20)

    done = await polling(world).sweep(SHOP, NOON - 240 * MINUTE, NOON + timedelta(hours=20))

    which = ("woocommerce:main:2", "woocommerce:main:3")
    proof = world.store.polls.completeness_rows(SHOP)[0]
    assert done == SweepDone(platform=4, ours=2, recovered=2, which=which, parked=0)
    assert (proof.platform_count, proof.our_count, proof.delivered) == (4, 2, 2)
    assert len(world.mailbox.snapshots) == 5


async def test_a_sweep_of_a_complete_day_finds_nothing(world: IntakeWorld) -> None:
    """Also when the list names an order twice because it moved while one paged through it."""
    world.shop.payloads = [an_order("1"), an_order("2"), an_order("1")]
    await poll(world)

    done = await polling(world).sweep(SHOP, NOON - 240 * MINUTE, NOON + 240 * MINUTE)

    assert done == SweepDone(platform=2, ours=2, recovered=0, which=(), parked=0)


async def test_what_changes_during_a_sweep_was_not_missed(world: IntakeWorld) -> None:
    """The sweep is the first to see it, and a poll passes it before the sweep is over."""
    world.shop.payloads = [an_order("1")]
    await poll(world)
    world.clock.now += 10 * MINUTE
    world.shop.payloads = [an_order("1", minutes=35, status="cancelled"), an_order("2", minutes=36)]
    answered = world.shop.changed

    async def slowly(since: datetime, until: datetime) -> AsyncIterator[Page]:
        async for page in answered(since, until):
            yield page
        world.store.polls.advance(SHOP, world.clock.now)

    world.shop.changed = slowly  # type: ignore[method-assign]  # one slow list
    done = await polling(world).sweep(SHOP, NOON - 240 * MINUTE, world.clock.now)

    assert (done.platform, done.ours, done.recovered) == (2, 1, 0)


async def test_a_sweep_that_breaks_off_proves_nothing(world: IntakeWorld) -> None:
    """No completeness row is better than a wrong one."""
    world.shop = PlainShop([an_order("1")])
    world.shop.fails = Unavailable("the shop is down")

    with pytest.raises(Unavailable):
        await polling(world).sweep(SHOP, NOON, NOON + MINUTE)

    assert world.store.polls.completeness_rows(SHOP) == ()
