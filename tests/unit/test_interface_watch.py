"""A round of the watch: what is seen becomes a state in the table and a condition that people hear of."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from oms.domain.alerts import Condition
from oms.domain.calls import CallMade, CallResult
from oms.domain.errands import InterfacesWatched
from oms.domain.errors import Unavailable
from oms.domain.healthiness import Finding, Probed
from oms.domain.interfaces import Health, Interface
from oms.domain.shapes import LEARNT_AFTER, MISSED
from oms.interface_conditions import retired_key
from oms.interface_watch import InterfaceWatch, Watched
from oms.shapes import EVERY, ShapeWatch
from oms.store import Store
from tests.unit.intake_world import NOON, SHOP, Clock, a_store, an_order

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SEARCH = "woocommerce/orders/search"
MAIN = str(SHOP)


class FakeAlarms:
    """Remembers what is open, and how often each was said."""

    def __init__(self) -> None:
        self.opened: list[Condition] = []
        self.open_now: dict[str, Condition] = {}
        self.closed: list[str] = []
        self.fails = False

    async def open(self, condition: Condition) -> None:
        if self.fails:
            raise Unavailable("nobody can be told")
        self.opened.append(condition)
        self.open_now[condition.key] = condition

    async def over(self, key: str, at: datetime, why: str) -> None:
        assert at.tzinfo is not None
        assert why
        if self.fails:
            raise Unavailable("nobody can be told")
        self.closed.append(key)
        self.open_now.pop(key, None)


@dataclass
class World:
    """The watch, with everything it works with."""

    store: Store
    alarms: FakeAlarms = field(default_factory=FakeAlarms)
    clock: Clock = field(default_factory=lambda: Clock(NOON))
    probed: dict[str, Probed] = field(default_factory=dict)
    register: dict[str, Interface] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.watch = InterfaceWatch(
            self.store, self.alarms, Watched([ToldProbe(self)], self.register.get), self.clock
        )

    async def round(self, after: timedelta = 5 * MINUTE) -> InterfacesWatched:
        self.clock.now += after
        return await self.watch.round()

    def calls(self, result: CallResult, times: int = 1, **more: Any) -> None:
        """Calls that were just made."""
        system, _, interface = SEARCH.partition("/")
        usual = {
            "at": self.clock.now,
            "system": system,
            "interface": interface,
            "shop": MAIN,
            "duration_ms": 90,
        }
        call = CallMade.model_validate({**usual, "result": result, **more})
        self.store.calls.add([call] * times)

    def state(self, key: str = SEARCH) -> Health | None:
        stood = self.store.health.get(key)
        return stood.health if stood else None


class ToldProbe:
    """A probe of `woocommerce/check` that finds what the world says."""

    key = "woocommerce/check"

    def __init__(self, world: World) -> None:
        self.world = world

    async def ask(self) -> Probed:
        return self.world.probed.get(self.key, Probed(finding=Finding.FINE, shop=MAIN))


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[World]:
    store = a_store(tmp_path, sqlite_template)
    yield World(store)
    store.close()


async def test_a_healthy_world_is_written_down_and_nobody_hears_of_it(world: World) -> None:
    """Every interface that was called or asked has its row."""
    world.calls(CallResult.OK, 9)

    done = await world.round()

    assert (done.states, done.healthy) == ({}, 2)
    assert world.state() is Health.HEALTHY
    assert world.alarms.opened == []


async def test_one_retired_answer_is_told_in_the_next_round_with_all_that_is_known(world: World) -> None:
    """The interface, since when, the date, the successor, the shops; it is told again while it lasts."""
    world.register[SEARCH] = Interface(
        system="woocommerce",
        name="orders/search",
        purpose="p",
        version="v2",
        successor="wc/v3",
        expires_at=NOON,
    )
    world.calls(CallResult.OK, 50)
    world.clock.now += MINUTE
    world.calls(CallResult.RETIRED)

    done, again = await world.round(), await world.round()

    told = world.alarms.open_now[retired_key(SEARCH, MAIN)]
    assert done.states == again.states == {SEARCH: Health.RETIRED}
    assert (done.turned, again.turned) == ((SEARCH,), ())
    assert (told.severity, told.shop, told.interface) == ("red", MAIN, SEARCH)
    assert all(word in told.body for word in ("v2", "wc/v3", "11-22", MAIN))
    assert len(world.alarms.opened) == 2


async def test_a_retired_interface_that_answers_again_is_over_at_once_and_healthy_later(world: World) -> None:
    """The condition ends with the answer, the state after some rounds."""
    world.calls(CallResult.RETIRED)
    await world.round()
    world.calls(CallResult.OK)

    await world.round()
    over, state = list(world.alarms.closed), world.state()
    for _ in range(2):
        await world.round()

    assert (over, state) == ([retired_key(SEARCH, MAIN)], Health.RETIRED)
    assert world.state() is Health.HEALTHY


async def test_a_shop_that_was_fetched_in_another_way_since_is_not_told_of_again(world: World) -> None:
    """The version was switched, a poll came through: whoever looks after polls has closed it."""
    world.calls(CallResult.RETIRED)
    key = retired_key(SEARCH, MAIN)
    world.store.holes.begin(SHOP, key, NOON, "poll")
    await world.round()
    world.store.holes.end(key, world.clock.now, found_by=("poll",))

    await world.round()
    await world.round()

    assert world.alarms.open_now == {}
    assert len(world.alarms.opened) == 1


async def test_the_check_that_met_what_the_calls_have_met_is_no_second_alert(world: World) -> None:
    """One retired interface, one condition."""
    world.calls(CallResult.RETIRED)
    world.probed["woocommerce/check"] = Probed(finding=Finding.RETIRED, shop=MAIN)

    await world.round()

    assert list(world.alarms.open_now) == [retired_key(SEARCH, MAIN)]


async def test_failing_calls_are_told_of_from_the_second_round_and_closed_when_they_work(
    world: World,
) -> None:
    """No flapping: worse after two rounds, better after three."""
    told = []
    for result in [*[CallResult.UNAVAILABLE] * 2, *[CallResult.OK] * 4]:
        world.clock.now += 30 * MINUTE
        world.calls(result, 10)
        await world.round(MINUTE)
        told.append(sorted(world.alarms.open_now))

    assert told == [[], *[[f"unhealthy:{SEARCH}"]] * 3, [], []]
    assert world.alarms.closed == [f"unhealthy:{SEARCH}"]


async def test_a_list_that_is_suddenly_empty_is_told_of(world: World) -> None:
    """HTTP 200 and no orders is an answer, too: no call fails, and yet something is wrong."""
    for number in range(20, 0, -1):
        world.store.list_reads.note(MAIN, NOON - number * 15 * MINUTE, 30, NOON - DAY)
    world.store.list_reads.note(MAIN, NOON, 0, NOON - DAY)

    first, second = await world.round(), await world.round()

    told = world.alarms.open_now["unhealthy:woocommerce/orders"]
    assert (first.states, second.states) == ({}, {"woocommerce/orders": Health.DEGRADED})
    assert f"the list of {MAIN} is empty since" in told.body


async def test_a_changed_shape_is_told_of_with_its_fields_and_a_person_may_take_it(world: World) -> None:
    """Named before orders are lost; learnt anew, it is over."""
    shapes = ShapeWatch(world.store, lambda _shop: "v3", world.clock)
    for _ in range(LEARNT_AFTER):
        await shapes.look(SHOP, "orders", [an_order()])
        world.clock.now += EVERY
    odd = {name: value for name, value in an_order().items() if name != "modified"}
    await shapes.look(SHOP, "orders", [odd] * MISSED)

    await world.round()
    told = world.alarms.open_now["shape:woocommerce/orders"]
    world.store.shapes.forget("woocommerce/orders")
    for _ in range(3):
        await world.round()

    assert "modified (vanished)" in told.body
    assert world.alarms.closed == ["shape:woocommerce/orders"]


async def test_what_could_not_be_told_is_told_in_the_next_round(world: World) -> None:
    """Nobody can be reached: the state is not written down as told."""
    world.calls(CallResult.RETIRED)
    world.alarms.fails = True
    failed = await world.round()
    world.alarms.fails = False

    done = await world.round()

    assert (len(failed.failed), world.alarms.opened != []) == (1, True)
    assert done.turned == (SEARCH,)


async def test_the_end_of_a_certificate_goes_into_the_register(world: World) -> None:
    """Reminders come from there; nothing is written while it stays the same."""
    world.watch = InterfaceWatch(world.store, world.alarms, Watched([Certificate()]), world.clock)

    await world.round()
    await world.round()

    assert world.store.interfaces.get("certificate:shop.example").expires_at == NOON + 90 * DAY
    assert len(world.store.interfaces.log("certificate:shop.example")) == 1


class Certificate:
    """A probe that sees a certificate."""

    key = "tls/shop.example"

    async def ask(self) -> Probed:
        return Probed(finding=Finding.FINE, expires_at=NOON + 90 * DAY)


async def test_slow_is_measured_against_the_interface_s_own_history(world: World) -> None:
    """Two seconds are slow for what took ninety milliseconds all day."""
    world.clock.now -= 6 * 60 * MINUTE
    world.calls(CallResult.OK, 30)
    world.clock.now += 6 * 60 * MINUTE
    world.calls(CallResult.OK, 10, duration_ms=2000)

    await world.round()
    done = await world.round()

    assert done.states == {SEARCH: Health.SLOW}
    assert world.alarms.open_now[f"unhealthy:{SEARCH}"].severity == "info"


async def test_the_engine_s_own_row_is_not_the_watch_s_business(world: World) -> None:
    """It is written from outside Temporal, and stays as it is."""
    await world.round()
    before = world.store.health.all()

    assert world.store.health.turn("temporal/canary", before[0], NOON)
    assert not world.store.health.turn("temporal/canary", before[0], NOON)
    assert "temporal/canary" not in (await world.round()).states
