"""Deliver facts to orders: signal-with-start for snapshots, plain signals for what only a known order can get."""

from collections.abc import Collection, Mapping
from typing import Any

from temporalio.client import Client
from temporalio.common import (
    Priority,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from oms.domain.errors import Unavailable
from oms.domain.ids import OrderKey
from oms.domain.messages import (
    AddressWanted,
    ParcelEvent,
    PaymentSeen,
    RulesChanged,
    SnapshotArrived,
    StockArrived,
    WarehouseEvent,
    Way,
)
from oms.domain.model import Message
from oms.domain.state import EDITION, Begin, OrderState
from oms.domain.summaries import title
from oms.temporal import attributes
from oms.temporal.case_letters import CaseLetters
from oms.temporal.client import ORDERS_QUEUE

ORDER_WORKFLOW = "OrderWorkflow"
USUAL_PRIORITY = 3
"""What Temporal gives a workflow that names none; 1 comes first, 5 last."""
FOUND_BY_US = frozenset({Way.POLL, Way.SWEEP})
"""Whoever began an order this way was not called: there may be thousands more."""


class TemporalMailbox(CaseLetters):
    """Fulfils `oms.ports.Mailbox` with Temporal."""

    def __init__(
        self, client: Client, *, pace: int = 1, queue: str = ORDERS_QUEUE, edition: int = EDITION,
        limited: Collection[str] = (), found_priority: int = USUAL_PRIORITY,
    ) -> None:  # fmt: skip
        """Take a connected client; `pace` and `edition` travel in the input of every order started.

        `limited`: the channels whose platforms have a quota. `found_priority`: of the orders that a poll or a sweep
        begins, for as long as they live; the usual one makes no difference between them and others.
        """
        self._found_priority = found_priority
        self._limited = limited
        self._client = client
        self._pace = pace
        self._queue = queue
        self._edition = edition

    async def begin(self, message: SnapshotArrived) -> bool:
        """Begin an order that nobody has heard of; should it be there after all, it hears the snapshot.

        A plain start: it carries the snapshot already, and a signal beside it would cost the server a seventh more.
        """
        try:
            await self._start(message, WorkflowIDConflictPolicy.FAIL)
        except WorkflowAlreadyStartedError:
            return await self.snapshot(message)
        return True

    async def snapshot(self, message: SnapshotArrived) -> bool:
        """Hand a snapshot to its order, starting it if need be; False when the order has already ended."""
        try:
            await self._start(
                message,
                WorkflowIDConflictPolicy.USE_EXISTING,
                start_signal="snapshot",
                start_signal_args=[message],
            )
        except WorkflowAlreadyStartedError:
            return False
        return True

    async def _start(
        self, message: SnapshotArrived, if_running: WorkflowIDConflictPolicy, **signal: Any
    ) -> None:
        key, order = message.snapshot.key, OrderState.begin(message, self._pace)
        begin = Begin(
            first=message, pace=self._pace, edition=self._edition, limited=key.channel in self._limited
        )
        try:
            await self._client.start_workflow(
                ORDER_WORKFLOW, begin, id=key.workflow_id, task_queue=self._queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE, id_conflict_policy=if_running,
                static_summary=title(order), search_attributes=first_attributes(order),
                priority=self._priority(message), **signal,
            )  # fmt: skip
        except RPCError as error:
            raise Unavailable(f"order {key} could not be reached in Temporal: {error.status.name}") from error

    def _priority(self, message: SnapshotArrived) -> Priority:
        shop = str(message.snapshot.key.shop_key)
        if message.way in FOUND_BY_US and self._found_priority != USUAL_PRIORITY:
            return Priority(priority_key=self._found_priority, fairness_key=shop)
        return Priority(fairness_key=shop)

    async def warehouse(self, order: OrderKey, event: WarehouseEvent) -> bool:
        """Hand a warehouse's word to its order; False when there is no such order running."""
        return await self._signal(order, "wms_event", event)

    async def parcel(self, order: OrderKey, event: ParcelEvent) -> bool:
        """Hand a carrier's word to its order; False when there is no such order running."""
        return await self._signal(order, "parcel_event", event)

    async def payment(self, order: OrderKey, event: PaymentSeen) -> bool:
        """Tell an order that its money came in; False when there is no such order running."""
        return await self._signal(order, "paid", event)

    async def address_wanted(self, order: OrderKey, event: AddressWanted) -> bool:
        """Tell an order that its buyer asks for another address; False when there is no such order running."""
        return await self._signal(order, "address_wanted", event)

    async def stock(self, order: OrderKey, event: StockArrived) -> bool:
        """Tell an order that its goods came in; False when there is no such order running."""
        return await self._signal(order, "stock_arrived", event)

    async def rules_changed(self, order: OrderKey, message: RulesChanged) -> bool:
        """Tell an order that it lives by another version of the table; False when there is no such order running."""
        return await self._signal(order, "rules_changed", message)

    async def _signal(self, order: OrderKey, name: str, message: Message) -> bool:
        try:
            await self._client.get_workflow_handle(order.workflow_id).signal(name, message)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise Unavailable(
                f"order {order} could not be reached in Temporal: {error.status.name}"
            ) from error
        return True


def first_attributes(order: OrderState) -> TypedSearchAttributes:
    """Return the search attributes an order starts with."""
    shown: Mapping[str, str] = {
        "OrderStage": order.stage,
        "Channel": order.key.channel,
        "Shop": order.key.shop,
        "BusinessId": order.business_id,
        "SlaState": order.sla,
    }
    keys = {
        key.name: key
        for key in (
            attributes.STAGE,
            attributes.CHANNEL,
            attributes.SHOP,
            attributes.BUSINESS_ID,
            attributes.SLA_STATE,
        )
    }
    return TypedSearchAttributes(
        [SearchAttributePair(keys[name], str(value)) for name, value in shown.items()]
    )
