"""Ask an order for something from the command line: done, or trouble with the order's own words and the next step."""

import asyncio
from typing import assert_never

import typer
from temporalio.client import Client

from oms.cli.output import Code, Trouble
from oms.cli.place import Place
from oms.domain.errors import Unavailable
from oms.domain.ids import OrderKey
from oms.domain.messages import Command, Done
from oms.domain.model import Message
from oms.ports.asking import Agreed, Asked, Declined, NotRunning
from oms.temporal.asking import TemporalAsking, the_order

PATIENCE_SECONDS = 30.0


def command(context: typer.Context, order: str, update: str, message: Command, *, as_json: bool) -> None:
    """Send an update from the command line and show the answer. Raises Trouble when the order refuses."""
    place: Place = context.obj
    key = place.order(order)

    async def send() -> Done:
        return await ask(await place.temporal(), key, update, message)

    done = asyncio.run(send())
    place.output.facts(f"{update} {key}", {"done": True, "note": done.note}, as_json=as_json)


async def ask(client: Client, key: OrderKey, update: str, message: Command) -> Done:
    """Send an update. Raises Trouble when the order refuses, does not run, or no worker answers."""
    return await ask_one(client, the_order(key), update, message)


async def ask_one(client: Client, asked: Asked, update: str, message: Message) -> Done:
    """Send an update to an order or one of its cases. Raises Trouble as `ask` does."""
    show = f"`starter.py {asked.what} show {asked.name}`"
    try:
        answer = await TemporalAsking(client, PATIENCE_SECONDS).ask(asked, update, message)
    except Unavailable as error:
        raise Trouble(str(error), "is a worker running?", Code.UNREACHABLE) from error
    match answer:
        case Agreed(note=note):
            return Done(note=note)
        case Declined(why=why):
            raise Trouble(f"the {asked.what} refuses: {why}", f"{show} says where it is")
        case NotRunning():
            raise Trouble(f"no {asked.what} {asked.name} is running", f"{show} says whether it has ended")
        case _:
            assert_never(answer)
