"""Bring a version of the rule table to the orders in flight: wait until it is in force, then tell them."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.notices import NoticeActivities
    from activities.requests import TellPeople
    from activities.rule_changes import RuleChangeActivities
    from oms.domain import cards, summaries
    from oms.domain.errands import RulesSpread, SpreadRules
    from oms.domain.handover import Notice
from workflows.policies import OUTSIDE, SETTLE, SPREAD


@workflow.defn(name="SpreadRulesWorkflow")
class SpreadRulesWorkflow:
    """One version, one workflow, `rules:{version}`: new orders find it by themselves, these it is told to."""

    @workflow.run
    async def run(self, errand: SpreadRules) -> RulesSpread:
        """Wait, tell the orders, and tell people of those that could not be told."""
        workflow.set_current_details(cards.spread_begins(errand))
        await self._until_in_force(errand)
        done = await workflow.execute_activity_method(
            RuleChangeActivities.spread, errand, summary=summaries.spread_rules(errand.version), **SPREAD
        )
        workflow.set_current_details(cards.spread(errand, done))
        if done.failed:
            await self._tell_people(errand, done)
        return done

    async def _until_in_force(self, errand: SpreadRules) -> None:
        wait = (errand.effective_from + SETTLE - workflow.now()).total_seconds()
        if wait > 0:
            await workflow.sleep(wait, summary=summaries.rules_begin(errand.version))

    async def _tell_people(self, errand: SpreadRules, done: RulesSpread) -> None:
        notice = _not_told(errand, done)
        await workflow.execute_activity_method(
            NoticeActivities.tell, TellPeople(notice=notice), summary=summaries.tell(notice), **OUTSIDE
        )


def _not_told(errand: SpreadRules, done: RulesSpread) -> Notice:
    some = ", ".join(done.failed[:10])
    return Notice(
        id=f"rules:{errand.version}:not-told", to="operations", severity="warning",
        title=f"{len(done.failed)} orders could not be told of rules {errand.version}",
        body=f"They keep the version they were judged by: {some}. `starter.py rules activate` with the same file tells them again.",
    )  # fmt: skip
