"""A list that is suddenly empty is told from a quiet shop, and from the night."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from oms.domain.emptiness import ListRead, suspicious

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)


def reads(rows: Sequence[int], until: datetime = NOW, pace: int = 1) -> list[ListRead]:
    """Reads every quarter of an hour, the last one just now."""
    start = until - (len(rows) - 1) * QUARTER / pace
    return [ListRead(at=start + number * QUARTER / pace, rows=each) for number, each in enumerate(rows)]


def a_week(by_hour: Sequence[int]) -> list[int]:
    """Seven days of reads, four an hour, up to now."""
    first = NOW - 7 * DAY
    return [by_hour[(first + number * QUARTER).hour] for number in range(7 * 96)]


def test_a_busy_shop_whose_list_is_empty_at_once_is_suspicious_at_the_first_read() -> None:
    """Twenty-seven rows every time, then none: it takes no second read."""
    words = suspicious(reads([27] * 20 + [0]))

    assert words.endswith("where 27 rows would be usual")


def test_a_quiet_shop_must_be_silent_for_longer() -> None:
    """Two rows a read: a silence of five reads is nothing, one of six is, by its own history of days."""
    usual = a_week([2] * 24)

    assert suspicious(reads(usual[:-5] + [0] * 5)) == ""
    assert suspicious(reads(usual[:-6] + [0] * 6))


def test_the_night_is_not_suspicious() -> None:
    """Nothing comes at these hours of any day."""
    by_hour = [0 if NOW.hour - 3 <= hour <= NOW.hour else 40 for hour in range(24)]

    assert suspicious(reads(a_week(by_hour))) == ""


def test_the_first_night_of_a_new_shop_is_not_suspicious() -> None:
    """Without a day of history only a silence that begins abruptly is, and only at first."""
    evening = [6, 5, 5, 4, 4, 3, 2, 2, 1, 1]

    assert suspicious(reads(evening + [0] * 30)) == ""


def test_the_first_read_of_a_shop_which_looks_a_day_back_misleads_nobody() -> None:
    """One huge read is not what is usual."""
    assert suspicious(reads([2000, 1, 2, 0, 0, 0])) == ""


def test_a_shop_without_history_is_not_judged() -> None:
    """Nothing to compare with."""
    assert [suspicious(reads(rows)) for rows in ([], [0], [0, 0, 0], [30, 30, 0])] == [""] * 4


def test_at_a_pace_the_same_holds_in_shorter_time() -> None:
    """A day is a few seconds, and what is suspicious stays so."""
    assert suspicious(reads([27] * 20 + [0], pace=3600), pace=3600)


@given(st.lists(st.integers(0, 500), max_size=40))
def test_a_list_with_rows_is_never_suspicious(rows: list[int]) -> None:
    """Whatever came before."""
    assert suspicious(reads([*rows, 1])) == ""
