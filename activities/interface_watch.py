"""Watch over the outside world."""

from temporalio import activity

from activities.beating import beating
from oms.domain.errands import InterfacesWatched, WatchInterfaces
from oms.expiring import Expiring, Reminders
from oms.interface_watch import InterfaceWatch


class InterfaceWatchActivities:
    """How every outside interface stands."""

    def __init__(self, watching: InterfaceWatch, expiring: Expiring) -> None:
        """Take who asks and judges, and who knows what ends."""
        self._watching = watching
        self._expiring = expiring

    @activity.defn(name="interfaces.watch")
    async def watch(self, request: WatchInterfaces) -> InterfacesWatched:
        """Probe, judge, write down; call people to what is not healthy, and off when it is. Raises Unavailable."""
        return await beating(self._watching.round(request.pace))

    @activity.defn(name="interfaces.remind")
    async def remind(self) -> Reminders:
        """Remind people of interfaces, tokens and certificates that end, each step once. Raises Unavailable."""
        return await beating(self._expiring.remind())
