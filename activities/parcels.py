"""Look after parcels that say nothing."""

from temporalio import activity

from activities.beating import beating
from activities.notices import NoticeActivities
from activities.requests import TellPeople
from oms.domain.errands import WatchDone, WatchParcels
from oms.domain.handover import Notice
from oms.watching import Watching


class ParcelActivities:
    """The parcels of all unfinished orders."""

    def __init__(self, watching: Watching, people: NoticeActivities) -> None:
        """Take who looks after them, and how people are told."""
        self._watching = watching
        self._people = people

    @activity.defn(name="parcels.watch")
    async def watch(self, request: WatchParcels) -> WatchDone:
        """Ask for silent parcels, follow given-up ones anew, tell people of missing first scans; each as often as it makes sense."""
        return await beating(self._watching.round(request.pace, self._tell))

    async def _tell(self, notice: Notice) -> None:
        await self._people.tell(TellPeople(notice=notice))
