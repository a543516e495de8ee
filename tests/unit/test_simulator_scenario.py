"""Invented orders come in the shares they should, and the same seed gives the same run."""

from collections import Counter
from typing import Any

import pytest

from simulator.scenario import deck
from tests.unit.simulator_world import a_laboratory


def test_a_mixed_run_has_one_of_each_kind_and_mostly_plain_ones() -> None:
    kinds = Counter(deck(60, "mixed", seed=7))

    assert len(kinds) == 18
    assert kinds["plain"] == max(kinds.values()) >= 25


def test_the_same_seed_deals_the_same_deck_and_another_does_not() -> None:
    assert deck(60, "mixed", seed=7) == deck(60, "mixed", seed=7)
    assert deck(60, "mixed", seed=7) != deck(60, "mixed", seed=8)


@pytest.mark.parametrize("orders", [0, 1, 5, 29])
def test_a_short_run_has_exactly_as_many_orders_as_asked(orders: int) -> None:
    assert len(deck(orders, "mixed", seed=7)) == orders


async def a_run(**changes: Any) -> tuple[Any, list[Any]]:
    """Play a whole run with nobody at the other end; give the oracle and the shop's orders."""
    async with a_laboratory(orders=60, rate=1000, webhook_noise={}, **changes) as lab:
        await lab.control("start")
        lab.advance(hours=200)
        await lab.mail()
        listed = (await lab.woo("GET", "orders", params={"per_page": 100, "order": "asc"})).json()
        return await lab.oracle(), listed


async def test_the_same_seed_offers_the_same_orders() -> None:
    first, second = await a_run(scenario="mixed"), await a_run(scenario="mixed")

    assert first == second


async def test_another_seed_offers_other_orders() -> None:
    (_, first), (_, second) = await a_run(scenario="mixed"), await a_run(scenario="mixed", seed=8)

    assert first != second


async def test_plain_orders_are_all_paid_and_cost_less_than_500_yuan() -> None:
    oracle, orders = await a_run(scenario="plain")

    assert (oracle["offered"], oracle["done_offering"]) == (60, True)
    assert {order["status"] for order in orders} == {"processing"}
    assert max(float(order["total"]) for order in orders) < 500
    assert {order["currency"] for order in orders} == {"CNY"}


async def test_what_a_mixed_run_expects_is_what_its_buyers_did() -> None:
    oracle, orders = await a_run(scenario="mixed")

    verdicts = oracle["orders"].values()
    called_off = {v["platform_status"] for v in verdicts if v["expected"] == "cancelled"}
    kept = {v["platform_status"] for v in verdicts if v["expected"] == "completed"}
    assert called_off <= {"cancelled", "refunded"}
    assert kept == {"processing"}
    assert "1288.00" in {order["total"] for order in orders}


async def test_sold_out_goods_arrive_later_and_are_reported() -> None:
    async with a_laboratory(orders=60, rate=1000, scenario="mixed", webhook_noise={}) as lab:
        await lab.control("start")
        lab.advance(hours=1)
        before = [request for request in await lab.mail() if "inventory.report" in str(request.url)]
        lab.advance(hours=6)
        after = [request for request in await lab.mail() if "inventory.report" in str(request.url)]

    assert (len(before), len(after)) == (0, 2)


async def test_nothing_is_offered_before_somebody_says_so_and_only_once() -> None:
    async with a_laboratory(orders=5, rate=1000, scenario="plain") as lab:
        lab.advance(hours=10)
        before = (await lab.oracle())["offered"]
        first, second = await lab.control("start"), await lab.control("start")
        lab.advance(hours=10)
        after = (await lab.oracle())["offered"]

    assert (before, after) == (0, 5)
    assert (first, second) == ({"started": True}, {"started": False})
