"""Hand orders to warehouses, and take them back."""

import asyncio
from collections.abc import Mapping

from temporalio import activity

from activities.requests import JudgeOrder, RecallOrder, ReleaseOrder
from activities.rules import RuleActivities
from oms.domain.ids import OrderKey, ShopKey
from oms.domain.receiver import Receiver
from oms.domain.rulings import Barred, Phase
from oms.ports import Accepted, CancelAccepted, CancelRefused, Channel, Rejected, RevealsReceivers, Warehouse
from oms.store import Store


class WarehouseActivities:
    """The warehouse management systems; the only place, beside the carrier's, where a receiver is decrypted."""

    def __init__(
        self, warehouse: Warehouse, store: Store, channels: Mapping[ShopKey, Channel], rules: RuleActivities
    ) -> None:
        """Take the warehouse, the store whose vault holds receivers, the shops that may have to reveal them, the gate."""
        self._rules = rules
        self._warehouse = warehouse
        self._store = store
        self._channels = channels

    @activity.defn(name="warehouse.release")
    async def release(self, request: ReleaseOrder) -> Accepted | Rejected | Barred:
        """Ask the gate once more, then the warehouse to ship; asked twice with one code, it ships once."""
        order = request.delivery.order
        if request.facts is not None:
            question = JudgeOrder(phase=Phase.PUSH, facts=request.facts, version=request.version)
            ruling = await asyncio.to_thread(self._rules.judge, question)
            if not ruling.clear:
                activity.logger.warning("delivery.barred", extra={"order": str(order), "rules": ruling.names})
                return Barred(ruling=ruling)
        receiver, remark = await asyncio.to_thread(
            self._store.receivers.get,
            order,
            request.receiver_digest,
            who="orderloom",
            purpose=f"ship {request.delivery.code}",
        )
        receiver = await self._revealed(order, receiver)
        answer = await self._warehouse.create(request.delivery, receiver, remark)
        activity.logger.info(
            "delivery.asked",
            extra={"order": str(order), "code": request.delivery.code, "outcome": answer.outcome},
        )
        return answer

    async def _revealed(self, order: OrderKey, receiver: Receiver) -> Receiver:
        """Have a masked receiver revealed, just now and for this parcel only; nothing of it is kept."""
        channel = self._channels.get(order.shop_key)
        if not receiver.token or not isinstance(channel, RevealsReceivers):
            return receiver
        await asyncio.to_thread(
            self._store.decryptions.announce,
            who="orderloom", subject=str(order), purpose="have its platform reveal it, to ship",
        )  # fmt: skip
        return await channel.reveal(order.number, receiver)

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
