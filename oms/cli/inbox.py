"""`inbox`: payloads that could not be read, kept as received."""

import asyncio
from collections.abc import Callable
from typing import Annotated

import typer

from oms.cli.intake import intake_counter
from oms.cli.options import AsJson
from oms.cli.output import Code, Trouble
from oms.cli.place import Place
from oms.domain.messages import Way
from oms.intake import Receipt
from oms.opening import Counter
from oms.store.inbox import Arrival, Fate

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
        with place.output.progress("reading again", len(chosen)) as advance:
            return [await _again(counter, arrival, advance) for arrival in chosen]


async def _again(counter: Counter, arrival: Arrival, advance: Callable[[], None]) -> dict[str, object]:
    if arrival.source == "payment":
        receipt = await counter.cashier.retry(arrival)
        advance()
        return _told(arrival.inbox_id, receipt)
    if arrival.shop is not None and arrival.source == "after_sale":
        receipt = await counter.intake.retry(arrival)
        advance()
        return {
            "id": arrival.inbox_id, "now": receipt.status, "order": str(receipt.order or ""), "why": receipt.reason,
        }  # fmt: skip
    if arrival.shop is None or arrival.source != "channel":
        advance()
        return {"id": arrival.inbox_id, "now": arrival.status, "order": "", "why": "not a platform's order"}
    payload = await asyncio.to_thread(
        counter.store.inbox.payload, arrival.inbox_id, who="operator", purpose="inbox retry"
    )
    receipt = await counter.intake.receive(arrival.shop, Way.RESYNC, payload)
    outcome = f"read again as {receipt.inbox_id}"
    fate: Fate = "ended" if receipt.status == "parked" else "repeated"
    await asyncio.to_thread(counter.store.inbox.settle, arrival.inbox_id, fate, receipt.order, outcome)
    advance()
    return _told(arrival.inbox_id, receipt)


def _told(inbox_id: str, receipt: Receipt) -> dict[str, object]:
    order = str(receipt.order or "")
    return {"id": inbox_id, "now": receipt.status, "order": order, "why": receipt.reason}
