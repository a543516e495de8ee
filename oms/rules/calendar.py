"""Chinese workdays: which days count, as the State Council published them, and where a duration ends that counts them."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

import chinese_calendar

from oms.domain.periods import BUSINESS_ZONE

_SATURDAY = 5
_DAY = timedelta(days=1)
_FARTHEST = date(9000, 1, 1)


class Counted(NamedTuple):
    """Where a duration ends."""

    end: datetime
    estimated: bool
    """A day on the way lies in a year whose holidays are not published (or not known to us) yet: Monday to Friday count."""


class _Day(NamedTuple):
    works: bool
    published: bool


@lru_cache(maxsize=4096)
def _day(day: date) -> _Day:
    try:
        return _Day(works=chinese_calendar.is_workday(day), published=True)
    except NotImplementedError:
        return _Day(works=day.weekday() < _SATURDAY, published=False)


def after_workdays(start: datetime, length: timedelta) -> Counted:
    """Return the moment at which so much time of Chinese workdays has passed; a workday is 24 hours from midnight."""
    at, left, estimated = start.astimezone(BUSINESS_ZONE), length, False
    while left > timedelta() and at.date() < _FARTHEST:
        day = _day(at.date())
        estimated = estimated or not day.published
        midnight = datetime.combine(at.date() + _DAY, time(), BUSINESS_ZONE)
        if day.works and left <= midnight - at:
            return Counted((at + left).astimezone(UTC), estimated)
        left -= midnight - at if day.works else timedelta()
        at = midnight
    return Counted(at.astimezone(UTC), estimated)
