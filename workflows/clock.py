"""The order's SLA clock: one durable timer for the next deadline, and what happens when it fires."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.requests import AssessOrder
    from activities.rules import RuleActivities
    from oms.domain import admission, strikes, summaries
from workflows.ground import moved_before
from workflows.order_payment import OrderPayment
from workflows.policies import BOOKS


class OrderClock(OrderPayment):
    """Runs beside the order's main way for as long as the order lives."""

    @property
    def behind(self) -> bool:
        """A promise has changed: the deadlines are to be laid out anew."""
        return super().behind or self.order.assess_again

    async def keep_up(self) -> None:
        """Ask the rules again when a promise has changed, then write down and show."""
        if self.order.assess_again:
            self.order.assess_again = False
            await self.assess()
        await super().keep_up()

    async def assess(self) -> None:
        """Learn deadlines, reviews and tags from the rules; they enter the history as data."""
        assessment = await workflow.execute_local_activity_method(
            RuleActivities.assess, self.question(), summary=summaries.assess(), **BOOKS
        )
        admission.take_assessment(self.order, assessment, self.now)

    def rules_version(self) -> str:
        """Return the version of the table the order lives by; empty before it has heard of any."""
        return self.order.assessment.policy.version if self.order.assessment else ""

    def question(self) -> AssessOrder:
        """Return what the rules are asked."""
        order = self.order
        version, order.rules_wanted = order.rules_wanted or self.rules_version(), ""
        return AssessOrder(
            snapshot=order.snapshot,
            paid_at=order.paid_at or self.now,
            pace=order.pace,
            at=self.now,
            version=version,
        )

    async def keep_clock(self) -> None:
        """Follow the nearest deadline; when it moves, so does the timer."""
        while not self.order.ended:
            deadline = self.order.next_deadline()
            if deadline is None:
                await workflow.wait_condition(lambda: self.order.next_deadline() is not None)
            elif deadline.due <= self.now or not await moved_before(
                self.order.next_deadline, deadline, summaries.timer(deadline)
            ):
                self._strike()

    def _strike(self) -> None:
        """Do what is due, each step once; several at a time are told as one."""
        notice = strikes.strike(self.order, self.now)
        self.ask_about_payment()
        if notice is not None:
            self.run_aside(self.tell(notice), f"tell {notice.to}")
