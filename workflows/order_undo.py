"""Undo an order, by how far it has come: stock back, waybill recycled, warehouse stopped, parcel intercepted."""

from typing import assert_never

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.carriers import CarrierActivities
    from activities.requests import CarrierErrand, RecallOrder
    from activities.warehouse import WarehouseActivities
    from oms.domain import admission, errands_of, fulfilment, summaries, withdrawal
    from oms.domain.deliveries import DeliveryOrder, DeliveryStatus
    from oms.domain.parcels import Parcel
    from oms.domain.stages import Outcome, Stage
    from oms.ports import CancelAccepted, CancelRefused, Intercepted, InterceptRefused
from workflows.footing import said
from workflows.order_waybills import OrderWaybills
from workflows.policies import OUTSIDE


class OrderUndo(OrderWaybills):
    """What is done when an order is not wanted any more. Every undo is harmless if nothing was done."""

    async def undo(self) -> None:
        """Take back what was done so far; what the warehouse will not stop, the carrier is asked to."""
        self.undoing = True
        order = self.order
        await self.recall(order.withdrawal.why if order.withdrawal else "withdrawn")
        while not (withdrawal.nothing_left(order) or withdrawal.settled(order)):
            if order.parcels and not fulfilment.open_deliveries(order) and order.stage is Stage.RELEASED:
                fulfilment.leave(order, self.now)
            self.announce_parcels()
            await self._turn_round()
            await self.until(self._something_to_undo)
        if withdrawal.nothing_left(order):
            withdrawal.verdict(order, "cancelled before anything left the warehouse", self.now)
            withdrawal.end(order, Outcome.CANCELLED, self.now)
        else:
            withdrawal.end(order, withdrawal.roll_up(order), self.now)

    async def recall(self, why: str) -> None:
        """Ask every warehouse that has it, or may have it, not to ship."""
        for delivery in withdrawal.to_recall(self.order):
            await self._recall_one(delivery, why)

    async def _recall_one(self, delivery: DeliveryOrder, why: str) -> None:
        order = self.order
        fulfilment.recalling(order, delivery.code)
        request = RecallOrder(
            book=self.take_book(), order=order.key, code=delivery.code, warehouse=delivery.warehouse,
            warehouse_number=delivery.warehouse_number, why=why,
        )  # fmt: skip
        try:
            answer: CancelAccepted | CancelRefused = await workflow.execute_activity_method(
                WarehouseActivities.recall, request, summary=summaries.recall(delivery), **OUTSIDE
            )
        except ActivityError as error:
            answer = CancelRefused(reason=said(error))
        match answer:
            case CancelAccepted():
                fulfilment.settle_delivery(order, delivery.code, DeliveryStatus.CANCELLED, self.now, why=why)
                await self._give_back(delivery)
            case CancelRefused(reason=reason):
                fulfilment.settle_delivery(
                    order, delivery.code, DeliveryStatus.TOO_LATE, self.now, why=reason
                )
                words = f"{delivery.warehouse} could not stop it ({reason}): the parcel is to be intercepted"
                withdrawal.verdict(order, words, self.now)
            case _:
                assert_never(answer)

    async def _give_back(self, delivery: DeliveryOrder) -> None:
        """Give the stock back when the order is undone, and the waybill when one was drawn."""
        order = self.order
        if self.undoing:
            admission.give_back_stock(order, delivery.warehouse)
        current = fulfilment.find_delivery(order, delivery.code)
        if current is not None and current.waybill and not current.drawn:
            errand = CarrierErrand(
                order=order.key, waybill=current.waybill, carrier=current.carrier, why="not shipped"
            )
            self.run_aside(self._recycle(errand), f"recycle {current.waybill}")

    async def _recycle(self, errand: CarrierErrand) -> None:
        try:
            await workflow.execute_activity_method(
                CarrierActivities.recycle, errand, summary=summaries.recycle(errand.waybill), **OUTSIDE
            )
        except ActivityError as error:
            note = f"waybill {errand.waybill} could not be given back: {said(error)}"
            await self.tell(errands_of.notice(self.order, "operations", note))
        else:
            self.order.note(self.now, "waybill.recycled", actor=errand.carrier, after=errand.waybill)

    def _something_to_undo(self) -> bool:
        order = self.order
        over = withdrawal.nothing_left(order) or withdrawal.settled(order)
        left = order.stage is Stage.RELEASED and bool(order.parcels) and not fulfilment.open_deliveries(order)
        return bool(over or left or fulfilment.unannounced(order) or withdrawal.to_intercept(order))

    async def _turn_round(self) -> None:
        """Ask the carrier, once for each parcel, to bring it back."""
        order = self.order
        for parcel in withdrawal.to_intercept(order):
            order.interceptions = (*order.interceptions, parcel.waybill)
            answer = await self._intercept(parcel)
            match answer:
                case Intercepted():
                    words = f"{parcel.carrier} turns parcel {parcel.waybill} round: it comes back"
                case InterceptRefused(reason=reason):
                    words = f"{parcel.carrier} cannot stop {parcel.waybill} ({reason}): it becomes a return"
                    await self.tell(errands_of.notice(order, "service", words))
                case _:
                    assert_never(answer)
            withdrawal.verdict(order, words, self.now)

    async def _intercept(self, parcel: Parcel) -> Intercepted | InterceptRefused:
        order = self.order
        why = order.withdrawal.why if order.withdrawal else "withdrawn"
        request = CarrierErrand(
            book=self.take_book(), order=order.key, waybill=parcel.waybill, carrier=parcel.carrier, why=why
        )
        try:
            return await workflow.execute_activity_method(
                CarrierActivities.intercept, request, summary=summaries.intercept(parcel), **OUTSIDE
            )
        except ActivityError as error:
            return InterceptRefused(reason=said(error))
