"""What an answer means, and how long we wait after a failure."""

from datetime import UTC, datetime, timedelta

import pytest

from oms.broadcast.answers import Failed, Gone, Taken, reaction
from oms.domain.relaying import GIVE_UP_AFTER, SHORTEST_WAIT, WAITS, given_up, wait_after
from oms.http import Answer

HTML = {"content-type": "text/html; charset=utf-8"}
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(200, Taken), (201, Taken), (204, Taken), (301, Failed), (302, Failed), (307, Failed), (400, Failed), (401, Failed),
     (404, Failed), (408, Failed), (410, Gone), (429, Failed), (500, Failed), (502, Failed), (503, Failed)],
)  # fmt: skip
def test_only_the_status_counts(status: int, kind: type) -> None:
    """2xx is a yes, 410 a farewell, everything else a failure."""
    assert isinstance(reaction(Answer(status, {}, b"")), kind)


def test_a_web_page_with_a_200_is_a_yes_and_shows() -> None:
    """Standard Webhooks looks at the status only; people see that it was a page."""
    assert reaction(Answer(200, HTML, b"<html>login</html>")) == Taken("HTTP 200, a web page")
    assert isinstance(reaction(Answer(503, HTML, b"<html>")), Failed)


def test_a_wait_that_the_subscriber_asks_for_is_heard() -> None:
    """Retry-After, in seconds."""
    assert reaction(Answer(429, {"retry-after": "7"}, b"")) == Failed("HTTP 429", 7.0)


def test_waits_grow_with_every_failure_in_a_row_up_to_an_hour() -> None:
    """And then stay there."""
    waits = [wait_after(failures, pace=1) for failures in range(1, len(WAITS) + 3)]

    assert waits == sorted(waits)
    assert (waits[0], waits[-1], waits[-2]) == (timedelta(seconds=5), timedelta(hours=1), timedelta(hours=1))


def test_a_wait_asked_for_lengthens_ours_but_not_beyond_the_longest() -> None:
    """Somebody who asks for a year is asked again within the hour."""
    assert wait_after(1, pace=1, asked=60) == timedelta(minutes=1)
    assert wait_after(1, pace=1, asked=1) == timedelta(seconds=5)
    assert wait_after(1, pace=1, asked=31_536_000) == timedelta(hours=1)


def test_the_pace_shortens_a_wait_but_never_to_a_hammering() -> None:
    """An hour at pace 3600 is a second."""
    assert wait_after(99, pace=3600) == timedelta(seconds=1)
    assert wait_after(1, pace=1_000_000) == SHORTEST_WAIT


def test_a_row_of_failures_lasts_three_days_of_business_time() -> None:
    """Not a second longer."""
    assert not given_up(NOW, NOW + GIVE_UP_AFTER - timedelta(seconds=1), pace=1)
    assert given_up(NOW, NOW + GIVE_UP_AFTER, pace=1)
    assert given_up(NOW, NOW + GIVE_UP_AFTER / 3600, pace=3600)
