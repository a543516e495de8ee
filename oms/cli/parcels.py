"""`parcels`: what is on its way, what says nothing, and what no carrier has scanned."""

import asyncio
from typing import Annotated

import typer

from oms.cli.options import AsJson
from oms.cli.output import Code, Trouble
from oms.cli.place import Place
from oms.cli.polls import by_hand
from oms.clock import wall_clock
from oms.domain.errands import WatchParcels
from oms.domain.watch import Watched
from oms.store import Store
from oms.temporal.schedules import WATCH_PARCELS
from oms.watching import Silences

app = typer.Typer(
    rich_markup_mode="markdown",
    no_args_is_help=True,
    help="Look at the parcels of unfinished orders, and ask carriers for the silent ones.",
)


@app.command("list")
def list_(
    context: typer.Context,
    silent: Annotated[
        bool, typer.Option("--silent", help="Those that have said nothing for longer than their rule allows.")
    ] = False,
    risk: Annotated[
        bool, typer.Option("--risk", help="Those without a first scan in time: false-shipment risk.")
    ] = False,
    limit: Annotated[
        int, typer.Option(min=1, max=10_000, help="At most so many, longest unasked first.")
    ] = 50,
    as_json: AsJson = False,
) -> None:
    """List the parcels that are on their way: last scan, when the carrier was asked, what it answered.

    `rests_until`: nobody asks before. `told`: since when people know of a missing first scan.

    Examples:

    ```
    starter.py parcels list --silent
    starter.py parcels list --risk --json | jq -r '.[] | [.order, .waybill, .due] | @tsv'
    ```
    """
    place: Place = context.obj
    if silent and risk:
        raise Trouble("--silent and --risk are two lists", "ask for one of them", Code.WRONG_USE)
    silences = _silences(place)
    found = _found(place.store(), silences, limit, silent=silent, risk=risk)
    title = "Silent parcels" if silent else "Parcels without a first scan" if risk else "Parcels on their way"
    place.output.rows(title, [_row(parcel, silences) for parcel in found], as_json=as_json, none="none")


@app.command()
def watch(context: typer.Context, as_json: AsJson = False) -> None:
    """Ask the carriers for silent parcels, now; what was asked lately rests.

    Does what the Schedule does; doing it twice changes nothing.

    Examples:

    ```
    starter.py parcels watch
    starter.py parcels watch --json | jq .healed
    ```
    """
    place: Place = context.obj
    errand = WatchParcels(pace=place.settings().pace)
    done = asyncio.run(_watch(place, errand))
    place.output.facts("Round over the silent parcels", done, as_json=as_json)


async def _watch(place: Place, errand: WatchParcels) -> dict[str, object]:
    client = await place.temporal()
    with place.output.err.status(f"{WATCH_PARCELS}: waiting for the worker"):
        return await by_hand(client, "WatchParcelsWorkflow", WATCH_PARCELS, errand)


def _silences(place: Place) -> Silences:
    settings = place.settings()
    platforms = {shop.key: shop.platform for shop in settings.shops}
    now = wall_clock()
    return Silences(place.shelf().in_force(now), platforms, settings.pace, now)


def _found(store: Store, silences: Silences, limit: int, *, silent: bool, risk: bool) -> tuple[Watched, ...]:
    limits = silences.limits(wall_clock())
    if silent:
        return store.watch.silent(limits, limit)
    return store.watch.unscanned(limits, limit) if risk else store.watch.under_way(limit)


def _row(parcel: Watched, silences: Silences) -> dict[str, object]:
    due = None if parcel.with_carrier else parcel.first_scan_due(silences.of(parcel.order.shop_key))
    return {
        "order": str(parcel.order), "waybill": parcel.waybill, "carrier": parcel.carrier, "state": str(parcel.state),
        "shipped": parcel.shipped_at, "due": due, "last_scan": parcel.scanned_at, "asked": parcel.asked_at,
        "answer": parcel.answer, "rests_until": parcel.rest_until, "told": parcel.risk_at,
    }  # fmt: skip
