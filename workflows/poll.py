"""Ask a shop what changed, on a schedule of its own; three failures in a row tell a person, once."""

from typing import assert_never

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.channels import ChannelActivities
    from activities.notices import NoticeActivities
    from activities.requests import TellPeople
    from oms.domain import cards, summaries
    from oms.domain.errands import PollDone, PollFailed, PollShop, SweepDone, SweepShop
    from oms.domain.handover import Notice
    from oms.domain.ids import ShopKey
    from oms.temporal.client import channel_queue
from workflows.policies import OUTSIDE, POLL, SWEEP


@workflow.defn(name="PollShopWorkflow")
class PollShopWorkflow:
    """One poll of one shop; the cursor and the count of failures live in our database, in the open."""

    @workflow.run
    async def run(self, errand: PollShop) -> PollDone | PollFailed:
        """Fetch what changed since the cursor."""
        answer: PollDone | PollFailed = await workflow.execute_activity_method(
            ChannelActivities.poll,
            errand,
            task_queue=channel_queue(errand.shop.channel),
            summary=summaries.poll(errand.shop),
            **POLL,
        )
        workflow.set_current_details(cards.poll(errand, answer))
        await _tell_how_it_went(errand.shop, answer)
        if answer.after_sales is not None:
            await _tell_how_it_went(errand.shop, answer.after_sales, "after-sales")
        return answer


@workflow.defn(name="SweepShopWorkflow")
class SweepShopWorkflow:
    """Compare a day of one shop with ours, hand on what is missing, and write the proof (R7)."""

    @workflow.run
    async def run(self, errand: SweepShop) -> SweepDone:
        """Count and compare."""
        done = await workflow.execute_activity_method(
            ChannelActivities.sweep,
            errand,
            task_queue=channel_queue(errand.shop.channel),
            summary=summaries.sweep(errand.shop),
            **SWEEP,
        )
        workflow.set_current_details(cards.sweep(errand, done))
        if done.recovered or done.after_sales_recovered:
            await _tell(_missed(errand.shop, done))
        return done


async def _tell_how_it_went(shop: ShopKey, answer: PollDone | PollFailed, which: str = "") -> None:
    """Tell people of a row of failures and of its end; `which` names a list other than that of the orders."""
    what = f"the {which} of {shop}" if which else str(shop)
    name = f"{workflow.info().workflow_id}:{which}" if which else workflow.info().workflow_id
    match answer:
        case PollFailed(alert=True):
            await _tell(_failing(name, what, answer))
        case PollDone(recovered_after=failures) if failures:
            await _tell(_back(name, what, failures))
        case PollDone() | PollFailed():
            pass
        case _:
            assert_never(answer)


async def _tell(notice: Notice) -> None:
    await workflow.execute_activity_method(
        NoticeActivities.tell, TellPeople(notice=notice), summary=summaries.tell(notice), **OUTSIDE
    )


def _failing(name: str, what: str, failed: PollFailed) -> Notice:
    since = failed.cursor.isoformat() if failed.cursor else "the beginning"
    return Notice(
        id=f"{name}:failing", to="operations", severity="red", title=f"polling {what} fails",
        body=f"{failed.failures} polls of {what} have failed in a row: {failed.error}. Nothing was fetched since {since}.",
    )  # fmt: skip


def _back(name: str, what: str, failures: int) -> Notice:
    return Notice(
        id=f"{name}:back", to="operations", title=f"polling {what} works again",
        body=f"{what} can be fetched again after {failures} failed polls; everything since the last good one was.",
    )  # fmt: skip


def _missed(shop: ShopKey, done: SweepDone) -> Notice:
    cases = f"; after-sales: {done.after_sales_recovered} of {done.after_sales}" if done.after_sales else ""
    return Notice(
        id=f"{workflow.info().workflow_id}:missed", to="operations", severity="warning",
        title=f"{done.recovered + done.after_sales_recovered} orders or after-sales of {shop} had been missed",
        body=f"The sweep of {shop} found {done.platform} orders there and {done.ours} here; "
        f"recovered: {', '.join(done.which) or 'none'}{cases}.",
    )  # fmt: skip
