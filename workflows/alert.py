"""One open condition: somebody is told, the next one is called until a person acknowledges, and its end closes it."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.alerts import AlertActivities, LookAtAlert, TellAlert
    from oms.domain import alerting, cards
    from oms.domain.alerting import AlertState, Word
    from oms.domain.alerts import AcknowledgeAlert, Condition, ConditionOver
    from oms.domain.messages import Done
from workflows.ground import check
from workflows.policies import ALERT_BOOKS, TELL_ALERT


@workflow.defn(name="AlertWorkflow")
class AlertWorkflow:
    """An alert, from the moment its condition is reported until it is over and those told have heard that."""

    @workflow.init
    def __init__(self, begin: AlertState) -> None:
        """Remember what is handed over from run to run."""
        self._state = begin
        self._news = 0

    @workflow.signal(name="open")
    def heard(self, condition: Condition) -> None:
        """The condition is so: still, again, or graver than before."""
        alerting.heard(self._state, condition, workflow.now())
        self._news += 1

    @workflow.signal
    def over(self, end: ConditionOver) -> None:
        """The condition has ended."""
        alerting.ended(self._state, end, workflow.now())
        self._news += 1

    @workflow.update
    def acknowledge(self, wish: AcknowledgeAlert) -> Done:
        """Let a named person look after it: nobody else is called."""
        alerting.acknowledge(self._state, wish, workflow.now())
        self._news += 1
        return Done(note="nobody else is called; it closes itself when the condition is over")

    @acknowledge.validator
    def _may_be_acknowledged(self, wish: AcknowledgeAlert) -> None:
        check(alerting.refusal(self._state, wish))

    @workflow.query
    def state(self) -> AlertState:
        """Return everything that the alert remembers."""
        return self._state

    @workflow.run
    async def run(self, begin: AlertState) -> AlertState:
        """Write down and look, tell whoever is due, wait; until it is over and told so."""
        while True:
            await self._write_down_and_look()
            workflow.set_current_details(cards.alert(self._state))
            word = alerting.word_due(self._state, workflow.now())
            if word is not None:
                await self._tell(word)
            elif self._state.finished and not self._news:
                return self._state
            elif workflow.info().is_continue_as_new_suggested():
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(self._state)
            else:
                await self._wait_for_news()

    async def _write_down_and_look(self) -> None:
        self._news = 0
        now = workflow.now()
        found = await workflow.execute_local_activity_method(
            AlertActivities.look, LookAtAlert(state=self._state, at=now),
            summary=alerting.look_words(self._state), **ALERT_BOOKS,
        )  # fmt: skip
        alerting.looked(self._state, found, now)

    async def _tell(self, word: Word) -> None:
        due = self._state.due
        answer = await workflow.execute_activity_method(
            AlertActivities.tell, TellAlert(state=self._state, word=word, at=workflow.now()),
            summary=alerting.tell_words(self._state, word), **TELL_ALERT,
        )  # fmt: skip
        alerting.told(self._state, (word, due), answer, workflow.now())

    async def _wait_for_news(self) -> None:
        until = alerting.next_moment(self._state)
        patience = None if until is None else until - workflow.now()
        words = alerting.wait_words(self._state)
        try:
            await workflow.wait_condition(lambda: self._news > 0, timeout=patience, timeout_summary=words)
        except TimeoutError:
            return
