"""Draw a waybill for each delivery before its warehouse is asked, and give back what is not used (R17)."""

from typing import Any, assert_never

from temporalio import workflow
from temporalio.exceptions import ActivityError, CancelledError

with workflow.unsafe.imports_passed_through():
    from activities.requests import DrawWaybill, GiveBackWaybill
    from activities.waybills import WaybillActivities
    from oms.domain import errands_of, fulfilment, summaries, waybills
    from oms.domain.deliveries import DeliveryOrder, DeliveryStatus
    from oms.domain.holds import Gate
    from oms.ports import Drawn, DrawRefused
    from oms.temporal.client import channel_queue
from workflows.footing import said
from workflows.order_parcels import OrderParcels
from workflows.policies import HANDING_OVER, OUTSIDE


class OrderWaybills(OrderParcels):
    """Waybills that we draw ourselves; where the warehouse draws them, nothing happens here."""

    @property
    def behind(self) -> bool:
        """A number was drawn for nothing."""
        return super().behind or bool(waybills.unused(self.order))

    async def keep_up(self) -> None:
        """Give back what is not used, then the rest."""
        self.give_back_unused()
        await super().keep_up()

    def give_back_unused(self) -> None:
        """Give numbers back that we drew, beside the main way."""
        for delivery in waybills.unused(self.order):
            told = delivery.waybill in self.order.told
            waybills.waybill_given_back(self.order, delivery.waybill)
            self.run_aside(self._give_back_waybill(delivery, told=told), f"give back {delivery.waybill}")

    async def draw_waybills(self, deliveries: tuple[DeliveryOrder, ...]) -> tuple[DeliveryOrder, ...]:
        """Return the deliveries with their numbers; one that gets none is held for a person and left out."""
        assessment = self.order.assessment
        if assessment is None or not assessment.draws_waybills:
            return deliveries
        draws = {delivery.code: self._draw(delivery) for delivery in deliveries if not delivery.drawn}
        await self.wait(lambda: all(draw.done() for draw in draws.values()) or self.must_not_go())
        for code, draw in draws.items():
            if not draw.done():
                draw.cancel()
            await self._take_number(code, draw)
        if self.must_not_go():
            return ()
        asked = [fulfilment.find_delivery(self.order, delivery.code) for delivery in deliveries]
        ready = tuple(each for each in asked if each is not None and each.drawn)
        if assessment.tells_when_drawn:
            for delivery in ready:
                self.announce(errands_of.parcel_to_be(delivery, self.now))
        return ready

    def must_not_go(self) -> bool:
        """Tell whether a hold or a withdrawal stops what is being handed over."""
        return self.withdrawn or bool(self.order.stopped_at(Gate.BEFORE_RELEASE))

    async def _give_back_waybill(self, delivery: DeliveryOrder, *, told: bool) -> None:
        """Give one back; a channel that was told of it, and will hear of no other, is a person's business."""
        order = self.order
        request = GiveBackWaybill(order=order.key, waybill=delivery.waybill, carrier=delivery.carrier)
        try:
            await workflow.execute_activity_method(
                WaybillActivities.give_back, request, summary=summaries.recycle(delivery.waybill), **OUTSIDE
            )
        except ActivityError as error:
            note = f"waybill {delivery.waybill} could not be given back: {said(error)}"
            await self.tell(errands_of.notice(order, "operations", note))
        else:
            order.note(self.now, "waybill.recycled", actor=delivery.carrier, after=delivery.waybill)
        if told and order.withdrawal is not None:
            note = f"{order.key.shop_key} was told of waybill {delivery.waybill}, which will not be used"
            await self.tell(errands_of.notice(order, "operations", note))

    def _draw(self, delivery: DeliveryOrder) -> Any:
        order = self.order
        request = DrawWaybill(
            book=self.take_book(),
            wish=errands_of.waybill_wish(order, delivery),
            receiver_digest=order.receiver_digest,
        )
        queue = channel_queue(order.key.channel) if self.limited else None
        return workflow.start_activity_method(
            WaybillActivities.draw,
            request,
            task_queue=queue,
            summary=summaries.draw(delivery),
            **HANDING_OVER,
        )

    async def _take_number(self, code: str, draw: Any) -> None:
        order = self.order
        try:
            answer: Drawn | DrawRefused = await draw
        except ActivityError as error:
            if not isinstance(error.cause, CancelledError):
                self._no_number(code, said(error))
            return
        match answer:
            case Drawn():
                waybills.waybill_drawn(order, code, answer.waybill, answer.carrier, self.now)
            case DrawRefused(reason=reason):
                self._no_number(code, reason)
            case _:
                assert_never(answer)

    def _no_number(self, code: str, why: str) -> None:
        fulfilment.settle_delivery(self.order, code, DeliveryStatus.REJECTED, self.now, why=why)
        self.stop_for_a_person(f"no waybill for {code}: {why}")
