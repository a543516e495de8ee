"""The steps of an order's straight way, one method a step; `OrderWorkflow.run` puts them in order."""

from typing import Any, assert_never

from temporalio import workflow
from temporalio.exceptions import ActivityError, CancelledError

with workflow.unsafe.imports_passed_through():
    from activities.admission import AdmissionActivities
    from activities.inventory import InventoryActivities
    from activities.requests import AdmitOrder, JudgeOrder, ReleaseOrder, ReserveStock
    from activities.rules import RuleActivities
    from activities.warehouse import WarehouseActivities
    from oms.domain import admission, cases, errands_of, fulfilment, gate, judged, shortage, summaries
    from oms.domain.deliveries import DeliveryOrder, DeliveryStatus
    from oms.domain.holds import Gate, Hold, HoldReason
    from oms.domain.rulings import Barred, Phase, Ruling
    from oms.domain.stages import Stage
    from oms.domain.state import RULED, Begin
    from oms.domain.stock import OutOfStock, Reserved, UnknownSku
    from oms.ports import Accepted, Rejected
from workflows.footing import said
from workflows.order_undo import OrderUndo
from workflows.policies import BOOKS, HANDING_OVER


class OrderSteps(OrderUndo):
    """What an order does on its straight way."""

    def __init__(self, begin: Begin) -> None:
        """Take the order's memory; the gate has said nothing yet."""
        super().__init__(begin)
        self._ruled: tuple[int, Ruling] | None = None
        """The gate's word from the admission, and the state of the order that it is about."""

    async def ask_rules_and_stock(self) -> None:
        """Learn what was promised and get every piece promised, in one go; what is missing is asked for again."""
        order = self.order
        free = not order.stopped_at(Gate.BEFORE_RESERVING)
        pieces = cases.wanted_pieces(order) if free else ()
        facts = judged.facts_of(order, self.now) if self.edition >= RULED else None
        request = AdmitOrder(assess=self.question(), pieces=pieces, facts=facts)
        admitted = await workflow.execute_local_activity_method(
            AdmissionActivities.admit, request, summary=summaries.admit(pieces), **BOOKS
        )
        admission.take_assessment(order, admitted.assessment, self.now)
        if admitted.reserved is not None:
            shortage.over(order, admitted.reserved, self.now)
        if admitted.ruling is not None:
            self._ruled = (order.seq, admitted.ruling)

    async def ask_for_stock(self) -> None:
        """Reserve every piece, or say why not and wait until trying again makes sense."""
        order = self.order
        self.stock_knocked = order.reserve_again = False
        pieces = cases.pieces_to_reserve(order)
        answer = await workflow.execute_local_activity_method(
            InventoryActivities.reserve, ReserveStock(order=order.key, pieces=pieces),
            summary=summaries.reserve(pieces), **BOOKS,
        )  # fmt: skip
        match answer:
            case Reserved():
                shortage.over(order, answer, self.now)
            case OutOfStock():
                notice = shortage.out_of_stock(order, answer, self.now)
                if notice is not None:
                    self.run_aside(self.tell(notice), "tell purchasing")
                await self.until(lambda: self.stock_knocked or order.reserve_again)
            case UnknownSku():
                self.run_aside(self.tell(shortage.unknown(order, answer, self.now)), "tell operations")
                await self.until(
                    lambda: (
                        self.stock_knocked
                        or order.reserve_again
                        or order.held(HoldReason.UNMAPPED_SKU) is None
                    )
                )
            case _:
                assert_never(answer)

    async def start_over_with_stock(self) -> None:
        """The lines changed: give everything back and reserve anew."""
        order = self.order
        admission.give_back_stock(order)
        order.allocations, order.reserve_again = (), False
        order.move(Stage.ACCEPTED, self.now, why="the lines changed")
        await self.publish()

    async def let_the_gate_judge(self) -> None:
        """Clear the order, or hold it and name what speaks against it."""
        order = self.order
        if self.edition >= RULED and not await self._rules_let_it_go():
            return
        verdict = gate.judge(order)
        match verdict:
            case gate.Clear():
                order.move(Stage.CLEARED, self.now)
            case gate.Blocked(reasons=reasons):
                note = "; ".join(reasons)
                order.place(
                    Hold(reason=HoldReason.COMPLIANCE, actor="gate", since=self.now, note=note), self.now
                )
            case _:
                assert_never(verdict)

    async def _rules_let_it_go(self) -> bool:
        """Ask the rules, under the version the order lives by; False when they hold it, or it changed meanwhile."""
        order = self.order
        if order.assess_again:  # first the promises, which may ask for a review; then the gate
            await self.keep_up()
            return False
        before = order.seq
        known, self._ruled = self._ruled, None
        if known is not None and known[0] == before:
            ruling = known[1]
        else:
            ruling = await self._ask_the_gate()
        if order.seq != before or order.assess_again:
            return False
        if not ruling.clear:
            judged.refuse(order, ruling, self.now)
        return ruling.clear

    async def _ask_the_gate(self) -> Ruling:
        request = JudgeOrder(
            phase=Phase.RELEASE, facts=judged.facts_of(self.order, self.now), version=self.rules_version()
        )
        return await workflow.execute_local_activity_method(
            RuleActivities.judge, request, summary=summaries.judge(), **BOOKS
        )

    async def hand_over(self) -> None:
        """Ask every warehouse to ship its part. A hold or a withdrawal in between calls the push back."""
        order = self.order
        deliveries = await self.draw_waybills(fulfilment.ask_for_deliveries(order, self.now))
        pushes = {delivery.code: self._push(delivery) for delivery in deliveries}
        await self.wait(lambda: all(push.done() for push in pushes.values()) or self.must_not_go())
        held = bool(order.stopped_at(Gate.BEFORE_RELEASE)) and not self.withdrawn
        for code, push in pushes.items():
            if not push.done():
                push.cancel()
            await self._take_answer(code, push)
        if held:
            await self.recall("the order was held while it was handed over")

    def _push(self, delivery: DeliveryOrder) -> Any:
        order = self.order
        request = ReleaseOrder(
            book=self.take_book(),
            delivery=errands_of.warehouse_order(order, delivery),
            receiver_digest=order.receiver_digest,
            facts=judged.facts_of(order, self.now) if self.edition >= RULED else None,
            version=self.rules_version(),
        )
        return workflow.start_activity_method(
            WarehouseActivities.release, request, summary=summaries.release(delivery), **HANDING_OVER
        )

    async def _take_answer(self, code: str, push: Any) -> None:
        order = self.order
        try:
            answer: Accepted | Rejected | Barred = await push
        except ActivityError as error:
            if not isinstance(error.cause, CancelledError):
                words = said(error)
                fulfilment.settle_delivery(order, code, DeliveryStatus.REJECTED, self.now, why=words)
                self.stop_for_a_person(f"the warehouse could not be asked: {words}")
            return
        match answer:
            case Accepted():
                fulfilment.settle_delivery(
                    order, code, DeliveryStatus.ACCEPTED, self.now, number=answer.warehouse_number
                )
            case Rejected():
                fulfilment.settle_delivery(order, code, DeliveryStatus.REJECTED, self.now, why=answer.reason)
                self.stop_for_a_person(f"the warehouse will not ship it: {answer.reason}")
            case Barred(ruling=ruling):
                why = f"the gate: {', '.join(ruling.names)}"
                fulfilment.settle_delivery(order, code, DeliveryStatus.REJECTED, self.now, why=why)
                judged.refuse(order, ruling, self.now)
            case _:
                assert_never(answer)

    def something_to_do_with_the_warehouse(self) -> bool:
        """Tell whether the main way has to act while it waits for the shipment."""
        order = self.order
        if order.held(HoldReason.NO_WAYBILL_LOCK):
            return False
        again = fulfilment.unasked(order) and not order.stopped_at(Gate.BEFORE_RELEASE)
        idle = not fulfilment.open_deliveries(order) and not cases.stopped(order)
        back = order.readdress or order.take_back or fulfilment.called_back(order)
        return bool(idle or again or back or order.send_rest or fulfilment.unannounced(order))

    async def mind_the_warehouse(self) -> None:
        """Act on what the warehouse or a person said meanwhile: a new address, a rejection, a hold or its release."""
        order = self.order
        if order.stage is not Stage.RELEASED:
            return
        if order.readdress:
            order.readdress = False
            await self.recall("the address has changed")
        elif order.take_back:
            await self.recall(order.take_back)
            order.take_back = ""
        elif fulfilment.called_back(order):
            await self.recall("the order is held")
        if order.send_rest:
            fulfilment.send_the_rest(order, self.now)
        elif not order.parcels and not fulfilment.open_deliveries(order):
            order.move(Stage.ALLOCATED, self.now, why="the warehouse does not have it any more")
        elif fulfilment.unasked(order) and not order.stopped_at(Gate.BEFORE_RELEASE):
            await self.hand_over()

    def something_to_do_with_parcels(self) -> bool:
        """Tell whether the main way has to act while it follows the parcels."""
        order = self.order
        moved = order.stage not in (Stage.SHIPPED, Stage.IN_TRANSIT) or order.confirmed_at is not None
        return bool(moved or fulfilment.came_back(order) or fulfilment.unannounced(order))

    def delivered_by_confirmation(self) -> None:
        """The buyer says it has arrived: that completes at once, whatever the carrier still shows (R19)."""
        self.order.delivered_at = self.order.confirmed_at
        self.order.move(Stage.DELIVERED, self.now, actor="buyer", why="the platform confirmed the receipt")
