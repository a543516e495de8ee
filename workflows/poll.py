"""Ask a shop what changed, on a schedule of its own; three failures in a row tell a person, once."""

from typing import assert_never

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.channels import ChannelActivities
    from activities.notices import NoticeActivities
    from activities.requests import TellPeople
    from oms.domain import summaries
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
        match answer:
            case PollFailed(alert=True):
                await _tell(_failing(errand.shop, answer))
            case PollDone(recovered_after=failures) if failures:
                await _tell(_back(errand.shop, failures))
            case PollDone() | PollFailed():
                pass
            case _:
                assert_never(answer)
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
        if done.recovered:
            await _tell(_missed(errand.shop, done))
        return done


async def _tell(notice: Notice) -> None:
    await workflow.execute_activity_method(
        NoticeActivities.tell, TellPeople(notice=notice), summary=summaries.tell(notice), **OUTSIDE
    )


def _failing(shop: ShopKey, failed: PollFailed) -> Notice:
    since = failed.cursor.isoformat() if failed.cursor else "the beginning"
    return Notice(
        id=f"{workflow.info().workflow_id}:failing", to="operations", severity="red", title=f"polling {shop} fails",
        body=f"{failed.failures} polls of {shop} have failed in a row: {failed.error}. Nothing was fetched since {since}.",
    )  # fmt: skip


def _back(shop: ShopKey, failures: int) -> Notice:
    return Notice(
        id=f"{workflow.info().workflow_id}:back", to="operations", title=f"polling {shop} works again",
        body=f"{shop} answers again after {failures} failed polls; everything since the last good one was fetched.",
    )  # fmt: skip


def _missed(shop: ShopKey, done: SweepDone) -> Notice:
    return Notice(
        id=f"{workflow.info().workflow_id}:missed", to="operations", severity="warning",
        title=f"{done.recovered} orders of {shop} had been missed",
        body=f"The sweep of {shop} found {done.platform} orders there and {done.ours} here; recovered: {', '.join(done.which)}.",
    )  # fmt: skip
