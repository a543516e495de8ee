"""Bringing events to one subscriber: what a turn of it is asked, and how the turn ended."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, TypeAlias

from pydantic import PositiveInt

from oms.domain.ids import Mark
from oms.domain.model import Fact

GIVE_UP_AFTER = timedelta(days=3)
"""A subscriber that fails for longer, in business time, is paused until a person resumes it."""
WAITS = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 300, 900, 1800, 3600))
"""Business time between two tries, growing with each failure in a row; the last one stands for all that follow."""
SHORTEST_WAIT = timedelta(milliseconds=200)
"""Real time: no pace makes us knock more often."""


class RelayState(StrEnum):
    """Where a subscription stands."""

    ACTIVE = "active"
    WAITING = "waiting"
    """It failed and will be tried again."""
    PAUSED = "paused"
    """It failed for three days, or a person stopped it; a person resumes it."""
    GONE = "gone"
    """It answered 410: it wants no more; a person may resume it."""


STOPPED = frozenset({RelayState.PAUSED, RelayState.GONE})
"""Nothing is sent in these states, and nothing is lost either: the cursor stands."""


class RelayEvents(Fact):
    """Bring one subscriber everything it has not had yet."""

    subscriber: Mark
    pace: PositiveInt = 1
    turns: PositiveInt = 100
    """So many make one run: about eight hours when all is well; then it goes on with an empty history."""


class TurnOver(Fact):
    """The turn's time was up, or the worker had to go; whoever is next goes on behind the cursor."""

    outcome: Literal["over"] = "over"
    delivered: int


class TurnFailed(Fact):
    """The subscriber did not take an event; it is sent again, with the same id, after `seconds` of real time."""

    outcome: Literal["failed"] = "failed"
    delivered: int = 0
    failures: int
    """In a row: since the cursor moved last."""
    seconds: float
    answer: str
    """What it said, or how it kept silent."""


class TurnStopped(Fact):
    """Nothing is sent until a person resumes the subscription."""

    outcome: Literal["stopped"] = "stopped"
    delivered: int = 0
    state: RelayState
    why: str
    alert: bool = False
    """True for exactly the turn that stopped it: now a person should be told."""
    term: int = 0
    """Grows with every stop, so that each is told once."""


class NotSubscribed(Fact):
    """The settings know no such subscriber (any more): its relay ends."""

    outcome: Literal["not_subscribed"] = "not_subscribed"
    subscriber: Mark


Turn: TypeAlias = TurnOver | TurnFailed | TurnStopped | NotSubscribed
"""Told apart by their fields, too: payloads leave out what was never set, the outcome among it."""


class EventsCleared(Fact):
    """How many events were cleared away that everybody has and nobody will ask for again."""

    cleared: int


def wait_after(failures: int, pace: int, asked: float | None = None) -> timedelta:
    """Return the real time to wait after so many failures in a row.

    `asked` is the subscriber's own wish in real seconds (Retry-After); it lengthens the wait, up to the longest of ours.
    """
    ours = WAITS[min(max(failures, 1), len(WAITS)) - 1]
    theirs = min(timedelta(seconds=asked or 0), WAITS[-1] / pace)
    return max(ours / pace, theirs, SHORTEST_WAIT)


def given_up(failing_since: datetime, now: datetime, pace: int) -> bool:
    """Tell whether a row of failures has lasted too long."""
    return now - failing_since >= GIVE_UP_AFTER / pace
