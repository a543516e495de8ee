"""What every step of an after-sale stands on: waiting, the clock, writing down, showing, telling the order."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeUpdate
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from activities.aftersales import CaseRecords
    from activities.notices import NoticeActivities
    from activities.requests import TellPeople
    from oms.domain import summaries
    from oms.domain.aftersales import telling, words
    from oms.domain.aftersales.deadlines import CaseDeadline
    from oms.domain.aftersales.state import OpenCase
    from oms.domain.handover import Notice
    from oms.temporal import attributes
from workflows.aftersale_surface import AfterSaleSurface
from workflows.policies import BOOKS, OUTSIDE


class AfterSaleFooting(AfterSaleSurface):
    """Waiting, saving, publishing. No business in here."""

    def __init__(self, opening: OpenCase) -> None:
        """Take the case's memory; nothing has been shown yet."""
        super().__init__(opening)
        self._opening = opening
        self._fault: BaseException | None = None
        self._errands: set[asyncio.Task[None]] = set()
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

    async def tell(self, notice: Notice) -> None:
        """Send a notice to people, for as long as it takes."""
        await workflow.execute_activity_method(
            NoticeActivities.tell, TellPeople(notice=notice), summary=summaries.tell(notice), **OUTSIDE
        )

    async def keep_clock(self) -> None:
        """Follow the nearest deadline; when it moves, so does the timer."""
        while True:
            deadline = self.memory.next_deadline()
            if deadline is None:
                await workflow.wait_condition(lambda: self.memory.next_deadline() is not None)
            elif deadline.due <= self.now or not await self._moved_before(deadline):
                self._strike()

    async def _moved_before(self, deadline: CaseDeadline) -> bool:
        """Wait for the deadline; True when another one took its place before it was due."""
        try:
            await workflow.wait_condition(
                lambda: self.memory.next_deadline() != deadline,
                timeout=deadline.due - self.now,
                timeout_summary=words.timer(deadline),
            )
        except TimeoutError:
            return False
        return True

    def _strike(self) -> None:
        notice = words.strike(self.memory, self.now)
        if notice is not None:
            self.run_aside(self.tell(notice), f"tell {notice.to}")

    def run_aside(self, errand: Any, name: str) -> None:
        """Do something beside the main way; the case does not end before it is done."""
        task = asyncio.create_task(errand, name=name)
        self._errands.add(task)
        task.add_done_callback(self._errand_done)

    async def errands_done(self) -> None:
        """Wait until everything that runs beside the main way is done."""
        await self.wait(lambda: not self._errands)

    @property
    def now(self) -> datetime:
        """The workflow's own time, the same on every replay."""
        return workflow.now()

    def _errand_done(self, task: "asyncio.Task[None]") -> None:
        self._errands.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._fault = task.exception()

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
            workflow.upsert_search_attributes(_updates(self._shown, wanted))
            self._shown = wanted
        workflow.set_current_details(words.card(memory))


def _updates(before: dict[str, Any], wanted: dict[str, Any]) -> list[SearchAttributeUpdate[Any]]:
    keys: dict[str, Any] = {key.name: key for key in attributes.ALL}
    changed = {name: value for name, value in wanted.items() if before.get(name) != value}
    return [
        keys[name].value_unset() if value is None else keys[name].value_set(value)
        for name, value in changed.items()
    ]
