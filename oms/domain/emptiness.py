"""Lists that are suddenly empty against their own history: a platform that serves "no orders" in place of an error (R29)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

from oms.domain.card import clock
from oms.domain.model import Fact, Moment

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
HISTORY = 7 * DAY
SUSPICIOUS_FROM = 12.0
"""So many rows should have come: rows come twice for the overlap, and no six orders stay away by chance (1 in 400)."""
LEAST_HISTORY = 3
"""Reads to compare with; fewer say nothing."""
LATELY = 8
"""Without a history of this hour of the day, the last reads before the silence stand for it ..."""
TRUSTED_LATELY = 2
"""... but only for the first reads of the silence: after them, night may have come."""


class ListRead(Fact):
    """A list that was read to its end: when, and how many rows it had."""

    at: Moment
    rows: int


def suspicious(reads: Sequence[ListRead], pace: int = 1) -> str:
    """Say in words why a list's silence is suspicious; empty when it is not. `reads`: oldest first.

    The list is compared with what it held at the same hour of the days before, each day divided by the pace.
    """
    silence = _silence(reads)
    before = reads[: len(reads) - len(silence)]
    if not silence or len(before) < LEAST_HISTORY:
        return ""
    expected = sum(_usual(before, read.at, place, pace) for place, read in enumerate(silence))
    if expected < SUSPICIOUS_FROM:
        return ""
    return f"empty since {clock(silence[0].at)}, where {expected:.0f} rows would be usual"


def _silence(reads: Sequence[ListRead]) -> Sequence[ListRead]:
    start = len(reads)
    while start and not reads[start - 1].rows:
        start -= 1
    return reads[start:]


def _usual(before: Sequence[ListRead], at: datetime, place: int, pace: int) -> float:
    day, hour = DAY / pace, HOUR / pace
    same_hour = [read.rows for read in before if _apart(at - read.at, day) <= hour and at - read.at >= hour]
    if len(same_hour) >= LEAST_HISTORY and at - before[0].at >= day - hour:
        return median(same_hour)
    return median(read.rows for read in before[-LATELY:]) if place < TRUSTED_LATELY else 0.0


def _apart(distance: timedelta, day: timedelta) -> timedelta:
    """How far two moments are apart on the clock's face."""
    rest = distance % day
    return min(rest, day - rest)
