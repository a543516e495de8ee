"""What ends on a date: interfaces, tokens, certificates; and which reminder of it is due (R30).

Days are counted between dates of the business zone, so that a reminder comes at the same time of day whatever the
zone in which the end was announced does with its clocks. Real days: a demonstration's pace does not divide them.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from oms.domain.alerts import AlertKind, Condition
from oms.domain.model import Fact, Moment
from oms.domain.periods import BUSINESS_ZONE

ENDED = 0
"""The step of what has ended already."""
STEPS = (30, 15, 7, 1, ENDED)
"""Days before the end at which people are reminded, the latest last."""


class Call(NamedTuple):
    """How grave a step is, and whom it calls: each is graver than the one before, or calls somebody further up.

    An alert that somebody has acknowledged is told anew for either.
    """

    severity: Literal["info", "warning", "red"]
    to: Literal["operations", "supervisor", "manager"]


CALLS: Mapping[int, Call] = MappingProxyType({
    30: Call("info", "operations"),
    15: Call("warning", "operations"),
    7: Call("warning", "supervisor"),
    1: Call("red", "supervisor"),
    ENDED: Call("red", "manager"),
})  # fmt: skip


class Ends(StrEnum):
    """What can end."""

    INTERFACE = "interface"
    TOKEN = "token"  # noqa: S105 - a kind of thing, not one
    CERTIFICATE = "certificate"


class Expiry(Fact):
    """The end of one thing."""

    what: Ends
    name: str
    """The interface's key, the shop, or the address of the certificate."""
    at: Moment
    source: str
    """Where the date was learnt."""
    owner: str
    """Who looks after it."""
    shop: str = ""
    renews_itself: bool = False
    """We renew it in time without anybody: only its end is worth a word, as it means that this has failed."""

    @property
    def key(self) -> str:
        """Name it in the register: `{what}:{name}`."""
        return f"{self.what}:{self.name}"

    @property
    def condition_key(self) -> str:
        """Name its alert."""
        return f"expiry:{self.key}"


class Reminded(Fact):
    """What people were told of one expiry, and what a person has acknowledged."""

    of: Moment | None = None
    """The end they were told of: when it moves to another day, reminding begins anew."""
    step: int | None = None
    acknowledged: int | None = None


def days_left(at: datetime, now: datetime) -> int:
    """Count the days between two dates of the business zone; negative when the date has passed."""
    return (at.astimezone(BUSINESS_ZONE).date() - now.astimezone(BUSINESS_ZONE).date()).days


def step_at(expiry: Expiry, now: datetime) -> int | None:
    """Return the step that an expiry is in, of STEPS; None while it is further away than the first."""
    if now >= expiry.at:
        return ENDED
    left = days_left(expiry.at, now)
    reached = [step for step in STEPS if step != ENDED and left <= step]
    return min(reached) if reached and not expiry.renews_itself else None


def due(expiry: Expiry, told: Reminded, now: datetime) -> int | None:
    """Return the reminder that is due; None when there is none, or it was given or acknowledged before.

    A reminder that was missed is not made up for: the latest one that applies is given.
    """
    step = step_at(expiry, now)
    before = told if same_end(expiry.at, told.of) else Reminded()
    known = [each for each in (before.step, before.acknowledged) if each is not None]
    return None if step is None or (known and min(known) <= step) else step


def same_end(at: datetime, other: datetime | None) -> bool:
    """Tell whether two ends fall on one day of the business zone."""
    return other is not None and days_left(at, other) == 0


def beginning_of(day: date, zone: ZoneInfo) -> datetime:
    """Return when a day begins in a zone: an end announced as a date is taken at its earliest.

    Where clocks are put forward at midnight, the day begins with the first moment that there is.
    """
    return datetime.combine(day, time(), zone).astimezone(UTC)


def condition_of(expiry: Expiry, step: int, now: datetime) -> Condition:
    """Return the condition that a reminder opens, or makes graver."""
    day = f"{expiry.at.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}"
    left = days_left(expiry.at, now)
    when = "has ended" if step == ENDED else ("ends today" if left <= 0 else f"ends in {left} days")
    return Condition(
        key=expiry.condition_key,
        kind=AlertKind.EXPIRY,
        severity=CALLS[step].severity,
        to=CALLS[step].to,
        title=f"{expiry.what} {expiry.name} {when}",
        body=(
            f"The {expiry.what} {expiry.name} {when}: {day} in China ({expiry.source}). {expiry.owner} looks after it. "
            f"{_next_step(expiry)}, or acknowledge: starter.py interfaces acknowledge {expiry.key} --by … --why …"
        ),
        shop=expiry.shop,
        interface=expiry.name if expiry.what is Ends.INTERFACE else "",
        since=now,
    )


def _next_step(expiry: Expiry) -> str:
    match expiry.what:
        case Ends.INTERFACE:
            return "Move to its successor (starter.py interfaces show names it), or set another date"
        case Ends.TOKEN:
            return "Authorise the shop anew and put its new token into the settings"
        case Ends.CERTIFICATE:
            return "Whoever runs that address must renew it"
