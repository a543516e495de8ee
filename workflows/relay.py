"""Bring events to one subscriber, turn after turn; what fails is tried again later, and a person hears of an end."""

from typing import assert_never

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.broadcast import BroadcastActivities
    from activities.notices import NoticeActivities
    from activities.requests import TellPeople
    from oms.domain import cards, summaries
    from oms.domain.handover import Notice
    from oms.domain.relaying import (
        NotSubscribed,
        RelayEvents,
        RelayState,
        Turn,
        TurnFailed,
        TurnOver,
        TurnStopped,
    )
from workflows.policies import CLEAR_EVENTS, LOOK_AGAIN, OUTSIDE, RELAY

TURNS_BETWEEN_CLEARINGS = 12


@workflow.defn(name="RelayEventsWorkflow")
class RelayEventsWorkflow:
    """One subscriber's relay, for as long as the settings know it. How far it came stands in our database."""

    def __init__(self) -> None:
        """Begin with nobody having asked to look."""
        self._asked = False

    @workflow.signal
    def look(self) -> None:
        """Do not wait any longer: somebody resumed the subscription, or set it back."""
        self._asked = True

    @workflow.run
    async def run(self, errand: RelayEvents) -> NotSubscribed:
        """Take turns until the subscriber is configured no more."""
        for number in range(errand.turns):
            turn = await self._take_a_turn(errand)
            workflow.set_current_details(cards.relay(errand, turn))
            if isinstance(turn, NotSubscribed):
                return turn
            await self._go_on_after(turn, errand, number)
            if workflow.info().is_continue_as_new_suggested():
                break
        return workflow.continue_as_new(errand)

    async def _take_a_turn(self, errand: RelayEvents) -> Turn:
        self._asked = False
        turn: Turn = await workflow.execute_activity_method(
            BroadcastActivities.relay, errand, summary=summaries.relay(errand.subscriber), **RELAY
        )
        return turn

    async def _go_on_after(
        self, turn: TurnOver | TurnFailed | TurnStopped, errand: RelayEvents, number: int
    ) -> None:
        match turn:
            case TurnOver():
                await self._clear_now_and_then(errand, number)
            case TurnFailed():
                await self._wait(turn.seconds, summaries.try_again(errand.subscriber, turn))
            case TurnStopped():
                await self._tell(errand, turn)
                await self._wait(LOOK_AGAIN.total_seconds(), summaries.stopped(errand.subscriber, turn))
            case _:
                assert_never(turn)

    async def _clear_now_and_then(self, errand: RelayEvents, number: int) -> None:
        if number % TURNS_BETWEEN_CLEARINGS == 0:
            await workflow.execute_activity_method(
                BroadcastActivities.clear, errand, summary=summaries.clear_events(), **CLEAR_EVENTS
            )

    async def _wait(self, how_long: float, why: summaries.Words) -> None:
        try:
            await workflow.wait_condition(lambda: self._asked, timeout=how_long, timeout_summary=why)
        except TimeoutError:
            return

    async def _tell(self, errand: RelayEvents, turn: TurnStopped) -> None:
        if turn.alert:
            notice = _stopped(errand.subscriber, turn)
            await workflow.execute_activity_method(
                NoticeActivities.tell, TellPeople(notice=notice), summary=summaries.tell(notice), **OUTSIDE
            )


def _stopped(subscriber: str, turn: TurnStopped) -> Notice:
    said_so = turn.state is RelayState.GONE
    return Notice(
        id=f"{workflow.info().workflow_id}:stopped:{turn.term}", to="operations", severity="warning" if said_so else "red",
        title=f"{subscriber} is told nothing any more",
        body=(
            f"Subscriber {subscriber}: {turn.why}. Nothing is lost: `starter.py events resume {subscriber}` goes on where it "
            "stopped, `starter.py events replay` from anywhere."
        ),
    )  # fmt: skip
