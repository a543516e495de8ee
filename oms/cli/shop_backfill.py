"""`shops backfill|holes`: read a stretch of a shop's time again, and see what was read again by itself."""

import asyncio
from datetime import datetime
from typing import Annotated, Any

import typer
from temporalio.client import Client

from oms.backfilling import windows_of
from oms.cli.options import AsJson
from oms.cli.output import Code, Trouble
from oms.cli.place import Place
from oms.cli.polls import by_hand
from oms.cli.rule_files import moment_of
from oms.clock import wall_clock
from oms.domain.errands import SweepDone, SweepShop
from oms.domain.ids import ShopKey
from oms.domain.periods import BUSINESS_ZONE, Period

MOST_DAYS = 92
"""Farther back platforms show nothing, or only in another list."""
Shop = Annotated[str, typer.Argument(help="Which shop, as channel:shop or shop.", show_default=False)]


def backfill(
    context: typer.Context, shop: Shop,
    since: Annotated[str, typer.Option("--since", metavar="MOMENT", help="When the hole began, e.g. 2026-11-22T00:00.")],
    until: Annotated[str, typer.Option("--until", metavar="MOMENT", help="When it ended (default: now).")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show which days would be read again.")] = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Read a stretch of a shop's time again, day by day: fetch what is missing, and write each day's proof anew.

    For a hole that nobody noticed. A hole that an alert knew of is read again by itself: see `shops holes`. Every
    business day that the stretch touches is compared whole; reading twice changes nothing.

    Examples:

    ```
    starter.py shops backfill jd:pop --since 2026-11-22T00:00 --until 2026-11-22T06:00 --dry-run
    starter.py shops backfill jd:pop --since 2026-11-20T18:30 --json | jq 'map(.recovered) | add'
    ```
    """
    place: Place = context.obj
    key, now = place.shop(shop), wall_clock()
    windows = windows_of(_stretch(since, until, now), now)
    if dry_run:
        rows = [{"day": _day(each.since), "since": each.since, "until": each.until} for each in windows]
    else:
        rows = asyncio.run(_backfill(place, key, windows))
    place.output.rows(f"Backfill of {key}", rows, as_json=as_json)


def holes(context: typer.Context, as_json: AsJson = False) -> None:
    """List when orders may have been missed, why, and how many came back when it was read again.

    Examples:

    ```
    starter.py shops holes
    starter.py shops holes --json | jq '.[] | select(.filled == null)'
    ```
    """
    place: Place = context.obj
    rows = [
        {"shop": each.shop_key, "why": each.condition, "since": each.since, "until": each.until, "filled": each.filled_at,
         "recovered": each.recovered}
        for each in place.store().holes.all()
    ]  # fmt: skip
    place.output.rows("Holes", rows, as_json=as_json, none="none so far")


def _stretch(since: str, until: str, now: datetime) -> Period:
    begin, end = moment_of(since), min(moment_of(until), now) if until else now
    if begin >= end:
        raise Trouble("--since must lie before --until, and before now", "turn them round?", Code.WRONG_USE)
    stretch = Period(since=begin, until=end)
    if len(stretch.days) > MOST_DAYS:
        raise Trouble(f"that is {len(stretch.days)} days", f"say {MOST_DAYS} at most", Code.WRONG_USE)
    return stretch


async def _backfill(place: Place, shop: ShopKey, windows: list[Period]) -> list[dict[str, Any]]:
    client = await place.temporal()
    rows = []
    with place.output.progress(f"reading {shop} again", len(windows)) as advance:
        for window in windows:
            rows.append(_row(window, await _read(client, shop, window)))
            advance()
    return rows


async def _read(client: Client, shop: ShopKey, window: Period) -> SweepDone:
    errand = SweepShop(shop=shop, since=window.since, until=window.until)
    return SweepDone.model_validate(await by_hand(client, "SweepShopWorkflow", f"backfill:{shop}", errand))


def _row(window: Period, done: SweepDone) -> dict[str, Any]:
    return {"day": _day(window.since), **done.model_dump(mode="json", exclude={"which"})}


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(BUSINESS_ZONE):%Y-%m-%d}"
