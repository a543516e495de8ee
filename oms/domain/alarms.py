"""Alarms that a deadline has raised: who was called, and which named person looks after it."""

from oms.domain.deadlines import Step
from oms.domain.model import Fact, Moment

ANSWERABLE = frozenset({Step.REMIND, Step.WARN, Step.ESCALATE, Step.ESCALATE_FURTHER, Step.LOCK, Step.LATE})
"""What people are called for; each call is acknowledged by a named person, or by the next step."""
CALLS_FURTHER = frozenset({Step.ESCALATE, Step.LOCK})
"""Nobody acknowledging one of these is itself an alarm."""


class Alarm(Fact):
    """One call, once."""

    deadline: str
    """The id of the deadline that raised it."""
    step: Step
    at: Moment
    to: str
    acknowledged_by: str = ""
    acknowledged_at: Moment | None = None

    @property
    def open(self) -> bool:
        """Nobody has said yet that they look after it."""
        return not self.acknowledged_by


def waiting(alarms: tuple[Alarm, ...], step: str = "") -> tuple[Alarm, ...]:
    """List the open alarms: of one step, or all."""
    return tuple(alarm for alarm in alarms if alarm.open and step in {"", alarm.step})


def acknowledged(alarms: tuple[Alarm, ...], step: str, by: str, at: Moment) -> tuple[Alarm, ...]:
    """Return the alarms, those of a step (or all) acknowledged by a person."""
    return tuple(
        alarm.model_copy(update={"acknowledged_by": by, "acknowledged_at": at})
        if alarm.open and step in {"", alarm.step}
        else alarm
        for alarm in alarms
    )


def nobody_answers(alarms: tuple[Alarm, ...]) -> bool:
    """Tell whether somebody was called who should be called further when silent."""
    return any(alarm.open and alarm.step in CALLS_FURTHER for alarm in alarms)


def just_called(alarms: tuple[Alarm, ...], at: Moment) -> bool:
    """Tell whether such a call has gone out only now."""
    return any(alarm.open and alarm.step in CALLS_FURTHER and alarm.at == at for alarm in alarms)
