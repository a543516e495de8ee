"""`demo`: the main job on this machine, from offering orders to the oracle's verdict."""

from pathlib import Path
from typing import Annotated

import typer

from oms.cli.interrupts import Interrupted, run_until_interrupted
from oms.cli.options import (
    Channels,
    JsonFile,
    Pace,
    Postgres,
    Rate,
    RealOrders,
    Scenario,
    Seed,
    Stay,
    TemporalPort,
    UiPort,
    WebPort,
)  # fmt: skip
from oms.cli.output import Code, Output, Trouble
from oms.cli.place import Place
from oms.cli.rehearsal import Rehearsal
from oms.cli.running import Running, running
from oms.cli.up import stay_up
from oms.cli.verdict import SHOWN_MISMATCHES, Verdict
from oms.stack.blueprint import Blueprint, Ports
from oms.stack.folder import Folder
from oms.stack.subscribers import SUBSCRIBERS
from oms.stack.world import ALL, World

PACE = 7200
PACE_OF_REAL_ORDERS = 86_400
RATE = 4.0
RATE_OF_REAL_ORDERS = 5.0
POLL_SECONDS, POLL_SECONDS_OF_REAL_ORDERS = 5, 20
"""Real seconds between two polls of a demonstration, whatever its pace; each reads some minutes again."""


def demo(
    context: typer.Context,
    orders: Annotated[int, typer.Option(min=1, help="How many orders to invent and offer.")] = 60,
    source: RealOrders = None,
    pace: Pace = None,
    rate: Rate = None,
    seed: Seed = 7,
    scenario: Scenario = "mixed",
    channel: Channels = None,
    stay: Stay = False,
    json_file: JsonFile = None,
    postgres: Postgres = False,
    web_port: WebPort = 0,
    ui_port: UiPort = 0,
    temporal_port: TemporalPort = 0,
) -> None:
    """Let orders go their whole way on real servers, and let the outside world judge.

    Starts a Temporal server with its UI, a database, six simulated sales platforms, a warehouse and a
    carrier, web, worker and Schedules; offers orders; shows them on a board; compares at the end what the outside world received
    with what we hold. Exit code 0 only if every order offered was started and ended as it should: none
    missed, none doubled, nothing shipped twice. Nothing keeps running afterwards unless you say --stay.

    Examples:

    ```
    starter.py demo                                  # 60 orders, about a minute
    starter.py demo --orders 200 --json out.json     # the figures for a program
    starter.py demo --channel pdd --channel jd       # on these platforms only
    starter.py demo --from ../shared/data/olist      # 2,482 real orders with their real gaps
    starter.py demo --stay --ui-port 8233            # look around afterwards; Ctrl-C ends it
    ```
    """
    place: Place = context.obj
    world = World(
        pace=pace or (PACE_OF_REAL_ORDERS if source else PACE),
        orders=orders,
        rate=rate or RATE,
        seed=seed,
        source=source,
        arrivals_per_second=(rate or RATE_OF_REAL_ORDERS) if source else None,
        scenario=scenario,
        channels=tuple(channel or ALL),
        subscribers=tuple(SUBSCRIBERS),
    )
    ports = Ports(temporal=temporal_port, ui=ui_port, web=web_port)
    blueprint = drawn(place, world, ports, postgres=postgres)
    verdicts: list[Verdict] = []
    try:
        run_until_interrupted(_demo(place.output, blueprint, json_file, verdicts, stay=stay))
    except Interrupted:
        if not verdicts:
            raise
    if not verdicts[0].agrees:
        raise Trouble("the oracle does not agree", f"the logs are in {blueprint.run.path}", Code.NOT_AS_ASKED)


def drawn(place: Place, world: World, ports: Ports, *, postgres: bool = False) -> Blueprint:
    """Draw a stack with a folder of its own, whose shops are polled every few real seconds."""
    run = Folder.new_run(place.base)
    surroundings = dict(place.surroundings)
    surroundings.setdefault("OMS_POLL_EVERY_SECONDS", str(_poll_seconds(world) * world.pace))
    return Blueprint(
        run=run, keep=run.path, surroundings=surroundings, world=world, ports=ports, postgres=postgres
    )


def _poll_seconds(world: World) -> int:
    return POLL_SECONDS_OF_REAL_ORDERS if world.source else POLL_SECONDS


async def _demo(
    output: Output, blueprint: Blueprint, json_file: Path | None, verdicts: list[Verdict], *, stay: bool
) -> None:
    troubles: list[str] = []
    async with running(blueprint, output, troubles) as stands:
        verdict = await _rehearse(stands, output, troubles)
        verdicts.append(verdict)
        _write(verdict, json_file)
        show_verdict(output, verdict)
        if stay:
            await stay_up(stands, output)


def _write(verdict: Verdict, json_file: Path | None) -> None:
    if json_file:
        json_file.write_text(verdict.model_dump_json(indent=2) + "\n", encoding="utf-8")


async def _rehearse(stands: Running, output: Output, troubles: list[str]) -> Verdict:
    rehearsal = rehearsal_on(stands, output, troubles)
    verdict = await rehearsal.run(stands.addresses)
    tell_if_stalled(rehearsal, output)
    return verdict


def rehearsal_on(stands: Running, output: Output, troubles: list[str]) -> Rehearsal:
    """Prepare the rehearsal of what the stack's world offers."""
    world = stands.stack.blueprint.world
    to_offer = world.orders if world and not world.source else None
    return Rehearsal(stands.stack, stands.store, stands.client, output, to_offer, troubles)


def tell_if_stalled(rehearsal: Rehearsal, output: Output) -> None:
    """Show which orders have not ended, when nothing moved any more."""
    if rehearsal.stalled:
        output.trouble("nothing has moved for too long; these orders have not ended")
        output.rows("Stuck", rehearsal.stuck(), as_json=False)
        output.say(f"the outside world still waits for: {rehearsal.outstanding() or 'nothing'}")


def show_verdict(output: Output, verdict: Verdict) -> None:
    """Show the figures, and what is not as it should be."""
    figures = verdict.model_dump(exclude={"mismatches", "by_channel", "timetable"})
    output.facts(
        "The oracle agrees" if verdict.agrees else "The oracle does NOT agree", figures, as_json=False
    )
    channels = [{"channel": name, **figures.model_dump()} for name, figures in verdict.by_channel.items()]
    output.rows("By channel", channels, as_json=False)
    rows = [{"row": name, **row.model_dump()} for name, row in verdict.timetable.items()]
    output.rows("The timetable, business seconds and real ones", rows, as_json=False)
    for mismatch in verdict.mismatches[:SHOWN_MISMATCHES]:
        output.trouble(f"order {mismatch}")
    more = len(verdict.mismatches) - SHOWN_MISMATCHES
    if more > 0:
        output.say(f"  … and {more} more")
