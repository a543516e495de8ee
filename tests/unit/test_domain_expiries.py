"""Which reminder is due: days between dates of the business zone, each once, graver towards the end."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from oms.domain.expiries import (
    CALLS,
    ENDED,
    STEPS,
    Ends,
    Expiry,
    Reminded,
    beginning_of,
    condition_of,
    due,
    same_end,
    step_at,
)

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)


def an_end(at: datetime, **changes: object) -> Expiry:
    """The end of an interface."""
    given = {
        "what": Ends.INTERFACE,
        "name": "jd/jingdong.pop.order.search",
        "at": at,
        "source": "a letter",
        "owner": "wang",
    }
    return Expiry.model_validate({**given, **changes})


def reminders_until(expiry: Expiry, first: datetime, last: datetime) -> list[tuple[int, datetime]]:
    """Look every hour and remember what was told, as the register does; returns each reminder and when."""
    told, said, now = Reminded(), [], first
    while now <= last:
        step = due(expiry, told, now)
        if step is not None:
            said.append((step, now))
            told = Reminded(of=expiry.at, step=step)
        now += HOUR
    return said


def test_over_a_year_each_reminder_comes_once_on_its_date() -> None:
    """365 days of hourly looks at an end on a leap day: five reminders, at the first hour of their dates in China."""
    end = an_end(datetime(2028, 2, 29, 12, tzinfo=SHANGHAI))

    said = reminders_until(end, datetime(2027, 6, 1, tzinfo=UTC), datetime(2028, 6, 1, tzinfo=UTC))

    days = [(step, at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")) for step, at in said]
    assert days == [
        (30, "2028-01-30 00:00"), (15, "2028-02-14 00:00"), (7, "2028-02-22 00:00"), (1, "2028-02-28 00:00"),
        (ENDED, "2028-02-29 12:00"),
    ]  # fmt: skip


def test_the_leap_day_counts_as_a_day() -> None:
    """An end on the first of March is one day away on the 29th of February, and two in a year without one."""
    leap, usual = an_end(datetime(2028, 3, 1, tzinfo=SHANGHAI)), an_end(datetime(2027, 3, 1, tzinfo=SHANGHAI))

    at_noon = [
        due(leap, Reminded(of=leap.at, step=7), datetime(2028, 2, 28, 12, tzinfo=SHANGHAI)),
        due(leap, Reminded(of=leap.at, step=7), datetime(2028, 2, 29, 12, tzinfo=SHANGHAI)),
        due(usual, Reminded(of=usual.at, step=7), datetime(2027, 2, 28, 12, tzinfo=SHANGHAI)),
    ]

    assert at_noon == [None, 1, 1]


@pytest.mark.parametrize(
    ("day", "in_utc"), [(date(2027, 3, 14), "2027-03-14T05:00"), (date(2027, 3, 15), "2027-03-15T04:00")]
)
def test_a_foreign_clock_change_moves_the_end_and_not_the_reminders(day: date, in_utc: str) -> None:
    """New York puts its clocks forward in the night of 14 March 2027: the end moves by an hour, our dates do not."""
    end = an_end(beginning_of(day, NEW_YORK))

    said = reminders_until(end, datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC))

    assert end.at.strftime("%Y-%m-%dT%H:%M") == in_utc
    assert [step for step, _ in said] == list(STEPS)
    before = [day - at.astimezone(SHANGHAI).date() for step, at in said if step != ENDED]
    assert before == [timedelta(days=step) for step in STEPS if step != ENDED]
    assert {at.astimezone(SHANGHAI).hour for step, at in said if step != ENDED} == {0}


def test_a_day_without_midnight_begins_with_its_first_moment() -> None:
    """Santiago puts its clocks forward at midnight: 5 September 2027 begins at 01:00."""
    begins = beginning_of(date(2027, 9, 5), ZoneInfo("America/Santiago"))

    assert begins == datetime(2027, 9, 5, 4, tzinfo=UTC)


def test_a_date_is_taken_in_the_zone_that_announced_it() -> None:
    """Midnight in New York is noon or one o'clock in Shanghai: dates are compared there."""
    end = an_end(beginning_of(date(2027, 1, 31), NEW_YORK))

    assert end.at.astimezone(SHANGHAI).hour == 13
    assert due(end, Reminded(), datetime(2027, 1, 1, 0, tzinfo=SHANGHAI)) == 30
    assert due(end, Reminded(), datetime(2026, 12, 31, 23, tzinfo=SHANGHAI)) is None


