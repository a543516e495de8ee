"""Whoever must know of failing polls hears in time, once, with what to do; and hears when it is over."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from oms.domain.alerts import AlertKind, Condition
from oms.domain.errands import PollFailed
from oms.domain.errors import CredentialsExpired, InterfaceRetired, OmsError, Unavailable
from oms.domain.ids import ShopKey
from oms.domain.interfaces import Interface
from oms.hole_keeping import HoleKeeping
from oms.polling import Polling, interface_in
from oms.pulls import AFTER_SALES, Pulls
from oms.switchboard import Neighbours
from tests.unit.intake_world import MINUTE, NOON, SHOP, IntakeWorld, a_store
from tests.unit.remembering_alarms import RememberingAlarms

OTHER = ShopKey(channel="woocommerce", shop="second")
ENDED = Interface(
    system="woocommerce", name="orders", purpose="find orders", successor="wc/v4 orders",
    expires_at=datetime(2026, 11, 20, tzinfo=UTC), expiry_source="their announcement",
)  # fmt: skip


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[IntakeWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield IntakeWorld(store)
    store.close()


def pulls(world: IntakeWorld, alarms: RememberingAlarms, known: Interface | None = None) -> Pulls:
    """Two shops of one platform, both in the version that may end."""
    around = Neighbours(shops=(SHOP, OTHER), version="wc/v3", others=("wc/v4",))
    return Pulls(alarms, world.store, lambda _shop: around, world.clock, lambda _system, _name: known)


async def failing(world: IntakeWorld, error: OmsError) -> PollFailed:
    """One poll that ends so."""
    world.shop.fails = error
    failed = await Polling(world.store, world.intake, {SHOP: world.shop}, world.clock).poll(SHOP)
    assert isinstance(failed, PollFailed)
    return failed


async def test_a_retired_interface_is_told_of_at_the_first_answer(world: IntakeWorld) -> None:
    """By name, with the date, its successor, and every shop that speaks the same."""
    alarms = RememberingAlarms()
    failed = await failing(world, InterfaceRetired(f"{SHOP}: GET orders answered HTTP 404"))

    await pulls(world, alarms, ENDED).failed(SHOP, failed)

    (told,) = alarms.opened
    assert (told.key, told.kind) == (f"retired:woocommerce/orders:{SHOP}", AlertKind.INTERFACE_RETIRED)
    for named in (
        "woocommerce/orders",
        "wc/v3",
        "2026-11-22",
        "2026-11-20",
        "wc/v4 orders",
        str(SHOP),
        str(OTHER),
    ):
        assert named in told.body


async def test_without_a_register_the_other_version_is_the_successor(world: IntakeWorld) -> None:
    """What the connector speaks besides is better than nothing."""
    alarms = RememberingAlarms()

    await pulls(world, alarms).failed(SHOP, await failing(world, InterfaceRetired("gone")))

    assert "Successor: wc/v4." in alarms.opened[0].body


async def test_other_failures_are_told_of_at_the_third(world: IntakeWorld) -> None:
    """Since the cursor, which stands."""
    alarms, told = RememberingAlarms(), []
    world.store.polls.advance(SHOP, NOON)
    for _ in range(3):
        await pulls(world, alarms).failed(SHOP, await failing(world, Unavailable("the shop is down")))
        told.append(len(alarms.opened))

    assert told == [0, 0, 1]
    assert (alarms.keys, alarms.opened[0].since) == ([f"pulls:{SHOP}"], NOON)
    assert "the shop is down" in alarms.opened[0].body


async def test_a_refused_key_is_told_of_at_once(world: IntakeWorld) -> None:
    """It does not mend itself."""
    alarms = RememberingAlarms()

    await pulls(world, alarms).failed(SHOP, await failing(world, CredentialsExpired("the key was revoked")))

    assert alarms.keys == [f"pulls:{SHOP}"]


async def test_a_poll_that_comes_through_ends_what_polls_began(world: IntakeWorld) -> None:
    """And leaves the hole to be read again; what the watch found is the watch's to end."""
    alarms = RememberingAlarms()
    both = pulls(world, alarms)
    world.store.holes.begin(SHOP, "shape:woocommerce/orders", NOON, "watch")
    await both.failed(SHOP, await failing(world, InterfaceRetired(f"{SHOP}: GET orders answered HTTP 404")))
    world.clock.now += 60 * MINUTE

    await both.done(SHOP)
    await both.done(SHOP)

    assert alarms.closed == [f"retired:woocommerce/orders:{SHOP}"]
    assert [hole.until for hole in world.store.holes.due(SHOP)] == [world.clock.now]
    assert [hole.condition for hole in world.store.holes.open(SHOP)] == ["shape:woocommerce/orders"]


