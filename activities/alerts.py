"""Tell people of an alert, write it down, and look whether its condition is over."""

import asyncio

from temporalio import activity

from oms.alert_ends import Ends
from oms.alerting import KEEP_POSTS, Office
from oms.domain.alerting import AlertStage, AlertState, Looked, ToldAlert, Word
from oms.domain.model import Fact, Moment
from oms.store import Store


class LookAtAlert(Fact):
    """Write an alert down, and look."""

    state: AlertState
    at: Moment


class TellAlert(Fact):
    """Tell whoever is next."""

    state: AlertState
    word: Word
    at: Moment


class AlertActivities:
    """The office that tells people, and the read model."""

    def __init__(self, office: Office, store: Store) -> None:
        """Take whoever tells, and the store."""
        self._office, self._store, self._ends = office, store, Ends(store)

    @activity.defn(name="alerts.look")
    async def look(self, request: LookAtAlert) -> Looked:
        """Write the alert down as it stands; say whether its condition is over."""
        return await asyncio.to_thread(self._look, request)

    def _look(self, request: LookAtAlert) -> Looked:
        state = request.state
        self._store.alerts.save(state)
        if state.stage is AlertStage.CLOSED:
            self._store.alert_posts.withdraw([state.condition.key], ("opened", "raised", "escalated"))
            self._store.alert_posts.prune(request.at - KEEP_POSTS)
        elif state.stage is AlertStage.ACKNOWLEDGED:
            self._store.alert_posts.withdraw([state.condition.key], ("escalated",))
        return self._ends.look(state, request.at)

    @activity.defn(name="alerts.tell")
    async def tell(self, request: TellAlert) -> ToldAlert:
        """Tell the next person who can be reached; told twice with one state, it is heard once."""
        return await self._office.tell(request.state, request.word, request.at)
