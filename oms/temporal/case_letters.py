"""Deliver facts to after-sales: signal-with-start for their platform's word, plain signals for the rest."""

from collections.abc import Collection
from typing import Any

from temporalio.client import Client, WorkflowQueryFailedError, WorkflowQueryRejectedError
from temporalio.common import (
    Priority,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from oms.domain.aftersale import AfterSale
from oms.domain.aftersales.book import workflow_id
from oms.domain.aftersales.messages import ReturnArrived
from oms.domain.aftersales.parcel_back import ParcelBack, case_of
from oms.domain.aftersales.state import CASE_EDITION, CaseState, OpenCase
from oms.domain.aftersales.telling import as_platform_says
from oms.domain.aftersales.words import title
from oms.domain.aftersales.words_in import open_memory
from oms.domain.errors import Unavailable
from oms.domain.ids import OrderKey
from oms.domain.messages import ParcelEvent, WarehouseEvent
from oms.domain.model import Message
from oms.domain.state import OrderState
from oms.temporal import attributes

CASE_WORKFLOW = "AfterSaleWorkflow"


class CaseLetters:
    """The half of a mailbox that is about after-sales."""

    _client: Client
    _pace: int
    _queue: str
    _limited: Collection[str]

    async def after_sale(self, case: AfterSale) -> bool:
        """Tell the order, so that it stops what is concerned; then the case, which is opened if need be.

        False when the case has ended. An order that does not run any more is none of its trouble.
        """
        await self._tell(case.order.workflow_id, "after_sale", as_platform_says(case))
        return await self._open(self._opening(case), start_signal="case", start_signal_args=[case])

    async def open_for_parcel(self, back: ParcelBack) -> bool:
        """Open the case of a parcel that comes back unasked, once, and tell its order; False when it has ended."""
        case = case_of(back)
        await self._tell(case.order.workflow_id, "after_sale", as_platform_says(case))
        return await self._open(self._opening(case).model_copy(update={"ours": back}))

    def _opening(self, case: AfterSale) -> OpenCase:
        limited = case.order.channel in self._limited
        return OpenCase(first=case, pace=self._pace, edition=CASE_EDITION, limited=limited)

    async def _open(self, opening: OpenCase, **signal: Any) -> bool:
        state = open_memory(opening)
        whom = workflow_id(state.key)
        try:
            await self._client.start_workflow(
                CASE_WORKFLOW, opening, id=whom, task_queue=self._queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                static_summary=title(state), search_attributes=_first_attributes(state),
                priority=Priority(fairness_key=str(opening.first.order.shop_key)), **signal,
            )  # fmt: skip
        except WorkflowAlreadyStartedError:
            return False
        except RPCError as error:
            raise _unreachable(whom, error) from error
        return True

    async def returned(self, case: str, event: ReturnArrived) -> bool:
        """Hand a case what the warehouse found in its return; False when it is not running."""
        return await self._tell(workflow_id(case), "returned", event)

    async def case_delivery(self, case: str, event: WarehouseEvent) -> bool:
        """Hand a case a warehouse's word on what it announced or sent once more; False when it is not running."""
        return await self._tell(workflow_id(case), "wms_event", event)

    async def case_parcel(self, case: str, event: ParcelEvent) -> bool:
        """Hand a case a carrier's word on the parcel that comes back; False when it is not running."""
        return await self._tell(workflow_id(case), "parcel_event", event)

    async def order_state(self, order: OrderKey) -> OrderState | None:
        """Return an order's memory, also of one that has ended; None when its workflow is no longer kept."""
        handle = self._client.get_workflow_handle(order.workflow_id)
        try:
            remembered = await handle.query("state")
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise _unreachable(order.workflow_id, error) from error
        except (WorkflowQueryFailedError, WorkflowQueryRejectedError) as error:
            raise Unavailable(f"{order.workflow_id} does not answer: {error}") from error
        return OrderState.model_validate(remembered)

    async def _tell(self, whom: str, name: str, message: Message) -> bool:
        try:
            await self._client.get_workflow_handle(whom).signal(name, message)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise _unreachable(whom, error) from error
        return True


def _unreachable(whom: str, error: RPCError) -> Unavailable:
    return Unavailable(f"{whom} could not be reached in Temporal: {error.status.name}")


def _first_attributes(state: CaseState) -> TypedSearchAttributes:
    order = state.case.order
    return TypedSearchAttributes(
        [
            SearchAttributePair(attributes.AFTER_SALE_STATUS, str(state.status)),
            SearchAttributePair(attributes.CHANNEL, order.channel),
            SearchAttributePair(attributes.SHOP, order.shop),
            SearchAttributePair(attributes.SLA_STATE, str(state.sla)),
        ]
    )
