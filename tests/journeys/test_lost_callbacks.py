"""A carrier none of whose callbacks arrives: every order is delivered and completed all the same, through the watch."""

from pathlib import Path

import pytest
from rich.console import Console

from oms.cli.output import Output
from oms.cli.rehearsal import Rehearsal
from oms.stack.loopback import get_json, post_json
from oms.stack.world import World
from tests.journeys.test_kill_minus_9 import a_demonstration, check

LOST = {"system": "callback", "kind": "lost", "rate": 1.0}


@pytest.mark.timeout(240)
@pytest.mark.slow
async def test_orders_complete_though_every_callback_is_lost(tmp_path: Path) -> None:
    """Real servers, real HTTP: the carrier is asked for each silent parcel, within its lock, and its answer goes the callback's way."""
    world, troubles = World(pace=7200, orders=6, rate=3.0, scenario="plain"), list[str]()

    async with a_demonstration(tmp_path, world, troubles) as stands:
        port = stands.stack.blueprint.ports.simulator
        await post_json(port, "/control/faults", LOST)
        quiet = Output(Console(quiet=True), Console(quiet=True))
        verdict = await Rehearsal(
            stands.stack, stands.store, stands.client, quiet, world.orders, troubles
        ).run({})
        faults = await get_json(port, "/control/faults")

    assert troubles == []
    check(verdict, world.orders)
    assert faults["struck"]["callback.lost"] >= world.orders
