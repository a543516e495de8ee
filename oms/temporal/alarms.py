"""Open and close alerts: one workflow a condition, reached by signal-with-start."""

from collections.abc import Callable
from datetime import datetime

from temporalio.client import Client
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.service import RPCError, RPCStatusCode

from oms.domain.alerting import AlertState, title
from oms.domain.alerts import Condition, ConditionOver
from oms.domain.errors import Unavailable
from oms.domain.model import Moment
from oms.temporal import attributes
from oms.temporal.client import EVENTS_QUEUE

ALERT_WORKFLOW = "AlertWorkflow"


def alert_id(key: str) -> str:
    """Name the workflow of a condition."""
    return f"alert:{key}"


class TemporalAlarms:
    """Fulfils `oms.ports.alarms.Alarms` with Temporal."""

    def __init__(
        self, client: Client, clock: Callable[[], datetime], *, pace: int = 1, queue: str = EVENTS_QUEUE
    ) -> None:
        """Take a connected client; `pace` travels in the input of every alert. Alerts share no queue with orders."""
        self._client, self._clock, self._pace, self._queue = client, clock, pace, queue

    async def open(self, condition: Condition) -> None:
        """Say that a condition is so; the same key said again is the same alert, until it is over.

        Raises Unavailable when Temporal cannot be reached.
        """
        state = AlertState.begin(condition, self._clock(), self._pace)
        channel, _, shop = condition.shop.rpartition(":")
        shown = {attributes.BUSINESS_ID: condition.key, attributes.CHANNEL: channel, attributes.SHOP: shop}
        pairs = [SearchAttributePair(key, value) for key, value in shown.items() if value]
        try:
            await self._client.start_workflow(
                ALERT_WORKFLOW, state, id=alert_id(condition.key), task_queue=self._queue,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                static_summary=title(state), search_attributes=TypedSearchAttributes(pairs),
                start_signal="open", start_signal_args=[condition],
            )  # fmt: skip
        except RPCError as error:
            raise Unavailable(
                f"alert {condition.key} could not be opened in Temporal: {error.status.name}"
            ) from error

    async def over(self, key: str, at: Moment, why: str) -> None:
        """Say that a condition has ended; nothing happens when no alert is open. Raises Unavailable."""
        try:
            await self._client.get_workflow_handle(alert_id(key)).signal(
                "over", ConditionOver(at=at, why=why)
            )
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise Unavailable(
                    f"alert {key} could not be reached in Temporal: {error.status.name}"
                ) from error
