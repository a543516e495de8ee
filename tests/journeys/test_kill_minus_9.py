"""`kill -9` of the worker and of the Temporal server at random moments: every order still ends as it should, once."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from rich.console import Console

from oms.cli.output import Output
from oms.cli.rehearsal import Rehearsal
from oms.cli.running import Running, running
from oms.cli.verdict import Verdict
from oms.stack.blueprint import Blueprint
from oms.stack.folder import Folder
from oms.stack.stack import Stack
from oms.stack.world import World

POLL_REAL_SECONDS = 5
LONGEST_OUTAGE_S = 2.0


@dataclass(frozen=True)
class Mishaps:
    """How often what is killed, in which order, and how long it is left alone in between (seconds)."""

    victims: tuple[str, ...]
    shortest_peace: float
    longest_peace: float
    seed: int = 20261122


@asynccontextmanager
async def a_demonstration(folder: Path, world: World, troubles: list[str]) -> AsyncIterator[Running]:
    """The stack of `starter.py demo`, with what it says written beside it."""
    run = Folder.new_run(folder)
    surroundings = {"PATH": os.environ["PATH"], "OMS_POLL_EVERY_SECONDS": str(POLL_REAL_SECONDS * world.pace)}
    blueprint = Blueprint(run=run, keep=run.path, surroundings=surroundings, world=world, ui=False)
    with (folder / "said.txt").open("w", encoding="utf-8") as said:
        output = Output(Console(file=said, width=160), Console(file=said, width=160))
        async with running(blueprint, output, troubles) as stands:
            yield stands


async def torment(stack: Stack, mishaps: Mishaps) -> list[str]:
    """Kill one part after another; each comes back a moment later. Returns what was killed."""
    random = Random(mishaps.seed)
    killed = []
    for victim in mishaps.victims:
        await asyncio.sleep(random.uniform(mishaps.shortest_peace, mishaps.longest_peace))
        stack.kill(victim)
        killed.append(victim)
        await asyncio.sleep(random.uniform(0, LONGEST_OUTAGE_S))
        await stack.restart(victim)
    return killed


async def survive(folder: Path, world: World, mishaps: Mishaps) -> tuple[Verdict, bool]:
    """Let the orders run while everything is killed.

    Returns the verdict, and whether orders were still under way when the last part was killed.
    """
    troubles: list[str] = []
    async with a_demonstration(folder, world, troubles) as stands:
        rehearsal = Rehearsal(stands.stack, stands.store, stands.client, silent(), world.orders, troubles)
        run = asyncio.create_task(rehearsal.run({}))
        killed = await torment(stands.stack, mishaps)
        under_way = not run.done()
        verdict = await run
    assert killed == list(mishaps.victims)
    assert not rehearsal.stalled
    return verdict, under_way


def silent() -> Output:
    return Output(Console(quiet=True), Console(quiet=True))


def check(verdict: Verdict, orders: int) -> None:
    """Say what is wrong, if anything is."""
    assert verdict.mismatches == ()
    assert verdict.agrees, verdict
    assert (verdict.offered, verdict.started, verdict.completed) == (orders, orders, orders)
    assert (verdict.missed, verdict.duplicated, verdict.double_shipped) == (0, 0, 0)


@pytest.mark.timeout(180)
async def test_a_dozen_orders_survive_the_death_of_worker_and_server(tmp_path: Path) -> None:
    """Two workers and the server, while orders are being placed, shipped and signed for."""
    world = World(pace=21_600, orders=12, rate=2.0, scenario="plain")
    mishaps = Mishaps(("worker", "temporal", "worker"), shortest_peace=0.5, longest_peace=2.0)

    verdict, under_way = await survive(tmp_path, world, mishaps)

    assert under_way
    check(verdict, world.orders)


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_two_hundred_orders_survive_ten_deaths_of_the_worker_and_one_of_the_server(
    tmp_path: Path,
) -> None:
    """The server keeps its state on disk; nothing is lost, nothing is shipped or told twice."""
    world = World(pace=3600, orders=200, rate=4.0, scenario="plain")
    victims = (*["worker"] * 5, "temporal", *["worker"] * 5)
    mishaps = Mishaps(victims, shortest_peace=1.0, longest_peace=8.0)

    verdict, under_way = await survive(tmp_path, world, mishaps)

    assert under_way
    check(verdict, world.orders)
