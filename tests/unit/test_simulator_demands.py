"""Platforms demand things of some orders, and fine whoever does not heed them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from simulator.demand import Demand
from simulator.demanding import WHERE, Demanding, DemandKind
from simulator.plans import Plan
from simulator.turns import Turns
from tests.unit.simulator_world import Laboratory, a_laboratory

PLATFORMS = [
    {
        "platform": "douyin",
        "secrets": {"app_key": "1", "app_secret": "s", "access_token": "t", "refresh_token": "r"},
    }
]
HOUR = timedelta(seconds=1)
"""At the laboratory's pace."""


def ordered(lab: Laboratory, plan: Plan | None = None, **demand: Any) -> str:
    """Order something of the own shop under a demand."""
    draft = replace(lab.world.assortment.usual(lab.world.buyers_random), demand=Demand(**demand))
    return lab.world.buyers.order(draft, plan or Plan(), paid=True).number


async def fines(lab: Laboratory, number: str) -> list[str]:
    """Ask the oracle for one order's fines; its sums say the same."""
    oracle = await lab.oracle()
    found: list[str] = oracle["orders"][number]["fined"]
    assert oracle["fined"] == ({number: found} if found else {})
    assert oracle["totals"]["fined"] == dict.fromkeys(found, 1)
    return found


@pytest.mark.parametrize(
    ("demand", "fined"),
    [
        ({}, []),
        ({"rule": "only", "couriers": ("SF", "YTO")}, []),
        ({"rule": "advised", "couriers": ("YTO",)}, []),
        ({"rule": "only", "couriers": ("YTO",)}, ["forbidden_courier"]),
        ({"rule": "never", "couriers": ("SF",)}, ["forbidden_courier"]),
    ],
)
async def test_a_parcel_with_a_forbidden_courier_is_fined(demand: Any, fined: list[str]) -> None:
    """The laboratory's parcels go with SF; advice may be left."""
    async with a_laboratory() as lab:
        number = ordered(lab, **demand)
        await lab.create(number)
        lab.advance(hours=11)

        assert await fines(lab, number) == fined


@pytest.mark.parametrize(
    ("hours", "fined"), [(4.0, ["too_early"]), (5.0, []), (7.0, []), (8.0, []), (9.0, ["late"])]
)
async def test_a_parcel_before_its_day_or_after_its_time_is_fined(hours: float, fined: list[str]) -> None:
    """At either moment itself it is fine."""
    async with a_laboratory() as lab:
        now = lab.time
        number = ordered(
            lab, Plan(ships_at=now + hours * HOUR), ship_from=now + 5 * HOUR, ship_by=now + 8 * HOUR
        )
        await lab.create(number)
        lab.advance(hours=10)

        assert await fines(lab, number) == fined


async def test_what_never_leaves_is_late_unless_it_was_called_off() -> None:
    """Nobody is fined for an order that its buyer does not want any more."""
    async with a_laboratory() as lab:
        number = ordered(lab, ship_by=lab.time + HOUR)
        lab.advance(hours=2)
        kept = await fines(lab, number)
        await lab.control(f"orders/{number}/cancel")

        assert (kept, await fines(lab, number)) == (["late"], [])


def offered(lab: Laboratory, kind: DemandKind) -> Any:
    """Let the scenario offer one order of a kind."""
    world = lab.world
    demanding = Demanding(world.timeline, world.buyers, world.assortment, Turns(world.buyers))
    demanding.acts()[kind](world.buyers_random)
    return list(world.orders)[-1]


async def test_a_booked_day_lies_ahead_and_leaves_two_days() -> None:
    """Long enough for everybody to have heard of the order before."""
    async with a_laboratory(platforms=PLATFORMS, own_shop_sells=False) as lab:
        order = offered(lab, "booked_day")

        demand = order.demand
        assert demand.presale
        assert 19 * HOUR < demand.ship_from - lab.time < 26 * HOUR
        assert demand.ship_by - demand.ship_from >= 47 * HOUR - timedelta(seconds=1)


async def test_a_slow_warehouse_crosses_douyin_s_red_line_and_not_its_promise() -> None:
    """Twelve hours without a waybill lock an order; it still leaves within a day."""
    async with a_laboratory(platforms=PLATFORMS, own_shop_sells=False) as lab:
        order = offered(lab, "late_waybill")

        leaves = lab.world.plans.of(order.number).ships_at
        assert leaves is not None
        assert 12 * HOUR < leaves - lab.time < 24 * HOUR


async def test_a_buyer_whose_marketplace_does_not_sell_orders_something_usual() -> None:
    """The own shop tells of no courier."""
    async with a_laboratory() as lab:
        order = offered(lab, "listed_courier")

        assert order.demand == Demand()


async def test_a_buyer_waits_for_a_marketplace_to_have_its_turn() -> None:
    """So that every marketplace sells as much, whatever its buyers want."""
    async with a_laboratory(platforms=PLATFORMS) as lab:
        turns, heard = Turns(lab.world.buyers), []
        lab.world.buyers.order(
            lab.world.assortment.usual(lab.world.buyers_random), Plan(), paid=True, at="douyin"
        )

        now = turns.find(("douyin",), lab.world.buyers_random)
        turns.wait(("douyin",), lambda _random: heard.append("douyin"))
        turns.wait(("taobao",), lambda _random: heard.append("taobao"))
        too_soon = turns.overdue(lab.world.buyers_random)
        ordered(lab)

        assert (now, too_soon) == (None, False)
        assert (turns.overdue(lab.world.buyers_random), turns.overdue(lab.world.buyers_random)) == (
            True,
            False,
        )
        assert heard == ["douyin"]


async def test_a_mixed_run_demands_of_every_kind() -> None:
    """A share of each, dealt out by the seed."""
    secrets = {"app_key": "1", "app_secret": "s", "access_token": "t", "refresh_token": "r"}
    platforms = [{"platform": name, "secrets": secrets} for name in ("taobao", "douyin", "pdd")]
    async with a_laboratory(
        orders=60, rate=1000, scenario="mixed", webhook_noise={}, platforms=platforms
    ) as lab:
        await lab.control("start")
        lab.advance(hours=1)

        demands = [order.demand for order in lab.world.orders if order.demand != Demand()]
        assert {demand.rule for demand in demands} == {"any", "only", "never", "advised"}
        assert any(demand.ship_from for demand in demands)
        assert any(demand.ship_by and not demand.presale for demand in demands)
        assert {name for places in WHERE.values() for name in places} >= {
            order.market for order in lab.world.orders
        }
