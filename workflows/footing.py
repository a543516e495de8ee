"""What every step of an order stands on: waiting, writing down, showing, and carrying on as new."""

from collections.abc import Callable
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.records import RecordActivities
    from oms.domain import card, summaries
    from oms.domain.book import OrderBook
    from oms.domain.state import Begin
from workflows.ground import updates
from workflows.policies import BOOKS
from workflows.surface import OrderSurface


class Withdrawn(Exception):
    """Leave the straight way: what was done so far must be undone."""


class OrderFooting(OrderSurface):
    """Waiting, saving, publishing. No business in here."""

    def __init__(self, begin: Begin) -> None:
        """Take the order's memory; nothing has been shown yet."""
        super().__init__(begin)
        self._first = begin.first
        self.edition, self.limited = begin.edition, begin.limited
        self.undoing = False
        self._shown: dict[str, Any] = {"OrderStage": "received", "SlaState": "ok"}

    async def until(self, ready: Callable[[], bool]) -> None:
        """Wait for something. Raises Withdrawn when the order is withdrawn before, unless it is being undone."""
        await self.wait(lambda: ready() or self.withdrawn, settled=True)
        if self.withdrawn:
            raise Withdrawn

    async def wait(self, ready: Callable[[], bool], *, settled: bool = False) -> None:
        """Wait for something, and meanwhile keep the book and the Temporal UI up to date.

        `settled`: nothing is in flight on the main way, so that the order may carry on as new.
        """
        while not ready():
            await self.keep_up()
            if settled and not ready():
                self._carry_on_as_new()
            await workflow.wait_condition(
                lambda: (
                    ready()
                    or self.behind
                    or self._fault is not None
                    or (settled and self._may_carry_on_as_new())
                )
            )
            if self._fault is not None:
                raise self._fault

    @property
    def behind(self) -> bool:
        """Something has to be done before it makes sense to go on waiting."""
        return self.order.must_save

    async def keep_up(self) -> None:
        """Do what cannot wait until the wait is over."""
        await self.publish()

    async def publish(self) -> None:
        """Write down what is not yet written, and show where the order is."""
        self._show()
        if self.order.must_save:
            book = self.take_book()
            if book is not None:
                await workflow.execute_local_activity_method(
                    RecordActivities.save, book, summary=summaries.save(self.order), **BOOKS
                )

    def take_book(self) -> OrderBook | None:
        """Hand the unsaved lines to a request that will write them down before it acts."""
        return self.order.take_book(card.why_here(self.order))

    async def errands_done(self) -> None:
        """Wait until everything that runs beside the main way is done."""
        await self.wait(lambda: not self._errands)

    @property
    def withdrawn(self) -> bool:
        """The order is not wanted any more and its undoing has not begun."""
        return self.order.withdrawal is not None and not self.undoing

    def _carry_on_as_new(self) -> None:
        """Start a fresh history with the same memory; only where nothing is in flight."""
        if self._may_carry_on_as_new():
            workflow.continue_as_new(
                Begin(
                    first=self._first,
                    pace=self.order.pace,
                    state=self.order,
                    edition=self.edition,
                    limited=self.limited,
                )
            )

    def _may_carry_on_as_new(self) -> bool:
        suggested = workflow.info().is_continue_as_new_suggested()
        return suggested and not self._errands and not self.order.must_save

    def _count(self, wanted: dict[str, Any]) -> None:
        """Count for Prometheus; replays count nothing."""
        meter = workflow.metric_meter().with_additional_attributes({"channel": self.order.key.channel})
        if wanted["OrderStage"] != self._shown["OrderStage"]:
            stages = meter.create_counter("orderloom_orders_reached", "orders that reached a stage")
            stages.add(1, {"stage": wanted["OrderStage"]})
        if wanted["SlaState"] != self._shown["SlaState"]:
            states = meter.create_counter(
                "orderloom_sla_reached", "orders that were reminded of, escalated or late"
            )
            states.add(1, {"sla": wanted["SlaState"]})

    def _show(self) -> None:
        order = self.order
        deadline = order.next_deadline()
        wanted: dict[str, Any] = {"OrderStage": str(order.stage), "SlaState": str(order.sla)}
        if order.holds or "Holds" in self._shown:
            wanted["Holds"] = [str(hold.reason) for hold in order.holds]
        if order.tags:
            wanted["OrderTags"] = list(order.tags)
        if deadline is not None or "NextDeadline" in self._shown:
            wanted["NextDeadline"] = deadline.due if deadline else None
        if wanted != self._shown:
            workflow.upsert_search_attributes(updates(self._shown, wanted))
            self._count(wanted)
            self._shown = wanted
        workflow.set_current_details(card.card(order))


def said(error: ActivityError) -> str:
    """Return what an activity's failure says, in its own words."""
    cause = error.cause
    return cause.message if isinstance(cause, ApplicationError) else str(cause or error)
