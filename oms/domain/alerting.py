"""An alert's life: told, acknowledged or called further, raised, over; what its workflow remembers."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, PositiveInt

from oms.domain.alerts import AcknowledgeAlert, AlertKind, Condition, ConditionOver
from oms.domain.model import Fact, Moment
from oms.domain.summaries import Words

Severity: TypeAlias = Literal["info", "warning", "red"]
Word: TypeAlias = Literal["opened", "raised", "escalated", "closed"]
GRAVITY: Mapping[str, int] = {"info": 0, "warning": 1, "red": 2}
LOOKED_AT = frozenset({
    AlertKind.OUT_OF_STOCK, AlertKind.SLA, AlertKind.RED_LOCK, AlertKind.ORDER, AlertKind.PULLS_FAILING,
})  # fmt: skip
"""Kinds whose end stands in our own read model; of all others whoever opened them says that they are over."""
FIRST_LOOK, LONGEST_LOOK = timedelta(minutes=1), timedelta(minutes=30)
SHORTEST_LOOK = timedelta(seconds=30)
"""Real time: the order's book, which is looked at, may be written a moment after the alert was opened."""
LINES_KEPT = 50
CLOSINGS_TRIED = 5
LONGEST_NAME, LONGEST_WHY = 80, 500


class AlertStage(StrEnum):
    """Where an alert stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class AlertLine(Fact):
    """One line of an alert's history."""

    at: Moment
    what: str
    who: str = ""
    why: str = ""


class Looked(Fact):
    """What the read model says of a condition."""

    over: ConditionOver | None = None
    orders: int | None = None
    """How many orders it concerned so far; None when that cannot be said."""


class ToldAlert(Fact):
    """Who heard of an alert, and when somebody must hear of it again."""

    reached: str = ""
    """The person, or several with a comma between; empty: nobody yet."""
    way: str = ""
    level: int = 0
    """Which place of the rota that person has."""
    again_at: Moment | None = None
    """When the next person is called, or the same one is tried again; None: nobody is."""
    failed: tuple[str, ...] = ()
    """Who could not be reached, and how."""
    why_not: str = ""


class AlertState(BaseModel):
    """What an alert remembers; it survives continue-as-new."""

    model_config = ConfigDict(extra="ignore")

    condition: Condition
    opened_at: Moment
    pace: PositiveInt = 1
    level: int = 0
    """Whom to call next: a place in the rota."""
    tellings: int = 0
    """Grows with each that reached somebody; names them, so that each is heard once."""
    due: Moment | None = None
    say: Word = "opened"
    told: tuple[str, ...] = ()
    acknowledged_by: str = ""
    acknowledged_why: str = ""
    acknowledged_at: Moment | None = None
    over: ConditionOver | None = None
    orders: int | None = None
    closings: int = 0
    finished: bool = False
    looks: int = 0
    look_at: Moment | None = None
    reported: int = 0
    """How often the condition was said to be so."""
    lines: tuple[AlertLine, ...] = ()

    @classmethod
    def begin(cls, condition: Condition, at: datetime, pace: int = 1) -> "AlertState":
        """Open an alert; somebody is told at once."""
        state = cls(condition=condition, opened_at=at, pace=pace, due=at)
        state.note(at, "opened", why=condition.title)
        state.plan_look(at)
        return state

    @property
    def stage(self) -> AlertStage:
        """Open, acknowledged or closed."""
        if self.over is not None:
            return AlertStage.CLOSED
        return AlertStage.ACKNOWLEDGED if self.acknowledged_by else AlertStage.OPEN

    @property
    def id(self) -> str:
        """This alert, as opposed to an earlier one of the same condition."""
        return f"{self.condition.key}@{self.opened_at:%Y%m%dT%H%M%S}"

    def note(self, at: datetime, what: str, *, who: str = "", why: str = "") -> None:
        """Write one line of its history; the oldest of very many go."""
        self.lines = (*self.lines, AlertLine(at=at, what=what, who=who, why=why))[-LINES_KEPT:]

    def plan_look(self, at: datetime) -> None:
        """Say when to look next whether the condition is over; ever more seldom."""
        if self.condition.kind in LOOKED_AT:
            wait = min(FIRST_LOOK * 2 ** min(self.looks, 10), LONGEST_LOOK) / self.pace
            self.looks += 1
            self.look_at = at + max(wait, SHORTEST_LOOK)


