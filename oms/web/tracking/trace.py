"""A carrier's lines as strangers may have written them: no people, no codes, nothing that bends a page, never too much."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Final, NamedTuple

from oms.domain.trace import HIDDEN, without_people
from oms.ports import Scan

LONGEST: Final = 240
"""Characters of a line that are shown."""
MARKUP: Final = 110
"""Bytes around the text of a line, its time among them, at most."""
ROOM: Final = 26_000
"""Bytes for the lines of all parcels of a page; what does not fit is a page further."""
FEWEST: Final = 3
_DIGITS: Final = {ord("０") + digit: str(digit) for digit in range(10)}
"""A number in wide digits is a number all the same."""
_CODE: Final = re.compile(
    r"(?P<what>取件码|取货码|提货码|取件密码|验证码|开箱码|密码|code)(?P<link>\s*[:：为是]*\s*[【\[（(“\"]?\s*)[A-Z0-9][A-Z0-9\-]{2,15}",
    re.IGNORECASE,
)


class Line(NamedTuple):
    """One line of the trace, safe to show to whoever has the link."""

    at: datetime
    text: str


class Extract(NamedTuple):
    """The newest lines that fit, from `skipped` on, and how many older ones there are."""

    lines: tuple[Line, ...]
    skipped: int
    older: int

    @property
    def further(self) -> int:
        """How many lines lie before the next page."""
        return self.skipped + len(self.lines)


def shown(scan: Scan) -> Line:
    """Write a scan for a buyer, with its place where the text does not name it."""
    text, place = _tame(scan.text), _tame(scan.place)
    whole = text if not place or place in text else f"{text} · {place}" if text else place
    return Line(scan.at, whole if len(whole) <= LONGEST else whole[: LONGEST - 1] + "…")


def extract(scans: Sequence[Scan], room: int, skipped: int = 0) -> Extract:
    """Take the newest lines, as many as there is room for, and never fewer than three."""
    lines: list[Line] = []
    newest_first = scans[::-1]
    for scan in newest_first[skipped:]:
        line = shown(scan)
        room -= MARKUP + len(escape(line.text).encode())
        if room < 0 and len(lines) >= FEWEST:
            break
        lines.append(line)
    return Extract(tuple(lines), skipped, max(0, len(scans) - skipped - len(lines)))


def _tame(text: str) -> str:
    """Hide people and the codes that open lockers; drop what is invisible or turns the direction of reading."""
    visible = "".join(
        " " if mark.isspace() else mark
        for mark in text
        if mark.isspace() or unicodedata.category(mark)[0] != "C"
    )
    plain = without_people(" ".join(visible.translate(_DIGITS).split()))
    return _CODE.sub(lambda found: f"{found['what']}{found['link']}{HIDDEN}", plain)
