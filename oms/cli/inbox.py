"""`inbox`: payloads that could not be read, kept as received."""

import asyncio
from collections.abc import Callable
from typing import Annotated

import typer

from oms.cli.intake import intake_counter
from oms.cli.options import AsJson
from oms.cli.output import Code, Trouble
from oms.cli.place import Place
from oms.rereading import Rereading
from oms.store.inbox import Arrival

app = typer.Typer(
    rich_markup_mode="markdown",
    no_args_is_help=True,
    help="Look at payloads that could not be read, and try them again.",
)
MANY = 10_000


@app.command("list")
def list_(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, oldest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the parked payloads: when they came, which way, and why they could not be read.

    Example:

    ```
    starter.py inbox list --json | jq -r '.[].reason' | sort | uniq -c
    ```
    """
    place: Place = context.obj
    rows = [_row(arrival) for arrival in place.store().inbox.parked(limit)]
    place.output.rows("Parked payloads", rows, as_json=as_json, none="none; everything that came in was read")


def _row(arrival: Arrival) -> dict[str, object]:
    return {
        "id": arrival.inbox_id, "received": arrival.received_at, "shop": str(arrival.shop or ""),
        "from": arrival.source, "way": str(arrival.way), "why": arrival.reason,
    }  # fmt: skip


@app.command()
def retry(
    context: typer.Context,
    ids: Annotated[
        list[str] | None, typer.Argument(help="Which payloads, by the id that `inbox list` shows.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every parked payload.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read parked payloads again, after a mapping was mended; those that are read now reach their orders.

    Examples:

    ```
    starter.py inbox retry 1795363200.123456-0a1b2c3d
    starter.py inbox retry --all
    ```
    """
    place: Place = context.obj
    if not ids and not everything:
        raise Trouble("which payloads?", "name their ids, or give --all", Code.WRONG_USE)
    rows = asyncio.run(_retry(place, frozenset(ids or ())))
    place.output.rows("Read again", rows, as_json=as_json, none="nothing is parked")
    if any(row["now"] == "parked" for row in rows):
        raise Trouble("some payloads still cannot be read", "`starter.py inbox list` says why")


async def _retry(place: Place, ids: frozenset[str]) -> list[dict[str, object]]:
    async with intake_counter(place) as counter:
        parked = await asyncio.to_thread(counter.store.inbox.parked, MANY)
        chosen = [arrival for arrival in parked if not ids or arrival.inbox_id in ids]
        if unknown := ids - {arrival.inbox_id for arrival in chosen}:
            raise Trouble(
                f"not parked: {', '.join(sorted(unknown))}", "`starter.py inbox list` shows what is"
            )
        rereading = Rereading(counter.store, counter.intake, counter.cashier)
        with place.output.progress("reading again", len(chosen)) as advance:
            return [await _again(rereading, arrival, advance) for arrival in chosen]


async def _again(rereading: Rereading, arrival: Arrival, advance: Callable[[], None]) -> dict[str, object]:
    read = await rereading.again(arrival, "operator")
    advance()
    return {"id": read.inbox_id, "now": read.now, "order": read.order, "why": read.why}
