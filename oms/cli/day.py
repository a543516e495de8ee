"""`day`: a day of every shop, with lost messages, outages and moving lists; at its end, nothing is missing."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from oms.cli.completeness import Day, Sweeps, held, outages_seen, shops_days, sweep_all
from oms.cli.demo import drawn, rehearsal_on, show_verdict, tell_if_stalled
from oms.cli.interrupts import run_until_interrupted
from oms.cli.options import Channels, JsonFile, Seed
from oms.cli.ordeal import ordeal
from oms.cli.output import Code, Output, Trouble
from oms.cli.place import Place
from oms.cli.rehearsal import Rehearsal
from oms.cli.running import Running, running
from oms.domain.ids import ShopKey
from oms.stack.blueprint import Blueprint, Ports
from oms.stack.loopback import delete_json, get_json
from oms.stack.world import ALL, OWN, SHOP, World

ORDERS_PER_SHOP = 2000
PACE = 3600
RATE = 4.5


def day(
    context: typer.Context,
    orders_per_shop: Annotated[
        int, typer.Option(min=1, help="How many orders each shop takes.")
    ] = ORDERS_PER_SHOP,
    pace: Annotated[int, typer.Option(min=1, help="Business seconds in a real one.")] = PACE,
    rate: Annotated[
        float, typer.Option(min=0.01, help="Orders offered a real second, over all shops.")
    ] = RATE,
    seed: Seed = 7,
    channel: Channels = None,
    json_file: JsonFile = None,
) -> None:
    """Let six shops sell while everything goes wrong, and prove that nothing is missing.

    Of what the platforms tell us, 5 % is lost and 10 % comes twice. One platform answers errors for a
    while, another hangs, then all of them show web pages. Orders move while their list is read. When
    every order has ended, each shop is swept; a second sweep must count as many orders there as here and
    as were offered, and find nothing. Exit code 0 only if so, and if the oracle agrees as in `demo`.

    Examples:

    ```
    starter.py day --orders-per-shop 50              # about three minutes
    starter.py day --json day.json                   # 6 × 2,000 orders, 50 minutes or so
    starter.py day --channel pdd --channel wechat    # of two shops only
    ```
    """
    place: Place = context.obj
    world = ordeal(tuple(channel or ALL), orders_per_shop, pace=pace, rate=rate, seed=seed)
    blueprint = drawn(place, world, Ports())
    done = run_until_interrupted(_day(place.output, blueprint, json_file))
    if not done.agrees:
        raise Trouble(
            "something was missed, doubled or miscounted",
            f"the logs are in {blueprint.run.path}",
            Code.NOT_AS_ASKED,
        )


async def _day(output: Output, blueprint: Blueprint, json_file: Path | None) -> Day:
    troubles: list[str] = []
    async with running(blueprint, output, troubles) as stands:
        done = await live_a_day(stands, output, troubles)
        _write(done, json_file)
        show_day(output, done)
    return done


def _write(done: Day, json_file: Path | None) -> None:
    if json_file:
        json_file.write_text(json.dumps(done.figures(), indent=2) + "\n", encoding="utf-8")


async def live_a_day(stands: Running, output: Output, troubles: list[str]) -> Day:
    """Offer the day's orders to a running stack, let each live to its end, sweep twice, and judge. Raises Trouble."""
    rehearsal = rehearsal_on(stands, output, troubles)
    days = _Days(stands, output, rehearsal)
    await rehearsal.begin()
    seen = await rehearsal.live(stands.addresses)
    recovering = await days.sweep("what did the polls miss?")
    if any(done.recovered for done in recovering.values()):
        seen = await rehearsal.live(stands.addresses)
    tell_if_stalled(rehearsal, output)
    struck: dict[str, int] = (await delete_json(days.port, "/control/faults"))["struck"]
    proving = await days.sweep("is anything missing still?")
    verdict = await rehearsal.judged(seen)
    lost = (await get_json(days.port, "/control/oracle?brief=1"))["totals"]["webhooks_lost"]
    selling = ["shop" if name == OWN else name for name in days.world.channels]
    return Day(
        verdict=verdict,
        shops=shops_days(held(stands.store), verdict, recovering, proving),
        pushes_lost=lost,
        moving_rows=sum(struck.get(f"{system}.moving", 0) for system in selling),
        outages=outages_seen(days.world.more["outages"], selling, struck),
    )


@dataclass(frozen=True)
class _Days:
    """What the parts of a day work with."""

    stands: Running
    output: Output
    rehearsal: Rehearsal

    @property
    def world(self) -> World:
        world = self.stands.stack.blueprint.world
        assert world is not None  # noqa: S101 - a day without a world offers nothing
        return world

    @property
    def port(self) -> int:
        return self.stands.stack.blueprint.ports.simulator

    async def sweep(self, why: str) -> Sweeps:
        self.output.say(f"· sweeping every shop: {why}")
        shops = [ShopKey(channel=name, shop=SHOP.shop) for name in self.world.channels]
        return await sweep_all(
            self.stands.client, shops, seconds=self.rehearsal.seconds, pace=self.world.pace
        )


def show_day(output: Output, done: Day) -> None:
    """Show the figures of the whole, of every shop, and of what went wrong."""
    show_verdict(output, done.verdict)
    rows: list[dict[str, Any]] = [
        {
            "shop": name,
            "offered": shop.offered,
            "ours": shop.ours,
            "recovered": shop.recovered,
            "platform N": shop.platform_count,
            "ours N": shop.our_count,
            "equal": shop.equal,
            "missed": shop.missed,
            "doubled": shop.duplicated,
        }
        for name, shop in done.shops.items()
    ]
    output.rows("Is anything missing?", rows, as_json=False)
    struck = {f"{', '.join(outage.systems)}: {outage.kind}": outage.struck for outage in done.outages}
    worries = {"pushes lost": done.pushes_lost, "rows moved": done.moving_rows, **struck}
    output.facts("What went wrong, and how often", worries, as_json=False)
