"""Look after silent parcels, on a schedule: what a lost callback would have told is learnt all the same."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.parcels import ParcelActivities
    from oms.domain import cards, summaries
    from oms.domain.errands import WatchDone, WatchParcels
from workflows.policies import WATCH


@workflow.defn(name="WatchParcelsWorkflow")
class WatchParcelsWorkflow:
    """One round over the parcels of all unfinished orders; what it remembers stands in our database, in the open."""

    @workflow.run
    async def run(self, errand: WatchParcels) -> WatchDone:
        """Ask, follow anew, tell people."""
        done: WatchDone = await workflow.execute_activity_method(
            ParcelActivities.watch, errand, summary=summaries.watch_parcels(), **WATCH
        )
        workflow.set_current_details(cards.parcels(done))
        return done
