"""One order, from the moment a platform knows it until it is completed, cancelled or closed."""

import asyncio

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from oms.domain import admission, fulfilment, gate, withdrawal
    from oms.domain.holds import Gate
    from oms.domain.stages import LEFT, Outcome, Stage
    from oms.domain.state import Begin, Ended, Payment
from workflows.footing import Withdrawn
from workflows.order_steps import OrderSteps


@workflow.defn(name="OrderWorkflow")
class OrderWorkflow(OrderSteps):
    """The order's whole life; `run` is its table of contents."""

    @workflow.init
    def __init__(self, begin: Begin) -> None:
        """Take the order's first snapshot, or the memory carried on from a longer history."""
        super().__init__(begin)

    @workflow.run
    async def run(self, begin: Begin) -> Ended:
        """Bring the order to its buyer, or undo it; return how it ended."""
        clock = asyncio.create_task(self.keep_clock())
        try:
            await self._admit()
            await self._await_payment()
            while self.order.stage not in LEFT:
                await self._reserve_stock()
                await self._pass_review_and_gate()
                await self._release_to_warehouse()
                await self._await_shipment()
            await self._follow_parcels()
            await self._complete()
        except Withdrawn:
            await self.undo()
        await self._settle()
        clock.cancel()
        return withdrawal.ended(self.order)

    async def _admit(self) -> None:
        """Read the first snapshot."""
        if self.order.stage is Stage.RECEIVED:
            admission.admit(self.order, self.now, mind_refunds=self.edition > 1)

    async def _await_payment(self) -> None:
        """Wait for the money, then learn from the rules what was promised."""
        order = self.order
        if order.stage is Stage.RECEIVED and order.payment is Payment.UNPAID:
            order.move(Stage.AWAITING_PAYMENT, self.now)
        if order.stage in (Stage.RECEIVED, Stage.AWAITING_PAYMENT):
            await self.until(lambda: order.payment is not Payment.UNPAID)
            order.move(Stage.ACCEPTED, self.now)
            await (self.assess() if self.edition == 1 else self.ask_rules_and_stock())

    async def _reserve_stock(self) -> None:
        """Get every piece promised; out of stock waits for purchasing and resumes by itself."""
        order = self.order
        while order.stage is Stage.ACCEPTED:
            await self.until(lambda: not order.stopped_at(Gate.BEFORE_RESERVING))
            await self.ask_for_stock()

    async def _pass_review_and_gate(self) -> None:
        """Wait for the reviews, then let the compliance gate judge."""
        order = self.order
        while order.stage is Stage.ALLOCATED:
            await self.until(lambda: not order.stopped_at(Gate.BEFORE_RELEASE) or order.reserve_again)
            if order.reserve_again:
                await self.start_over_with_stock()
            else:
                await self.let_the_gate_judge()

    async def _release_to_warehouse(self) -> None:
        """Hand it over; the gate is asked once more, with nothing between its word and the push."""
        if self.order.stage is not Stage.CLEARED:
            return
        if isinstance(gate.judge(self.order), gate.Blocked):
            self.order.move(Stage.ALLOCATED, self.now, why="the gate changed its mind")
            return
        self.order.move(Stage.RELEASED, self.now)
        await self.hand_over()

    async def _await_shipment(self) -> None:
        """Wait until everything has left; tell the channel each waybill as it comes."""
        order = self.order
        while order.stage is Stage.RELEASED:
            await self.until(self.something_to_do_with_the_warehouse)
            if fulfilment.all_left(order):
                fulfilment.leave(order, self.now)
            self.announce_parcels()
            await self.mind_the_warehouse()

    async def _follow_parcels(self) -> None:
        """Follow every parcel to its end."""
        order = self.order
        while order.stage in (Stage.SHIPPED, Stage.IN_TRANSIT) and not fulfilment.came_back(order):
            self.announce_parcels()
            if order.confirmed_at is not None:
                self.delivered_by_confirmation()
            await self.until(self.something_to_do_with_parcels)

    async def _complete(self) -> None:
        """Complete when more than 72 h have passed since shipping, or the buyer has confirmed, and nothing is open."""
        order = self.order
        if not fulfilment.came_back(order):
            await self.until(lambda: withdrawal.may_complete(order) or fulfilment.came_back(order))
        withdrawal.end(order, withdrawal.roll_up(order), self.now)

    async def _settle(self) -> None:
        """Leave nothing half done: parcels announced, people told, the book written, every handler finished."""
        if self.order.outcome is Outcome.CANCELLED:
            admission.give_back_stock(self.order)
        self.give_back_unused()
        self.tell_again()
        await self.errands_done()
        await workflow.wait_condition(workflow.all_handlers_finished)
        await self.publish()
