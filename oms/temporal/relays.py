"""The relays of the settings' subscribers: one long-running workflow each, started when a worker starts."""

from collections.abc import Iterable

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode

from oms.domain.errors import Unavailable
from oms.domain.relaying import RelayEvents
from oms.domain.summaries import Words
from oms.temporal.client import EVENTS_QUEUE

RELAY_WORKFLOW = "RelayEventsWorkflow"


def relay_id(subscriber: str) -> str:
    """Name the workflow of a subscriber."""
    return f"relay:{subscriber}"


async def start_relays(
    client: Client, subscribers: Iterable[str], *, pace: int = 1, queue: str = EVENTS_QUEUE
) -> None:
    """Start the relay of each subscriber that has none running; harmless when all run. Raises Unavailable."""
    for name in subscribers:
        try:
            await client.start_workflow(
                RELAY_WORKFLOW,
                RelayEvents(subscriber=name, pace=pace),
                id=relay_id(name),
                task_queue=queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                static_summary=Words(f"tell {name} what happens to orders"),
            )
        except RPCError as error:
            raise Unavailable(
                f"the relay of {name} could not be started in Temporal: {error.status.name}"
            ) from error


async def look_again(client: Client, subscriber: str) -> bool:
    """Let a relay look at once; False when none of that name runs. Raises Unavailable."""
    try:
        await client.get_workflow_handle(relay_id(subscriber)).signal("look")
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise Unavailable(
            f"the relay of {subscriber} could not be reached in Temporal: {error.status.name}"
        ) from error
    return True
