"""The orders our clock calls late are those that were late, told straight from a real marketplace's table."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from oms.domain.state import OrderState
from oms.rules.table import TABLE, RuleTable, read_table
from tests.process.conftest import World, a_world
from tests.process.past_orders import REAL, Life, Lived, PastOrder, a_sample, read_past_orders, stock_up

AT_ONCE = 12
"""More at once are not faster: each asks again and again where it is while the server is busy with the others."""
ORDINARY = 3
pytestmark = pytest.mark.skipif(
    not (REAL / "orders.csv").is_file(),
    reason="the real orders lie beside the project, in ../shared/data/olist",
)


def patient_rules(folder: Path) -> RuleTable:
    """The table with a ship-by rule so far away that only what the platform promised can make an order late."""
    text = TABLE.read_text(encoding="utf-8").replace("within: 48h", "within: 9999d", 1)
    text = text.replace("escalate_after: 24h", "escalate_after: 9999d", 1)
    patient = folder / "table.yaml"
    patient.write_text(text, encoding="utf-8")
    return read_table(patient)


@pytest.fixture
async def market(
    env: WorkflowEnvironment, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[World]:
    """The world of conftest, with rules of our own that promise nothing within a man's life."""
    table = patient_rules(tmp_path)
    assert table.policy("own_shop").ship_within > timedelta(days=9000)
    async with a_world(env, tmp_path, request.node.name, table) as surroundings:
        yield surroundings


async def live_all(world: World, orders: list[PastOrder], *, to_the_end: bool = True) -> list[Lived]:
    """Let all of them live, so many at a time."""
    stock_up(world.store, orders)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(past: PastOrder) -> Lived:
        async with gate:
            return await Life(world, past).run(to_the_end=to_the_end)

    return await asyncio.gather(*map(one, orders))


def check_the_late_ones(lived: list[Lived], orders: list[PastOrder]) -> None:
    """Compare what our clock said with the table."""
    called_late = {life.past.number for life in lived if life.called_late}
    late = {past.number for past in orders if past.late}
    assert called_late == late, (sorted(called_late - late), sorted(late - called_late))
    unalarmed = [life.past.number for life in lived if life.called_late and not life.alarmed]
    assert unalarmed == [], "the alarm must ring before the parcel leaves, not when its lateness is booked"
    assert len(lived) == len(orders)


def check_the_ends(lived: list[Lived]) -> None:
    """Compare every order's end with its real one."""
    wrong = [
        f"{life.past.number} ({life.past.status}): {where(life.last)}"
        for life in lived
        if not as_it_was(life)
    ]
    assert wrong == []


def as_it_was(life: Lived) -> bool:
    """Tell whether the order ended, or stands, where the real one did."""
    past, last = life.past, life.last
    if past.status == "canceled":
        return last.stage == ("closed" if past.handed_over else "cancelled")
    if not past.pieces:
        return last.stage == "accepted" and "no lines" in last.holds[0].note
    if past.delivered and past.handed_over:
        return (last.stage, last.outcome) == ("completed", "completed")
    return last.stage == ("shipped" if past.handed_over else "released")


def where(state: OrderState) -> str:
    return f"{state.stage} {state.outcome or ''} {[hold.note for hold in state.holds]} {state.set_aside}"


def on_the_minute(order: PastOrder) -> bool:
    """It was handed over at the very moment it was promised for; there is one such order."""
    return order.handed_over == order.ship_by is not None


@pytest.mark.parametrize(
    "one_of", [4, pytest.param(1, marks=[pytest.mark.slow, pytest.mark.timeout(300)])], ids="one of {}".format
)
async def test_the_late_ones_of_a_sample_with_every_kind_of_odd_order_are_those_of_the_table(
    market: World, one_of: int
) -> None:
    """No lines, times that run backwards, handed over on the very minute, cancelled after it left: nothing stops."""
    sample = a_sample(read_past_orders(), ORDINARY)
    kinds = Counter(order.status for order in sample)
    orders = [each for number, each in enumerate(sample) if number % one_of == 0 or on_the_minute(each)]

    lived = await live_all(market, orders)

    assert kinds["canceled"] == 16
    assert sum(not order.pieces for order in sample) == 14
    assert sum(map(on_the_minute, orders)) == 1
    assert any(order.status == "canceled" for order in orders)
    assert any(not order.pieces for order in orders)
    assert any(order.late for order in orders)
    check_the_late_ones(lived, orders)
    check_the_ends(lived)


async def test_an_order_that_is_handed_over_too_late_rings_the_alarm_at_its_minute(market: World) -> None:
    """One second after the promise the supervisor knows; the promise is the platform's, not our table's."""
    past = next(order for order in read_past_orders() if order.late and not order.odd)

    (life,) = await live_all(market, [past])
    alarm = next(change for change in life.last.timeline if change.what == "clock.late")

    assert past.ship_by is not None
    promised = life.last.snapshot.created_at + (past.ship_by - past.purchased)
    assert timedelta() < alarm.at - promised < timedelta(seconds=30)
    red = [notice.title for notice in market.people.told if notice.severity == "red"]
    assert red.count("ship-by time has passed") == 1
    assert set(red) <= {"ship-by time has passed", "not shipped in time, and nobody has acknowledged it"}


@pytest.mark.slow
@pytest.mark.timeout(1800)
async def test_the_late_ones_of_all_real_orders_are_those_of_the_table(market: World) -> None:
    """All 2,482, each with its own gaps of hours, days and weeks; the demonstration plays them to their ends."""
    orders = read_past_orders()

    lived = await live_all(market, orders, to_the_end=False)

    assert len(orders) == 2482
    assert sum(life.called_late for life in lived) == 198
    check_the_late_ones(lived, orders)
