"""One after-sale, from the buyer's wish until the money or new goods are with the buyer, or the wish is off."""

import asyncio

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from oms.domain.aftersales import flow
    from oms.domain.aftersales.state import CaseEnded, OpenCase
from workflows.aftersale_steps import AfterSaleSteps


@workflow.defn(name="AfterSaleWorkflow")
class AfterSaleWorkflow(AfterSaleSteps):
    """The case's whole life; `run` is its table of contents."""

    @workflow.init
    def __init__(self, opening: OpenCase) -> None:
        """Take the platform's first word, or the memory carried on from a longer history."""
        super().__init__(opening)

    @workflow.run
    async def run(self, opening: OpenCase) -> CaseEnded:
        """Answer the buyer, get the goods back, pay back or send again; return how it ended.

        Each step does nothing unless it is its turn: `oms.domain.aftersales.flow.next_step` says whose it is.
        """
        clock = asyncio.create_task(self.keep_clock())
        while not flow.over(self.memory):
            await self.follow_what_left()
            await self.look_it_up()
            await self.answer_the_buyer()
            await self.turn_the_parcel_round()
            await self.expect_the_goods()
            await self.say_that_the_goods_are_back()
            await self.give_the_money_back()
            await self.send_again()
            await self.until_something_is_to_do()
        await self._settle()
        clock.cancel()
        return flow.end_of(self.memory, self.now)

    async def _settle(self) -> None:
        """Leave nothing half done: people and the order told, the book written, every handler finished."""
        await self.follow_what_left()
        await self.errands_done()
        await workflow.wait_condition(workflow.all_handlers_finished)
        await self.publish()
        await self.errands_done()
