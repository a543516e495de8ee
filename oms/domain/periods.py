"""The stretch of time a report tells of: a week of the business zone, any days, or a week of a demonstration."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import model_validator

from oms.domain.model import Fact, Moment

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")
WEEK, DAY = timedelta(days=7), timedelta(days=1)
SHORTEST = timedelta(minutes=1)
"""However fast a demonstration runs, a period is never shorter."""
_WEEK_NAME = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)


def read_moment(text: str, zone: tzinfo = BUSINESS_ZONE) -> datetime:
    """Read a moment in ISO 8601 as a person writes it; without an offset it is one of `zone`. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


class Period(Fact):
    """From `since` on and before `until`."""

    since: Moment
    until: Moment

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if self.until <= self.since:
            raise ValueError(f"a period ends after it begins, not {self.since} to {self.until}")
        return self

    def __contains__(self, moment: datetime) -> bool:
        """Tell whether the moment lies within."""
        return self.since <= moment < self.until

    @property
    def before(self) -> "Period":
        """The period of the same length that ends where this one begins."""
        return Period(since=self.since - (self.until - self.since), until=self.since)

    @property
    def days(self) -> tuple[date, ...]:
        """The days of the business zone that it touches."""
        first, last = _day(self.since), _day(self.until - timedelta.resolution)
        return tuple(first + timedelta(days=number) for number in range((last - first).days + 1))

    @property
    def name(self) -> str:
        """Short and safe in file names: `2026-W47`, `2026-11-16_2026-11-18`, or moments to the second in UTC."""
        since, until = (moment.astimezone(BUSINESS_ZONE) for moment in (self.since, self.until))
        if since.time() == until.time() == time():
            if since.weekday() == 0 and until.date() - since.date() == WEEK:
                year, week, _ = since.date().isocalendar()
                return f"{year:04}-W{week:02}"
            return f"{since:%Y-%m-%d}_{until - DAY:%Y-%m-%d}"
        return f"{self.since:%Y%m%dT%H%M%SZ}_{self.until:%Y%m%dT%H%M%SZ}"


def week_named(name: str) -> Period:
    """Return the week of an ISO name like `2026-W47`, Monday to Sunday in the business zone. Raises ValueError."""
    match = _WEEK_NAME.fullmatch(name)
    if match is None:
        raise ValueError(f"{name!r} is not a week; write it like 2026-W47")
    monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
    return days_from(monday, monday + timedelta(days=6))


def days_from(first: date, last: date) -> Period:
    """Return whole days of the business zone, the last one included. Raises ValueError when they are in the wrong order."""
    return Period(since=_midnight(first), until=_midnight(last + DAY))


def last_period(now: datetime, pace: int = 1) -> Period:
    """Return the last full week before `now`; at a pace, the last full slice of a week divided by it."""
    if pace == 1:
        today = _day(now)
        monday = today - timedelta(days=today.weekday())
        return days_from(monday - WEEK, monday - DAY)
    length = length_at(pace)
    until = now.astimezone(UTC) - (now - datetime.fromtimestamp(0, UTC)) % length
    return Period(since=until - length, until=until)


def length_at(pace: int) -> timedelta:
    """Return how long a week of business time lasts, in whole seconds of real time."""
    return max(timedelta(seconds=WEEK // timedelta(seconds=pace)), SHORTEST)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BUSINESS_ZONE).astimezone(UTC)


def _day(moment: datetime) -> date:
    return moment.astimezone(BUSINESS_ZONE).date()
