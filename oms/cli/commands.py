"""Ask an order for something: an update, answered at once with done or a refusal in words."""

import asyncio
from typing import NamedTuple

import typer
from temporalio.client import (
    Client,
    RPCError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.service import RPCStatusCode

from oms.cli.output import Code, Trouble
from oms.cli.place import Place
from oms.domain.ids import OrderKey
from oms.domain.messages import Command, Done
from oms.domain.model import Message

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
    return await ask_one(client, Asked(key.workflow_id, "order", str(key)), update, message)


class Asked(NamedTuple):
    """Who is asked: its workflow, what it is (also the command that shows it), and its name for people."""

    workflow: str
    what: str
    name: str


async def ask_one(client: Client, asked: Asked, update: str, message: Message) -> Done:
    """Send an update to an order or one of its cases. Raises Trouble as `ask` does."""
    show = f"`starter.py {asked.what} show {asked.name}`"
    unanswered = Trouble(f"no worker answered for {asked.name}", "is one running?", Code.UNREACHABLE)
    patience = asyncio.timeout(PATIENCE_SECONDS)
    try:
        async with patience:
            handle = client.get_workflow_handle(asked.workflow)
            done: Done = await handle.execute_update(update, message, result_type=Done)
    except WorkflowUpdateFailedError as refusal:
        raise Trouble(f"the {asked.what} refuses: {refusal.cause}", f"{show} says where it is") from refusal
    except WorkflowUpdateRPCTimeoutOrCancelledError as error:
        task = asyncio.current_task()
        if task and task.cancelling() and not patience.expired():
            raise asyncio.CancelledError from error  # the SDK hides who called it off: somebody who wants us to end
        raise unanswered from error
    except TimeoutError as error:
        raise unanswered from error
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        raise Trouble(
            f"no {asked.what} {asked.name} is running", f"{show} says whether it has ended"
        ) from error
    return done
