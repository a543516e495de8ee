"""From what the door saw to the row that is kept: durations, sizes, clocks, marks, and no body."""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from oms.calls.excerpts import excerpt
from oms.calls.marks import marks_of, request_id_of
from oms.domain.calls import FAILED, CallMade, CallResult
from oms.ports.calls import CallListener

log = logging.getLogger(__name__)
WORD = re.compile(r"[a-z][a-z._-]{0,23}|v\d{1,2}")
"""A part of a path that names an interface; any other may name an order or a parcel, or be somebody's secret."""
PUSHED_OFF = "推下线"
"""JD's word for an interface that will be taken offline: it stands in the interface's own name and in its answers."""


class Named(NamedTuple):
    """Whose interface was called, and for what."""

    system: str
    interface: str
    version: str = ""
    shop: str = ""
    order: str = ""
    attempt: int = 1


@dataclass(frozen=True)
class Made:
    """What the door saw of one call."""

    listener: CallListener
    address: str = field(repr=False)
    at: datetime
    duration_ms: int
    bytes_sent: int
    error: BaseException | None
    """What the HTTP status means, or why no answer came."""
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    skew: Callable[[datetime], int | None] = lambda _now: None
    """Their clock minus the given time, in seconds."""

    def by_itself(self, order: str, attempt: int) -> Named:
        """Name a call that no adapter named: by host and path."""
        parts = urlsplit(self.address)
        path = "/".join(
            part if WORD.fullmatch(part) else ":id" for part in parts.path.strip("/").split("/") if part
        )
        return Named(parts.hostname or "unknown", path or "/", order=order, attempt=attempt)


def tell(made: Made, named: Named, result: CallResult) -> None:
    """Let the listener hear of a call; whatever goes wrong here or there never reaches the caller."""
    try:
        made.listener.heard(_call(made, named, result))
    except Exception:  # the call itself is more important than its log
        log.warning("call.not_noted", exc_info=True)


def _call(made: Made, named: Named, result: CallResult) -> CallMade:
    words = excerpt(made.body, made.headers.get("content-type", "")) if result in FAILED else ""
    marks = marks_of(made.headers)
    if PUSHED_OFF in words:
        marks = (*marks, ("deprecation", PUSHED_OFF))
    return CallMade(
        at=made.at,
        **named._asdict(),
        duration_ms=made.duration_ms,
        status=made.status,
        result=result,
        request_id=request_id_of(made.headers, made.body),
        bytes_sent=made.bytes_sent,
        bytes_received=len(made.body),
        skew_seconds=made.skew(made.at + timedelta(milliseconds=made.duration_ms)),
        excerpt=words,
        marks=marks,
    )
