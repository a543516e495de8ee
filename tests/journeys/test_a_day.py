"""A day of six shops: messages are lost and doubled, platforms fail, lists move; at its end nothing is missing."""

import os
from pathlib import Path

import pytest
from rich.console import Console

from oms.cli.completeness import Day
from oms.cli.day import PACE, RATE, live_a_day
from oms.cli.ordeal import ordeal
from oms.cli.output import Output
from oms.cli.running import running
from oms.stack.blueprint import Blueprint
from oms.stack.folder import Folder
from oms.stack.world import ALL, World

POLL_REAL_SECONDS = 5
CACHED_WORKFLOWS = 2000
GRACE_S = 30.0
"""Thirty-six orders keep no machine busy for long: a cancelled one need not wait for two minutes."""


async def a_day(folder: Path, world: World) -> Day:
    """Live the day as `starter.py day` does, with what it says written beside it."""
    run = Folder.new_run(folder)
    surroundings = {
        "PATH": os.environ["PATH"],
        "OMS_POLL_EVERY_SECONDS": str(POLL_REAL_SECONDS * world.pace),
        "OMS_CACHED_WORKFLOWS": str(CACHED_WORKFLOWS),
    }
    blueprint = Blueprint(run=run, keep=run.path, surroundings=surroundings, world=world, ui=False)
    with (folder / "said.txt").open("w", encoding="utf-8") as said:
        output = Output(Console(file=said, width=160), Console(file=said, width=160))
        troubles: list[str] = []
        async with running(blueprint, output, troubles) as stands:
            day = await live_a_day(stands, output, troubles)
    assert troubles == []
    return day


def check(day: Day, orders_per_shop: int) -> None:
    """Say what is wrong, if anything is."""
    verdict = day.verdict
    assert verdict.mismatches == ()
    assert (verdict.missed, verdict.duplicated, verdict.double_shipped) == (0, 0, 0)
    counts = {name: (shop.platform_count, shop.our_count) for name, shop in day.shops.items()}
    assert counts == dict.fromkeys(ALL, (orders_per_shop, orders_per_shop))
    assert day.agrees, day


@pytest.mark.alone
@pytest.mark.timeout(150)
async def test_six_orders_of_each_shop_survive_a_bad_day(tmp_path: Path) -> None:
    """Every outage strikes, rows move, and still each platform counts what we count, at the second sweep too."""
    world = ordeal(ALL, 6, pace=10_800, rate=4.0, seed=7, grace_s=GRACE_S)

    day = await a_day(tmp_path, world)

    check(day, 6)
    assert [outage.kind for outage in day.outages if outage.struck] == ["error", "hang", "html"]
    assert day.moving_rows > 0
    assert day.pushes_lost > 0


@pytest.mark.slow
@pytest.mark.timeout(5400)
async def test_two_thousand_orders_of_each_shop_survive_a_bad_day(tmp_path: Path) -> None:
    """A day of every shop in less than an hour, offered as fast as two cores keep up with."""
    world = ordeal(ALL, 2000, pace=PACE, rate=RATE, seed=7)

    day = await a_day(tmp_path, world)

    check(day, 2000)
    assert all(outage.struck for outage in day.outages)
    assert day.moving_rows > 100
    assert day.pushes_lost > 500
