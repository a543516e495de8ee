"""Tell the orders in flight of new rules."""

from temporalio import activity

from oms.domain.errands import RulesSpread, SpreadRules
from oms.spreading import Progress, Spreading


class RuleChangeActivities:
    """A version of the table that is now in force."""

    def __init__(self, spreading: Spreading) -> None:
        """Take who finds the orders and tells them."""
        self._spreading = spreading

    @activity.defn(name="rules.spread")
    async def spread(self, request: SpreadRules) -> RulesSpread:
        """Tell each order whose row says so, once; whoever takes over goes on where the last one stopped."""
        details = activity.info().heartbeat_details
        so_far = Progress.model_validate(details[0]) if details else Progress()
        done = await self._spreading.tell(request, so_far, activity.heartbeat)
        activity.logger.info("rules.spread", extra={"version": request.version, "how": done.words()})
        return done
