"""What a subscriber's answer means: only its status counts, as Standard Webhooks has it."""

from http import HTTPStatus
from typing import NamedTuple, TypeAlias

from oms.http import OK, Answer

REDIRECTS = range(300, 400)


class Taken(NamedTuple):
    """It has the event."""

    words: str


class Failed(NamedTuple):
    """It may or may not have the event: the same one is sent again, under the same id."""

    words: str
    retry_after: float | None = None
    """Seconds that it asks us to wait."""


class Gone(NamedTuple):
    """It wants no more events."""

    words: str


Reaction: TypeAlias = Taken | Failed | Gone


def reaction(answer: Answer) -> Reaction:
    """Read an answer. A 2xx is a yes whatever the body, a web page too; 410 is a farewell; all else is a failure."""
    words = f"HTTP {answer.status}"
    if answer.status in OK:
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        return Taken(f"{words}, a web page" if kind == "text/html" else words)
    if answer.status == HTTPStatus.GONE:
        return Gone(words)
    if answer.status in REDIRECTS:
        return Failed(f"{words}: redirects are not followed")
    return Failed(words, answer.retry_after)
