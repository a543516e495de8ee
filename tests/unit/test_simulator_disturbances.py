"""What is ordered beforehand goes wrong at its time, ends at its time, and stands in the ledger."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from tests.unit.simulator_world import BASIC, Laboratory, a_config, a_laboratory

JD = {
    "platform": "jd",
    "secrets": {"app_key": "1", "app_secret": "s", "access_token": "t", "refresh_token": "r"},
}
HOUR = 3600.0


def an_outage(system: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"system": system, "kind": kind, "starts_business_s": HOUR, "lasts_business_s": 2 * HOUR, **more}


async def asked(lab: Laboratory) -> int:
    return (await lab.woo("GET", "orders")).status_code


def told(lab: Laboratory) -> list[tuple[str, str, str]]:
    entries = lab.world.ledger.read()
    return [(e.kind, e.key, e.outcome) for e in entries if e.kind.startswith(("outage.", "moving."))]


async def test_an_outage_begins_and_ends_at_its_time() -> None:
    """Counted from the first order, in business time; before and after, everything answers."""
    async with a_laboratory(outages=[an_outage("shop", "error")]) as lab:
        lab.advance(hours=5)
        await lab.control("start")
        answers = []
        for hours in (0.9, 0.2, 1.8, 0.2):
            lab.advance(hours=hours)
            answers.append(await asked(lab))

        assert answers == [200, 500, 500, 200]
        assert told(lab) == [("outage.shop", "error", "began"), ("outage.shop", "error", "over")]


async def test_an_outage_of_all_platforms_leaves_warehouse_and_carrier_alone() -> None:
    """Everything that sells shows a web page; the warehouse works."""
    async with a_laboratory(outages=[an_outage("platforms", "html")], platforms=[JD]) as lab:
        await lab.control("start")
        lab.advance(hours=1)
        shown = [
            (await lab.http.request("GET", path, auth=BASIC)).text
            for path in ("/wp-json/wc/v3/orders", "/jd/routerjson")
        ]
        created = await lab.create("1001")

        assert all(text.startswith("<!DOCTYPE html>") for text in shown)
        assert created.findtext("flag") == "success"
        assert {(kind, outcome) for kind, _, outcome in told(lab)} == {
            ("outage.shop", "began"),
            ("outage.jd", "began"),
        }


async def test_the_end_of_one_outage_is_not_the_end_of_another() -> None:
    """Two that overlap each end by themselves, and a fault armed by hand stays."""
    longer = {**an_outage("shop", "html"), "lasts_business_s": 4 * HOUR}
    async with a_laboratory(outages=[an_outage("shop", "error"), longer]) as lab:
        await lab.control("start")
        await lab.control("faults", {"system": "wms", "kind": "html", "count": 1})
        lab.advance(hours=3.5)

        assert [(fault.system, fault.kind) for fault in lab.world.faults.armed] == [
            ("wms", "html"),
            ("shop", "html"),
        ]


async def test_rows_of_the_own_shop_move_while_its_list_is_read() -> None:
    """After each page one listed order has a new modification time, and nothing else about it is new."""
    async with a_laboratory(moving_rate=1.0, orders=5, rate=1000, scenario="plain", webhook_noise={}) as lab:
        await lab.control("start")
        lab.advance(seconds=5)
        before = {order.number: order.modified for order in lab.world.shop}
        lab.advance(seconds=5)
        first = (await lab.woo("GET", "orders")).json()
        again = (await lab.woo("GET", "orders")).json()

        moved = [order.number for order in lab.world.shop if order.modified > before[order.number]]
        assert 1 <= len(moved) <= 2
        assert {row["id"]: row["status"] for row in first} == {row["id"]: row["status"] for row in again}
        assert lab.world.faults.struck == {"shop.moving": 2}
        assert ("moving.shop", "moving", "began") in told(lab)


async def test_nothing_is_disturbed_unless_it_was_ordered() -> None:
    """A run without orders for it writes no disturbance and arms no fault."""
    async with a_laboratory() as lab:
        await lab.control("start")
        lab.advance(hours=100)

        assert (told(lab), lab.world.faults.armed) == ([], ())


@pytest.mark.parametrize(
    "wrong",
    [
        {"outages": [an_outage("wms", "throttle")]},
        {"outages": [an_outage("nobody", "error")]},
        {"outages": [{**an_outage("shop", "error"), "lasts_business_s": 0}]},
        {"outages": [an_outage("shop", "error", often=True)]},
        {"moving_rate": 1.1},
    ],
)
def test_an_impossible_disturbance_is_refused(wrong: dict[str, Any]) -> None:
    """A system cannot have what it does not have, and a misspelt key is an error."""
    with pytest.raises(ValidationError):
        a_config(**wrong)


async def test_a_warehouse_waits_longer_for_cancellations_that_an_outage_holds_back() -> None:
    """A buyer who changes her mind during the longest outage is still heard in time."""
    async with a_laboratory(
        orders=60, rate=1000, scenario="mixed", webhook_noise={}, outages=[an_outage("shop", "error")]
    ) as lab:
        await lab.control("start")
        lab.advance(hours=1)

        plans = [lab.world.plans.of(order.number) for order in lab.world.orders]
        grace = [plan.ships_at - lab.time for plan in plans if plan.ships_at and plan.expected == "cancelled"]
        least = lab.world.timeline.real(2 * HOUR) + timedelta(seconds=lab.world.config.least_grace_s)
        assert grace
        assert min(grace) > least - lab.world.timeline.real(HOUR)
