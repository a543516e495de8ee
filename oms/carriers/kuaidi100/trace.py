"""A parcel's trace as Kuaidi100 writes it, whether asked for or sent: the same form, the same reading."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from oms.carriers.kuaidi100.states import carrier, state_of
from oms.clock import CHINA
from oms.domain.messages import ParcelEvent
from oms.ports import ParcelReport, Scan
from oms.reading import PLAUSIBLE_YEARS

CHECKED = "1"
LONGEST_TEXT = 500


def report_of(trace: Mapping[str, Any], waybill: str, *, finished: bool = False) -> ParcelReport | None:
    """Read a trace; None when it has no scan with a time, for then it says nothing yet."""
    rows = [row for row in _list(trace.get("data")) if isinstance(row, dict)]
    timed = [(at, row) for row in rows if (at := _moment(row)) is not None]
    if not timed:
        return None
    newest_at, newest = max(timed, key=lambda pair: pair[0])
    state, raw = state_of((_word(newest.get("statusCode")), _word(trace.get("state"))))
    digest = hashlib.sha256(f"{waybill}|{state}|{raw}|{newest_at.isoformat()}".encode()).hexdigest()[:32]
    return ParcelReport(
        event=ParcelEvent(
            event_id=f"kuaidi100:{digest}", waybill=waybill, state=state, raw_state=raw, at=newest_at
        ),
        carrier=carrier(_word(trace.get("com"))),
        scans=tuple(_scan(at, row) for at, row in timed),
        finished=finished or _word(trace.get("ischeck")) == CHECKED,
    )


def _scan(at: datetime, row: Mapping[str, Any]) -> Scan:
    return Scan(
        at=at,
        raw_state=_word(row.get("statusCode")) or _word(row.get("status")),
        text=_word(row.get("context"), LONGEST_TEXT),
        place=_word(row.get("areaName")),
    )


def _moment(row: Mapping[str, Any]) -> datetime | None:
    """Read a scan's time, which is GMT+8 and says so nowhere."""
    for name in ("ftime", "time"):
        try:
            at = datetime.strptime(_word(row.get(name)), "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
        except ValueError:
            continue
        if at.year in PLAUSIBLE_YEARS:
            return at
    return None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _word(value: object, longest: int = 60) -> str:
    """Read a short text or a number; no NUL and no half characters, which databases refuse."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return ""
    text = str(value) if isinstance(value, str) or abs(value) < 10**18 else ""
    return text.replace("\x00", "").encode(errors="ignore").decode()[:longest].strip()
