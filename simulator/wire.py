"""How times, forms and plain JSON look on the wires of the outside world."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

Json: TypeAlias = dict[str, Any]

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")


def china_stamp(moment: datetime) -> str:
    """Write a moment the way Chinese platforms do: `2026-11-22 10:00:00`, GMT+8."""
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def site_time(moment: datetime | None) -> str | None:
    """Write a moment in the shop's own time zone, without an offset."""
    return moment.astimezone(CHINA).strftime("%Y-%m-%dT%H:%M:%S") if moment else None


def gmt_time(moment: datetime | None) -> str | None:
    """Write a moment in GMT, without an offset."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") if moment else None


def form_of(body: bytes) -> dict[str, str]:
    """Read a form; of a repeated field the last one counts."""
    return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))


def yuan(fen: int) -> str:
    """Write an amount of fen as yuan with two decimals."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"
