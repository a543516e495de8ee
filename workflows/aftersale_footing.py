"""What every step of an after-sale stands on: waiting, the clock, writing down, showing, telling the order."""

from collections.abc import Callable
from typing import Any

from temporalio import workflow
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from activities.aftersales import CaseRecords
    from oms.domain.aftersales import telling, words
    from oms.domain.aftersales.state import OpenCase
from workflows.aftersale_surface import AfterSaleSurface
from workflows.ground import moved_before, updates
from workflows.policies import BOOKS


class AfterSaleFooting(AfterSaleSurface):
    """Waiting, saving, publishing. No business in here."""

    def __init__(self, opening: OpenCase) -> None:
        """Take the case's memory; nothing has been shown yet."""
        super().__init__(opening)
        self._opening = opening
        self._shown: dict[str, Any] = {}

    async def wait(self, ready: Callable[[], bool], *, settled: bool = False) -> None:
        """Wait for something, and meanwhile keep the book, the order and the Temporal UI up to date.

        `settled`: nothing is in flight on the main way, so that the case may carry on as new.
        """
        while not ready():
            await self.publish()
            if settled and not ready():
                self._carry_on_as_new()
            await workflow.wait_condition(
                lambda: (
                    ready()
                    or self.memory.must_save
                    or self._fault is not None
                    or (settled and self._may_carry_on_as_new())
                )
            )
            if self._fault is not None:
                raise self._fault

    async def publish(self) -> None:
        """Tell the order where the case is, write down what is not yet written, tell people, and show it."""
        self._show()
        await self._tell_order()
        notice = words.news_for_people(self.memory)
        if notice is not None:
            self.run_aside(self.tell(notice), f"tell {notice.to}")
        book = self.memory.take_book(words.why_here(self.memory))
        if book is not None:
            await workflow.execute_local_activity_method(
                CaseRecords.save, book, summary=words.save(self.memory), **BOOKS
            )

    async def _tell_order(self) -> None:
        """Tell the order of a step of ours, once; one that has ended, or was never here, is no error.

        Of its platform's own word it heard from whoever told us.
        """
        memory = self.memory
        if memory.told == memory.status:
            return
        memory.told = memory.status
        if memory.case.status is memory.status:
            return
        order = workflow.get_external_workflow_handle(memory.case.order.workflow_id)
        try:
            await order.signal("after_sale", telling.as_it_stands(memory, self.now))
        except FailureError:
            workflow.logger.info("order.not_running", extra={"case": memory.key})

    async def keep_clock(self) -> None:
        """Follow the nearest deadline; when it moves, so does the timer."""
        while True:
            deadline = self.memory.next_deadline()
            if deadline is None:
                await workflow.wait_condition(lambda: self.memory.next_deadline() is not None)
            elif deadline.due <= self.now or not await moved_before(
                self.memory.next_deadline, deadline, words.timer(deadline)
            ):
                self._strike()

    def _strike(self) -> None:
        notice = words.strike(self.memory, self.now)
        if notice is not None:
            self.run_aside(self.tell(notice), f"tell {notice.to}")

    async def errands_done(self) -> None:
        """Wait until everything that runs beside the main way is done."""
        await self.wait(lambda: not self._errands)

    def _carry_on_as_new(self) -> None:
        """Start a fresh history with the same memory; only where nothing is in flight."""
        if self._may_carry_on_as_new():
            workflow.continue_as_new(self._opening.model_copy(update={"state": self.memory}))

    def _may_carry_on_as_new(self) -> bool:
        suggested = workflow.info().is_continue_as_new_suggested()
        quiet = not self._errands and not self.memory.must_save and workflow.all_handlers_finished()
        return suggested and quiet

    def _show(self) -> None:
        memory = self.memory
        deadline = memory.next_deadline()
        wanted: dict[str, Any] = {"AfterSaleStatus": str(memory.status), "SlaState": str(memory.sla)}
        if memory.grounds is not None and memory.grounds.order is not None:
            wanted["BusinessId"] = memory.grounds.order.business_id
        if deadline is not None or "NextDeadline" in self._shown:
            wanted["NextDeadline"] = deadline.due if deadline else None
        if wanted != self._shown:
            workflow.upsert_search_attributes(updates(self._shown, wanted))
            self._shown = wanted
        workflow.set_current_details(words.card(memory))
