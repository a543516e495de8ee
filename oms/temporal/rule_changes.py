"""Start telling the orders in flight of a new version of the rules."""

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from oms.domain.errands import SpreadRules
from oms.domain.errors import Unavailable
from oms.domain.summaries import Words
from oms.temporal.client import ORDERS_QUEUE

SPREAD_WORKFLOW = "SpreadRulesWorkflow"


def spread_id(version: str) -> str:
    """Name the workflow that tells of a version."""
    return f"rules:{version}"


async def start_spreading(client: Client, errand: SpreadRules, *, queue: str = ORDERS_QUEUE) -> None:
    """Start it unless it runs already; after its end, orders are told again, which changes nothing for them.

    Raises Unavailable.
    """
    try:
        await client.start_workflow(
            SPREAD_WORKFLOW,
            errand,
            id=spread_id(errand.version),
            task_queue=queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=Words(f"tell orders in flight of rules {errand.version}"),
        )
    except RPCError as error:
        raise Unavailable(
            f"the spreading of {errand.version} could not be started in Temporal: {error.status.name}"
        ) from error
