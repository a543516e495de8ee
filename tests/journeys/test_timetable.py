"""The timetable, measured on a real stack under load: paid, shipped, signed, and how soon we had acted on each (R16–R18)."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rich.console import Console

from oms.cli.desk import Desk
from oms.cli.output import Output
from oms.cli.rehearsal import Rehearsal
from oms.cli.running import running
from oms.cli.timetable import LIMITS_S, Row
from oms.stack.blueprint import Blueprint
from oms.stack.folder import Folder
from oms.stack.loopback import post_json
from oms.stack.world import ALL, World

ORDERS = 60
POLL_REAL_SECONDS = 3
PATIENCE_SECONDS = 240


@asynccontextmanager
async def a_run(folder: Path, world: World) -> AsyncIterator[Rehearsal]:
    """Let the world of six shops offer its orders to a whole stack."""
    run = Folder.new_run(folder)
    surroundings = {"PATH": os.environ["PATH"], "OMS_POLL_EVERY_SECONDS": str(POLL_REAL_SECONDS * world.pace)}
    blueprint = Blueprint(run=run, keep=run.path, surroundings=surroundings, world=world, ui=False)
    output = Output(Console(quiet=True), Console(quiet=True))
    async with running(blueprint, output, []) as stands:
        yield Rehearsal(stands.stack, stands.store, stands.client, output, ORDERS, [])


def show(capsys: pytest.CaptureFixture[str], rows: Mapping[str, Row]) -> None:
    """Print what was measured, past pytest's capture."""
    with capsys.disabled():
        for name, row in rows.items():
            line = f"{name}: {row.orders} orders, p50 {row.p50_s} s, p99 {row.p99_s} s of business time"
            sys.stdout.write(f"\n  {line}")


async def until_reached(rehearsal: Rehearsal, stage: str, orders: int) -> None:
    """Wait until so many orders have come to a stage."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(await asyncio.to_thread(rehearsal.store.orders.reached, [stage])) < orders:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.2)


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_paid_to_ready_and_shipped_to_transit_keep_the_timetable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sixty orders over six shops within fifteen seconds, a minute of business a second; five and ten minutes allowed."""
    world = World(pace=60, orders=ORDERS, rate=4.0, channels=ALL, scenario="plain", pays_by_gateways=False)

    async with a_run(tmp_path, world) as rehearsal:
        port = rehearsal.stack.blueprint.ports.simulator
        await post_json(port, "/control/wms", {"ship_after_business_s": 600})
        desk = asyncio.create_task(Desk(rehearsal.store, rehearsal.client).work())
        await rehearsal.begin()
        await until_reached(rehearsal, "in_transit", ORDERS)
        desk.cancel()
        rows = await rehearsal.timetable()

    show(capsys, rows)
    assert rows["paid_to_ready"].orders == rows["shipped_to_transit"].orders == ORDERS
    assert rows["paid_to_ready"].p99_s < LIMITS_S["paid_to_ready"]
    assert rows["shipped_to_transit"].p99_s < LIMITS_S["shipped_to_transit"]


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_signed_to_completed_keeps_the_timetable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sixty orders to their end, two hours of business a second; a day is allowed after 72 hours since shipping."""
    world = World(pace=7200, orders=ORDERS, rate=4.0, channels=ALL, scenario="plain", pays_by_gateways=False)

    async with a_run(tmp_path, world) as rehearsal:
        verdict = await rehearsal.run({})

    show(capsys, verdict.timetable)
    assert verdict.agrees, verdict.mismatches
    assert verdict.timetable["signed_to_completed"].orders == ORDERS
    assert verdict.signed_to_completed_p99_s < LIMITS_S["signed_to_completed"]