def test_an_acknowledged_step_is_not_said_and_the_next_one_is() -> None:
    """A person who has acknowledged the fifteenth day hears of the seventh."""
    end = an_end(datetime(2027, 3, 31, tzinfo=SHANGHAI))
    told = Reminded(of=end.at, acknowledged=15)

    quiet = due(end, told, datetime(2027, 3, 20, tzinfo=SHANGHAI))
    again = due(end, told, datetime(2027, 3, 24, tzinfo=SHANGHAI))

    assert (quiet, again) == (None, 7)


def test_a_missed_reminder_is_not_made_up_for() -> None:
    """After three weeks without a watch the latest step is said, and only that."""
    end = an_end(datetime(2027, 3, 31, tzinfo=SHANGHAI))

    said = reminders_until(
        end, datetime(2027, 3, 25, tzinfo=SHANGHAI), datetime(2027, 3, 27, tzinfo=SHANGHAI)
    )

    assert [step for step, _ in said] == [7]


def test_reminding_begins_anew_when_the_end_moves_to_another_day() -> None:
    """What was told of another date says nothing of this one; an hour's difference is the same date."""
    end = an_end(datetime(2027, 3, 31, 10, tzinfo=SHANGHAI))
    now = datetime(2027, 3, 20, tzinfo=SHANGHAI)

    of_another_day = due(end, Reminded(of=end.at - timedelta(days=9), step=ENDED), now)
    of_the_same = due(end, Reminded(of=end.at - HOUR, step=15), now)

    assert (of_another_day, of_the_same) == (15, None)
    assert not same_end(end.at, None)


def test_what_renews_itself_is_only_worth_a_word_when_it_has_ended() -> None:
    """A token of two hours is no news every day; one that nobody renewed is."""
    end = an_end(
        datetime(2027, 3, 31, 10, tzinfo=SHANGHAI), what=Ends.TOKEN, name="wechat:main", renews_itself=True
    )

    assert step_at(end, end.at - HOUR) is None
    assert step_at(end, end.at) == ENDED


def test_every_step_is_graver_or_calls_somebody_further_up() -> None:
    """An alert that was acknowledged is told anew for either; nothing else would be heard."""
    gravity, people = ("info", "warning", "red"), ("operations", "supervisor", "manager")
    ranks = [(gravity.index(CALLS[step].severity), people.index(CALLS[step].to)) for step in STEPS]

    assert ranks == sorted(set(ranks))
    assert [CALLS[step].severity for step in STEPS] == ["info", "warning", "warning", "red", "red"]


def test_a_condition_names_what_ends_when_and_who_looks_after_it() -> None:
    """The words suffice to act: the thing, its date in China, the source, the owner, the next step."""
    end = an_end(datetime(2027, 3, 31, tzinfo=SHANGHAI))

    opened = condition_of(end, 7, datetime(2027, 3, 24, 9, tzinfo=SHANGHAI))

    assert opened.key == "expiry:interface:jd/jingdong.pop.order.search"
    assert opened.title == "interface jd/jingdong.pop.order.search ends in 7 days"
    assert "2027-03-31 00:00" in opened.body
    assert "a letter" in opened.body
    assert "wang" in opened.body
    assert (opened.severity, opened.to) == ("warning", "supervisor")
