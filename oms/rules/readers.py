"""Reading one value of the table: durations with their unit, money as text, moments with their zone."""

import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from oms.domain.money import yuan_to_fen
from oms.rules.problems import Wrong

Read = Callable[[object], object]
DURATION = re.compile(r"(\d{1,5})([mhd])", re.ASCII)
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
WORD = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
MOST = 1_000_000
_SURROGATE = re.compile(r"[\ud800-\udfff]")
"""Half a character: no database and no page takes it."""


def duration(value: object) -> timedelta:
    """Read `48h`: a whole number and its unit. Raises Wrong."""
    match = DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise Wrong(
            "expected a duration: a whole number and m, h or d, as in 48h",
            "应为时长：整数加单位 m、h 或 d，如 48h",
        )
    return int(match[1]) * UNITS[match[2]]


def money(value: object) -> int:
    """Read yuan as text, `"500.00"`, as fen. Raises Wrong."""
    try:
        fen = yuan_to_fen(value) if isinstance(value, str) else -1
    except ValueError:
        fen = -1
    if fen < 0:
        raise Wrong('expected yuan as text, as in "500.00"', '应为以引号括起的金额（元），如 "500.00"')
    return fen


def count(value: object) -> int:
    """Read a whole number. Raises Wrong."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST:
        raise Wrong("expected a whole number", "应为整数")
    return value


def flag(value: object) -> bool:
    """Read true or false. Raises Wrong."""
    if not isinstance(value, bool):
        raise Wrong("expected true or false", "应为 true 或 false")
    return value


def text(value: object) -> str:
    """Read words. Raises Wrong."""
    if not isinstance(value, str) or not value.strip() or _SURROGATE.search(value):
        raise Wrong("expected text", "应为文字")
    return value.strip()


def names(value: object) -> tuple[str, ...]:
    """Read a list of our own words, lower case, each once. Raises Wrong."""
    if not isinstance(value, list) or any(
        not isinstance(each, str) or not WORD.fullmatch(each) for each in value
    ):
        raise Wrong(
            "expected a list of names in lower case, as in [sf, yto]", "应为小写名称列表，如 [sf, yto]"
        )
    if len(set(value)) != len(value):
        raise Wrong("a name stands twice", "名称重复")
    return tuple(value)


def moment(value: object) -> datetime:
    """Read a moment with its zone. Raises Wrong."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        at = None
    if not isinstance(at, datetime) or at.utcoffset() is None:
        raise Wrong(
            "expected a moment with its zone, as in 2026-11-22T00:00:00+08:00",
            "应为带时区的时间，如 2026-11-22T00:00:00+08:00",
        )
    return at.astimezone(UTC)


def choice(words: Collection[str]) -> Callable[[object], str]:
    """Return a reader of one of these words."""
    listed = ", ".join(words)

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in words:
            raise Wrong(f"expected one of {listed}", f"应为其中之一：{listed}")
        return value

    return read


def member(kind: type[StrEnum]) -> Callable[[object], StrEnum]:
    """Return a reader of one of an enumeration's words."""
    word = choice([each.value for each in kind])
    return lambda value: kind(word(value))


def nullable(read: Read) -> Read:
    """Return a reader that also takes null: there is no such figure."""
    return lambda value: None if value is None else read(value)