def heard(state: AlertState, condition: Condition, at: datetime) -> None:
    """Take in that the condition is (still) so: a graver one, or one for others, is told anew, to them."""
    state.reported += 1
    if state.over is not None:
        if condition.since <= state.over.at:
            return
        state.over, state.closings, state.finished = None, 0, False
        state.note(at, "opened again", why=condition.title)
        _tell_anew(state, condition, at, "opened")
    elif GRAVITY[condition.severity] > GRAVITY[state.condition.severity] or _for_others(state, condition):
        state.note(at, "raised", why=f"{condition.severity}: {condition.title}")
        _tell_anew(state, condition, at, "raised")


def _for_others(state: AlertState, condition: Condition) -> bool:
    same = GRAVITY[condition.severity] == GRAVITY[state.condition.severity]
    return same and condition.to != state.condition.to


def _tell_anew(state: AlertState, condition: Condition, at: datetime, say: Word) -> None:
    state.condition, state.level, state.due, state.say = condition, 0, at, say
    state.acknowledged_by, state.acknowledged_why, state.acknowledged_at = "", "", None
    state.looks = 0
    state.plan_look(at)


def refusal(state: AlertState, wish: AcknowledgeAlert) -> str:
    """Say why nobody can acknowledge now; empty: it is fine."""
    if not wish.by.strip() or len(wish.by) > LONGEST_NAME:
        return f"say who: a name of at most {LONGEST_NAME} characters"
    if not wish.why.strip() or len(wish.why) > LONGEST_WHY:
        return f"say why, or what is being done: at most {LONGEST_WHY} characters"
    if state.over is not None:
        return f"alert {state.condition.key} is over: {state.over.why}"
    if state.acknowledged_by:
        return f"{state.acknowledged_by} looks after {state.condition.key} already"
    return ""


def acknowledge(state: AlertState, wish: AcknowledgeAlert, at: datetime) -> None:
    """A named person looks after it: nobody else is called."""
    state.acknowledged_by, state.acknowledged_why, state.acknowledged_at = wish.by, wish.why, at
    state.due = None
    state.note(at, "acknowledged", who=wish.by, why=wish.why)


def ended(state: AlertState, over: ConditionOver, at: datetime) -> None:
    """The condition has ended; an end from before it began is none."""
    if state.over is None and over.at >= state.condition.since:
        state.over, state.due, state.say = over, at, "closed"
        state.note(at, "over", why=over.why)


def looked(state: AlertState, look: Looked, at: datetime) -> None:
    """Take in what the read model says."""
    state.orders = look.orders if look.orders is not None else state.orders
    if look.over is not None:
        ended(state, look.over, at)
    if state.look_at is not None and state.look_at <= at:
        state.plan_look(at)
    if state.over is not None and not state.told:
        state.finished = True


def word_due(state: AlertState, at: datetime) -> Word | None:
    """Return what somebody must be told now, if anything."""
    if state.finished or state.due is None or state.due > at:
        return None
    return state.say


def told(state: AlertState, asked: tuple[Word, datetime | None], answer: ToldAlert, at: datetime) -> None:
    """Take in who has heard, and when somebody must hear again; `asked`: what was due when they were told."""
    word, due = asked
    for failure in answer.failed:
        state.note(at, "not reached", who=failure)
    if answer.why_not:
        state.note(at, "waits", why=answer.why_not)
    if answer.reached:
        state.note(at, f"told: {word}", who=answer.reached, why=answer.way)
        state.tellings += 1
        state.told = tuple(dict.fromkeys((*state.told, *answer.reached.split(", "))))
    if (state.say, state.due) != (word, due):
        return  # it went on meanwhile: what is due now stands in the state already
    state.due = answer.again_at
    if word == "closed":
        state.closings += not answer.why_not
        state.finished = bool(answer.reached) or state.closings >= CLOSINGS_TRIED
    elif answer.reached:
        state.say, state.level = "escalated", answer.level + 1


def next_moment(state: AlertState) -> datetime | None:
    """Return when to wake up, whatever is heard until then; None: only when something is heard."""
    looking = state.look_at if state.over is None else None
    return min((moment for moment in (state.due, looking) if moment is not None), default=None)


def title(state: AlertState) -> Words:
    """One line that says which alert this is."""
    return Words(f"{state.condition.severity}: {state.condition.title} ({state.condition.key})")


def look_words(state: AlertState) -> Words:
    """Write down, and look whether it is over."""
    return Words(f"write down: {state.stage}; is {state.condition.kind.replace('_', ' ')} over?")


def tell_words(state: AlertState, word: Word) -> Words:
    """Tell somebody of the rota."""
    return Words(f"tell {state.condition.to}: {word}, {state.condition.title}")


def wait_words(state: AlertState) -> Words:
    """Wait for an answer."""
    if state.acknowledged_by:
        return Words("acknowledged: wait until it is over")
    return Words("wait until somebody acknowledges, or it is over")
