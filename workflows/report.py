"""Write a report on a schedule, and tell operations that it is there."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.notices import NoticeActivities
    from activities.reports import ReportActivities
    from activities.requests import TellPeople
    from oms.domain import cards, summaries
    from oms.domain.errands import MakeReport, ReportWritten, WriteReport
    from oms.domain.handover import Notice
    from oms.domain.periods import last_period
from workflows.policies import OUTSIDE, REPORT


@workflow.defn(name="ReportWorkflow")
class ReportWorkflow:
    """One report, `report:{kind}`: its files are written anew however often it runs, people hear of a period once."""

    @workflow.run
    async def run(self, errand: MakeReport) -> ReportWritten:
        """Count, write, tell."""
        period = errand.period or last_period(workflow.now(), errand.pace)
        written = await workflow.execute_activity_method(
            ReportActivities.write,
            WriteReport(period=period, language=errand.language),
            summary=summaries.write_report(period.name),
            **REPORT,
        )
        workflow.set_current_details(cards.report(written))
        notice = _headline(written)
        await workflow.execute_activity_method(
            NoticeActivities.tell, TellPeople(notice=notice), summary=summaries.tell(notice), **OUTSIDE
        )
        return written


def _headline(written: ReportWritten) -> Notice:
    figures = (
        f"{written.violations} violations (the period before: {written.violations_before}) and {written.near_misses} near "
        f"misses; {written.concerned} of {written.orders} orders under way have a violation, {written.open} are still open."
    )
    return Notice(
        id=f"report:{written.name}", to="operations", severity="warning" if written.violations else "info",
        title=f"{written.name}: {written.violations} violations",
        body=f"{figures} {written.headline} The report is on the desk: /desk/reports.",
    )  # fmt: skip