async def test_orders_that_come_do_not_end_the_trouble_of_after_sales(world: IntakeWorld) -> None:
    """Each list has a condition of its own."""
    alarms = RememberingAlarms()
    both = pulls(world, alarms)
    await both.failed(SHOP, PollFailed(failures=3, error="down", alert=True), AFTER_SALES)

    await both.done(SHOP)
    still = list(alarms.closed)
    await both.done(SHOP, AFTER_SALES)

    assert still == []
    assert alarms.closed == alarms.keys == [f"pulls:{SHOP}/after-sales"]


async def test_what_could_not_be_said_is_said_again(world: IntakeWorld) -> None:
    """Nobody could be reached: the condition stays open until somebody heard that it is over."""
    alarms = RememberingAlarms()
    both = pulls(world, alarms)
    await both.failed(SHOP, await failing(world, InterfaceRetired("gone")))
    alarms.fails = Unavailable("Temporal is away")

    with pytest.raises(Unavailable):
        await both.done(SHOP)
    alarms.fails = None
    await both.done(SHOP)

    assert len(alarms.closed) == 1


async def test_an_old_cursor_is_told_of_though_no_poll_fails(world: IntakeWorld) -> None:
    """A Schedule is paused, or no worker runs; a shop never polled is nobody's business."""
    alarms = RememberingAlarms()
    world.store.polls.advance(SHOP, NOON)
    world.clock.now = NOON + timedelta(hours=2)

    await pulls(world, alarms).look_at_the_cursors((SHOP, OTHER), timedelta(hours=1))

    assert alarms.keys == [f"cursor:{SHOP}"]
    assert "120 minutes" in alarms.opened[0].body


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("jd:main: jingdong.pop.order.search: JD has no such method any more (code 15)", "jingdong.pop.order.search"),
        ("jd:main: GET /rest/sp-order/v0/orders (15) answered HTTP 404", "rest/sp-order/v0/orders"),
        ("jd:main: GET orders answered HTTP 410", "orders"),
        ("it is gone", "orders"),
        ("", "orders"),
    ],
)  # fmt: skip
def test_the_interface_is_read_from_the_words_of_its_adapter(words: str, name: str) -> None:
    """As the platform calls it; what says nothing is the list of orders."""
    assert interface_in(words, ShopKey(channel="jd", shop="main")) == name


@pytest.mark.parametrize(
    ("shop", "interface", "holes"),
    [
        (str(SHOP), "woocommerce/orders", [SHOP]),
        ("", "woocommerce/orders", [SHOP, OTHER]),
        ("", "qimen/x", []),
    ],
)
async def test_conditions_of_the_watch_make_holes(
    world: IntakeWorld, shop: str, interface: str, holes: list[ShopKey]
) -> None:
    """Of the shop that is named, or of every shop of the platform; of none that is no platform."""
    alarms = RememberingAlarms()
    keeping = HoleKeeping(alarms, world.store.holes, (SHOP, OTHER))
    condition = Condition(
        key=f"shape:{interface}", kind=AlertKind.SHAPE_CHANGED, title="changed", body="a field is gone",
        shop=shop, interface=interface, since=NOON,
    )  # fmt: skip

    await keeping.open(condition)
    await keeping.over(condition.key, NOON + MINUTE, "as it was")

    assert [each for each in (SHOP, OTHER) if world.store.holes.due(each)] == holes
    assert (alarms.keys, alarms.closed) == ([condition.key], [condition.key])
