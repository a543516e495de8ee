"""`poll` and `sweep`: ask a shop now, without waiting for its Schedule."""

import asyncio
from datetime import timedelta
from typing import Annotated, Any
from uuid import uuid4

import typer
from pydantic import BaseModel
from temporalio.client import Client, WorkflowFailureError

from oms.cli.options import AsJson
from oms.cli.output import Trouble
from oms.cli.place import Place
from oms.domain.errands import PollShop, SweepShop
from oms.domain.summaries import Words
from oms.temporal.client import ORDERS_QUEUE

PATIENCE = timedelta(minutes=15)
Shop = Annotated[
    str | None,
    typer.Argument(help="Which shop, as channel:shop or shop; may be left out when there is only one."),
]


def poll(context: typer.Context, shop: Shop = None, as_json: AsJson = False) -> None:
    """Fetch what changed in a shop since the cursor, now.

    Does what the Schedule does; doing it twice changes nothing.

    Examples:

    ```
    starter.py poll
    starter.py poll woocommerce:main --json
    ```
    """
    place: Place = context.obj
    key = place.shop(shop)
    errand = PollShop(shop=key, pace=place.settings().pace)
    done = asyncio.run(_run(place, "PollShopWorkflow", f"poll:{key}", errand))
    place.output.facts(f"Poll of {key}", done, as_json=as_json)


def sweep(
    context: typer.Context,
    shop: Shop = None,
    hours: Annotated[int, typer.Option(min=1, max=24 * 90, help="How far to look back.")] = 24,
    as_json: AsJson = False,
) -> None:
    """Compare a shop's own list with ours and fetch what is missing, now.

    Examples:

    ```
    starter.py sweep                           # the last day
    starter.py sweep main --hours 168          # the last week, after an incident
    ```
    """
    place: Place = context.obj
    key = place.shop(shop)
    errand = SweepShop(shop=key, hours=hours, pace=place.settings().pace)
    done = asyncio.run(_run(place, "SweepShopWorkflow", f"sweep:{key}", errand))
    place.output.facts(f"Sweep of {key}, last {hours} h", done, as_json=as_json)


async def _run(place: Place, workflow: str, name: str, errand: BaseModel) -> dict[str, Any]:
    client = await place.temporal()
    with place.output.err.status(f"{name}: waiting for the worker"):
        return await by_hand(client, workflow, name, errand)


async def by_hand(client: Client, workflow: str, name: str, errand: BaseModel) -> dict[str, Any]:
    """Do at once what a Schedule does in its time. Raises Trouble when it fails or takes too long."""
    try:
        done: dict[str, Any] = await client.execute_workflow(
            workflow,
            errand,
            id=f"{name}:by-hand:{uuid4().hex[:8]}",
            task_queue=ORDERS_QUEUE,
            execution_timeout=PATIENCE,
            static_summary=Words(f"{name}, by hand"),
            result_type=dict,
        )
    except WorkflowFailureError as error:
        raise Trouble(
            f"{name} failed: {error.cause}", "is a worker running? its log and the Temporal UI say more"
        ) from error
    return done
