"""What an answer says of its interface's own end: Sunset (RFC 8594), Deprecation (RFC 9745), the version that answered."""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from oms.domain.calls import CallMade
from oms.domain.model import Fact, Moment

T = TypeVar("T")
NO = frozenset({"", "false"})
LONGEST = 100
"""Of a mark; a longer one is none."""


class Marked(Fact):
    """What the marks of one call come to."""

    ends_at: Moment | None = None
    source: str = ""
    deprecated_at: Moment | None = None

    @property
    def says_nothing(self) -> bool:
        """There is nothing to learn."""
        return self.ends_at is None and self.deprecated_at is None


def marked(call: CallMade) -> Marked:
    """Read a call's marks; what cannot be read says nothing.

    A platform that answers as another version than was asked for (Shopify falls forward [2+]) has ended that version
    by then. A deprecation is a warning and no end; one without a date counts from when it was heard.
    """
    ends_at, source = _first(call, "sunset", http_date), "header Sunset"
    version = _first(call, "api_version", str.strip)
    if version and call.version and version != call.version and (ends_at is None or call.at < ends_at):
        ends_at, source = call.at, f"asked for version {call.version}, answered as {version}"
    return Marked(
        ends_at=ends_at,
        source=source if ends_at else "",
        deprecated_at=_first(call, "deprecation", structured_date)
        or (call.at if _says(call, "deprecation") else None),
    )


def _says(call: CallMade, kind: str) -> bool:
    return any(name == kind and value not in NO for name, value in call.marks)


def _first(call: CallMade, kind: str, read: Callable[[str], T | None]) -> T | None:
    readings = (read(value[:LONGEST]) for name, value in call.marks if name == kind)
    return next((reading for reading in readings if reading), None)


def http_date(text: str) -> datetime | None:
    """Read an HTTP date, which is GMT; None for what is none."""
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def structured_date(text: str) -> datetime | None:
    """Read RFC 9745's `@1688169599`, or the HTTP date of its drafts; None for what is neither, such as `true`."""
    number = text.strip().removeprefix("@")
    if not text.strip().startswith("@"):
        return http_date(text)
    try:
        return datetime.fromtimestamp(int(number[:15]), UTC)
    except (ValueError, OverflowError, OSError):
        return None
