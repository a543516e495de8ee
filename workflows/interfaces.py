"""Watch over the outside world, on a schedule: what changes there is noticed before it loses orders (R29)."""

from collections.abc import Sequence

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.calls import CallActivities
    from activities.interface_watch import InterfaceWatchActivities
    from oms.domain import summaries
    from oms.domain.calls import PruneCalls
    from oms.domain.errands import InterfacesWatched, WatchInterfaces
    from oms.domain.interfaces import Health
    from oms.temporal.attributes import INTERFACE_STATE
from workflows.policies import LOOK


@workflow.defn(name="WatchInterfacesWorkflow")
class WatchInterfacesWorkflow:
    """One round over all outside interfaces; how each stands is kept in our database, in the open."""

    @workflow.run
    async def run(self, errand: WatchInterfaces) -> InterfacesWatched:
        """Look and show what was found; remind people of what ends; forget old calls."""
        found = await workflow.execute_activity_method(
            InterfaceWatchActivities.watch, errand, summary=summaries.watch_interfaces(), **LOOK
        )
        workflow.set_current_details(summaries.interfaces_card(found))
        workflow.upsert_search_attributes([INTERFACE_STATE.value_set(_states(found))])
        await _look_after_the_register()
        return found


async def _look_after_the_register() -> None:
    await workflow.execute_activity_method(
        InterfaceWatchActivities.remind, summary=summaries.remind(), **LOOK
    )
    await workflow.execute_activity_method(
        CallActivities.prune, PruneCalls(), summary=summaries.prune_calls(), **LOOK
    )


def _states(found: InterfacesWatched) -> Sequence[str]:
    """Name the states that there are, without which interface is in them: `healthy` when no other is."""
    return sorted(set(found.states.values())) or [Health.HEALTHY]


@workflow.defn(name="CanaryWorkflow")
class CanaryWorkflow:
    """Ends as soon as a worker takes it up: as long as it does, the engine works."""

    @workflow.run
    async def run(self) -> str:
        """Sing."""
        return "alive"
