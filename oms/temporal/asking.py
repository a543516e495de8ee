"""Ask an order for something: an update, answered at once with done or a refusal in words."""

import asyncio

from temporalio.client import (
    Client,
    RPCError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.service import RPCStatusCode

from oms.domain.errors import Unavailable
from oms.domain.ids import OrderKey
from oms.domain.messages import Done
from oms.domain.model import Message
from oms.ports.asking import Agreed, Answer, Asked, Declined, NotRunning

PATIENCE_SECONDS = 30.0


def the_order(key: OrderKey) -> Asked:
    """Name an order as somebody who can be asked."""
    return Asked(key.workflow_id, "order", str(key))


def the_case(key: str) -> Asked:
    """Name an after-sale as somebody who can be asked."""
    return Asked(f"aftersale:{key}", "aftersale", key)


class TemporalAsking:
    """Fulfils `oms.ports.asking.Asks` with Temporal's updates; `once` is the id by which it knows them apart."""

    def __init__(self, client: Client, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """Take a connected client, and how long an answer is waited for."""
        self._client = client
        self._patience_seconds = patience_seconds

    async def ask(self, asked: Asked, update: str, message: Message, *, once: str = "") -> Answer:
        """Ask, and wait for the answer. Raises Unavailable when nobody answers in time."""
        patience = asyncio.timeout(self._patience_seconds)
        try:
            async with patience:
                handle = self._client.get_workflow_handle(asked.workflow)
                done: Done = await handle.execute_update(update, message, id=once or None, result_type=Done)
        except WorkflowUpdateFailedError as refusal:
            return Declined(why=str(refusal.cause))
        except WorkflowUpdateRPCTimeoutOrCancelledError as error:
            task = asyncio.current_task()
            if task and task.cancelling() and not patience.expired():
                raise asyncio.CancelledError from error  # the SDK hides who called it off: somebody who wants us to end
            raise Unavailable(f"no worker answered for {asked.name}") from error
        except TimeoutError as error:
            raise Unavailable(f"no worker answered for {asked.name}") from error
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return NotRunning()
            raise Unavailable(
                f"{asked.name} could not be reached in Temporal: {error.status.name}"
            ) from error
        return Agreed(note=done.note)
