"""What answers say of their interface's end."""

from datetime import UTC, datetime

import pytest

from oms.domain.calls import CallMade, CallResult
from oms.domain.marks import marked

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
NOVEMBER_2027 = datetime(2027, 11, 11, 23, 59, 59, tzinfo=UTC)


def a_call(*marks: tuple[str, str], version: str = "2026-01") -> CallMade:
    """A call whose answer bore marks."""
    return CallMade(
        at=NOW,
        system="woocommerce",
        interface="orders",
        version=version,
        duration_ms=80,
        result=CallResult.OK,
        marks=marks,
    )


def test_a_sunset_is_the_end() -> None:
    """RFC 8594: an HTTP date."""
    said = marked(a_call(("sunset", "Thu, 11 Nov 2027 23:59:59 GMT")))

    assert (said.ends_at, said.source) == (NOVEMBER_2027, "header Sunset")


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("@1826063999", datetime(2027, 11, 12, 23, 59, 59, tzinfo=UTC)),
        ("Thu, 11 Nov 2027 23:59:59 GMT", NOVEMBER_2027),
        ("true", NOW),
    ],
)
def test_a_deprecation_is_a_warning_and_no_end(text: str, since: datetime) -> None:
    """RFC 9745's seconds, its drafts' date, or a bare word that counts from when it was heard."""
    said = marked(a_call(("deprecation", text)))

    assert (said.deprecated_at, said.ends_at) == (since, None)


def test_an_answer_as_another_version_has_ended_the_one_asked_for() -> None:
    """Shopify falls forward without a word: only the version in the answer tells."""
    said = marked(a_call(("api_version", "2026-04")))

    assert said.ends_at == NOW
    assert said.source == "asked for version 2026-01, answered as 2026-04"


@pytest.mark.parametrize(
    "marks",
    [
        (),
        (("api_version", "2026-01"),),
        (("sunset", "soon"),),
        (("sunset", "Thu, 99 Nov 2027 23:59:59 GMT"),),
        (("deprecation", "false"),),
        (("colour", "red"),),
    ],
)
def test_what_means_nothing_teaches_nothing(marks: tuple[tuple[str, str], ...]) -> None:
    """Neither raised nor guessed at."""
    assert marked(a_call(*marks)).says_nothing


def test_a_number_beyond_time_is_heard_as_a_bare_deprecation() -> None:
    """An absurd date does not take the warning away."""
    assert marked(a_call(("deprecation", "@99999999999999999999"))).deprecated_at == NOW
