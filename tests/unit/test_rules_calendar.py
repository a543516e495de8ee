"""Chinese workdays: holidays and the weekends that are worked for them, known years and others."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.rules.assessment import assess
from oms.rules.calendar import after_workdays
from tests.unit.domain_orders import HOUR, SECOND, a_snapshot, repeatable
from tests.unit.rule_content import rows, table_with

SHANGHAI = ZoneInfo("Asia/Shanghai")
WORKDAYS = table_with(lambda content: rows(content, "tmall", ship={"calendar": "workdays", "within": "48h"}))


def at(text: str) -> datetime:
    """A moment in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "hours", "end", "estimated"),
    [
        ("2026-11-23T10:00", 48, "2026-11-25T10:00", False),  # Monday to Wednesday
        ("2026-11-27T10:00", 24, "2026-11-30T10:00", False),  # Friday: the weekend does not count
        ("2026-11-27T10:00", 14, "2026-11-28T00:00", False),  # to the very end of Friday
        ("2026-11-28T10:00", 24, "2026-12-01T00:00", False),  # Saturday: counts from Monday on
        ("2026-09-30T12:00", 24, "2026-10-08T12:00", False),  # National Day, 1st to 7th
        ("2026-10-09T12:00", 24, "2026-10-10T12:00", False),  # Saturday the 10th is worked for it
        (
            "2026-02-13T12:00",
            24,
            "2026-02-14T12:00",
            False,
        ),  # Saturday the 14th is worked for the Spring Festival
        ("2026-02-14T12:00", 24, "2026-02-24T12:00", False),  # 15th to 23rd
        ("2026-12-31T12:00", 48, "2027-01-04T12:00", True),  # 2027 is not published: Monday to Friday
        ("2027-10-01T12:00", 24, "2027-10-04T12:00", True),
        ("2003-06-02T12:00", 24, "2003-06-03T12:00", True),
        ("2026-11-28T10:00", 0, "2026-11-28T10:00", False),
    ],
)
def test_only_workdays_count(start: str, hours: int, end: str, estimated: bool) -> None:
    """As the State Council published them; a year that nobody has published is estimated, and said to be."""
    counted = after_workdays(at(start), hours * HOUR)

    assert counted.end == at(end)
    assert counted.estimated is estimated


@repeatable(200)
@given(start=st.integers(0, 4 * 365 * 1440), minutes=st.integers(0, 20_000), cut=st.floats(0, 1))
def test_two_stretches_are_as_long_as_both_together(start: int, minutes: int, cut: float) -> None:
    """Never earlier than every day would be, and counted on from any moment in between."""
    begin, whole = at("2024-01-01T00:00") + timedelta(minutes=start), timedelta(minutes=minutes)
    first = timedelta(minutes=int(minutes * cut))

    once, half = after_workdays(begin, whole).end, after_workdays(begin, first).end

    assert once >= begin + whole
    assert after_workdays(half, whole - first).end == (once if whole > first else half)


def test_the_ladder_of_a_row_with_workdays() -> None:
    """What runs on from the payment counts workdays; what comes before the promise does not. At pace, only faster."""
    friday = at("2026-11-27T10:00")
    snapshot = a_snapshot()

    real = assess(WORKDAYS, "tmall", snapshot, friday, first_buyer=False, pace=1)
    fast = assess(WORKDAYS, "tmall", snapshot, friday, first_buyer=False, pace=3600)

    due = {d.rung: d.due for d in real.deadlines}
    assert due["ship-late"] == at("2026-12-01T10:00:01")
    assert due["ship-remind"] == at("2026-12-01T06:00")
    assert due["ship-escalate"] == at("2026-11-30T10:00:01")
    assert {d.source for d in real.deadlines} == {"rule"}
    assert fast.ship_by == friday + 96 * SECOND


def test_a_promise_over_days_nobody_has_published_is_an_estimate() -> None:
    """2027 and later, until the calendar is renewed."""
    assessed = assess(WORKDAYS, "tmall", a_snapshot(), at("2027-03-05T10:00"), first_buyer=False, pace=1)

    sources = {d.rung: d.source for d in assessed.deadlines}
    assert assessed.ship_by == at("2027-03-09T10:00")
    assert (sources["ship-late"], sources["ship-remind"]) == ("estimate", "estimate")
