"""Which stretch of time a report tells of."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.domain.periods import Period, days_from, last_period, length_at, week_named

MONDAY = datetime(2026, 11, 15, 16, tzinfo=UTC)
"""00:00 in Shanghai."""
WEEK = timedelta(days=7)


def test_a_week_is_monday_to_sunday_in_the_business_zone() -> None:
    """And the period before it is the week before."""
    week = week_named("2026-W47")

    assert (week.since, week.until) == (MONDAY, MONDAY + WEEK)
    assert (week.name, week.before.name) == ("2026-W47", "2026-W46")
    assert [str(day) for day in (week.days[0], week.days[-1])] == ["2026-11-16", "2026-11-22"]


@pytest.mark.parametrize("name", ["2026-W54", "2026-W00", "2026-47", "W47", "2026-W4", "2026-W٤٧", ""])
def test_what_is_no_week_is_refused(name: str) -> None:
    """With how weeks are written, or why this one cannot be."""
    with pytest.raises(ValueError, match="week"):
        week_named(name)


@pytest.mark.parametrize(
    ("now", "name"),
    [
        (MONDAY - timedelta(seconds=1), "2026-W45"),
        (MONDAY, "2026-W46"),
        (MONDAY + timedelta(hours=8), "2026-W46"),
        (MONDAY + WEEK - timedelta(seconds=1), "2026-W46"),
        (datetime(2027, 1, 4, 0, tzinfo=UTC), "2026-W53"),
    ],
)
def test_the_last_full_week_is_over(now: datetime, name: str) -> None:
    """Also around the turn of a year."""
    assert last_period(now).name == name


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
    pace=st.sampled_from([2, 60, 3600, 7200, 86_400, 10_000_000]),
)
def test_at_a_pace_periods_follow_each_other_without_a_gap(now: datetime, pace: int) -> None:
    """The last one is over, and the one after it is not."""
    period = last_period(now, pace)
    length = length_at(pace)

    assert period.until <= now < period.until + length
    assert period.until - period.since == length >= timedelta(minutes=1)
    assert last_period(period.until + length, pace).since == period.until


def test_days_and_moments_have_names_that_files_can_have() -> None:
    """Whole days by their dates, anything else to the second."""
    days = days_from(date(2026, 11, 1), date(2026, 11, 11))
    slice_of_a_demonstration = Period(
        since=MONDAY + timedelta(seconds=7), until=MONDAY + timedelta(seconds=91)
    )

    assert days.name == "2026-11-01_2026-11-11"
    assert slice_of_a_demonstration.name == "20261115T160007Z_20261115T160131Z"
    assert (MONDAY in days, days.since in days, days.until in days) == (False, True, False)


def test_a_period_ends_after_it_begins() -> None:
    """An empty one tells of nothing."""
    with pytest.raises(ValueError, match="ends after it begins"):
        days_from(date(2026, 11, 2), date(2026, 10, 31))
