"""Hand orders to warehouses, and take them back."""

import asyncio

from temporalio import activity

from activities.requests import RecallOrder, ReleaseOrder
from oms.ports import Accepted, CancelAccepted, CancelRefused, Rejected, Warehouse
from oms.store import Store


class WarehouseActivities:
    """The warehouse management systems; the only place, beside the carrier's, where a receiver is decrypted."""

    def __init__(self, warehouse: Warehouse, store: Store) -> None:
        """Take the warehouse and the store whose vault holds receivers."""
        self._warehouse = warehouse
        self._store = store

    @activity.defn(name="warehouse.release")
    async def release(self, request: ReleaseOrder) -> Accepted | Rejected:
        """Ask the warehouse to ship; asked twice with one code, it ships once."""
        order = request.delivery.order
        receiver, remark = await asyncio.to_thread(
            self._store.receivers.get,
            order,
            request.receiver_digest,
            who="orderloom",
            purpose=f"ship {request.delivery.code}",
        )
        answer = await self._warehouse.create(request.delivery, receiver, remark)
        activity.logger.info(
            "delivery.asked",
            extra={"order": str(order), "code": request.delivery.code, "outcome": answer.outcome},
        )
        return answer

    @activity.defn(name="warehouse.recall")
    async def recall(self, request: RecallOrder) -> CancelAccepted | CancelRefused:
        """Ask the warehouse not to ship; harmless when it was never asked to."""
        answer = await self._warehouse.cancel(
            request.code, request.warehouse, request.why, request.warehouse_number
        )
        activity.logger.info(
            "delivery.recalled",
            extra={"order": str(request.order), "code": request.code, "outcome": answer.outcome},
        )
        return answer
