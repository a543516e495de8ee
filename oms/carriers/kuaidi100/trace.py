"""A parcel's trace as Kuaidi100 writes it, whether asked for or sent: the same form, the same reading."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from oms.carriers.kuaidi100.states import STATES, carrier, state_of
from oms.clock import CHINA
from oms.domain.messages import ParcelEvent
from oms.domain.news import FUTURE_TOLERANCE
from oms.domain.parcels import MOVING, ParcelState
from oms.ports import ParcelReport, Scan
from oms.reading import PLAUSIBLE_YEARS

CHECKED = "1"
LONGEST_TEXT = 500
LEFT_THERE, SIGNED_THERE = "501", "304"
STILL_THERE = re.compile("代收|暂存|暂放|存放|放入|待取|请凭|请及时")
"""Words of a locker or station that has a parcel; of one fetched it says 取出, 凭取货码签收 or the like."""


class Row(NamedTuple):
    """One line of the trace with its time."""

    at: datetime
    code: str
    text: str
    line: Scan


def report_of(
    trace: Mapping[str, Any], waybill: str, *, finished: bool = False, now: datetime | None = None
) -> ParcelReport | None:
    """Read a trace; None when it has no scan with a time, for then it says nothing yet.

    Lines of the future (after `now`) are kept, but say where the parcel is only when there are no others.
    """
    rows = [row for entry in _list(trace.get("data")) if isinstance(entry, dict) and (row := _row(entry))]
    if not rows:
        return None
    believed = [row for row in rows if now is None or row.at <= now + FUTURE_TOLERANCE] or rows
    newest = max(believed, key=lambda row: row.at)
    state, raw = _state(believed, newest, _word(trace.get("state")))
    at = _signed_at(believed, newest) if state is ParcelState.DELIVERED else newest.at
    digest = hashlib.sha256(f"{waybill}|{state}|{raw}|{at.isoformat()}".encode()).hexdigest()[:32]
    return ParcelReport(
        event=ParcelEvent(
            event_id=f"kuaidi100:{digest}", waybill=waybill, state=state, raw_state=raw, at=at
        ),
        carrier=carrier(_word(trace.get("com"))),
        scans=tuple(row.line for row in rows),
        picked_up_at=_picked_up_at(believed, state),
        finished=finished or _word(trace.get("ischeck")) == CHECKED,
    )  # fmt: skip


def _state(rows: Sequence[Row], newest: Row, coarse: str) -> tuple[ParcelState, str]:
    state, raw = state_of((newest.code, coarse))
    if raw == SIGNED_THERE:
        lay_there = any(row.code == LEFT_THERE and row.at < newest.at for row in rows)
        fetched = lay_there and not STILL_THERE.search(newest.text)
        return (ParcelState.DELIVERED if fetched else state), raw
    return state, raw


def _signed_at(rows: Sequence[Row], newest: Row) -> datetime:
    """When it was signed for: thanks and reminders after the signature carry its code, too."""
    signatures = [row.at for row in rows if row.code == newest.code and newest.code]
    return min(signatures, default=newest.at)


def _picked_up_at(rows: Sequence[Row], state: ParcelState) -> datetime | None:
    """When the carrier first had it: by the lines' own codes, or, without any, since the first line."""
    moved = [row.at for row in rows if STATES.get(row.code) in MOVING]
    if not moved and state in MOVING:
        moved = [row.at for row in rows if row.code not in STATES]
    return min(moved, default=None)


def _row(entry: Mapping[str, Any]) -> Row | None:
    at = _moment(entry)
    if at is None:
        return None
    code, text = _word(entry.get("statusCode")), _word(entry.get("context"), LONGEST_TEXT)
    said = code or _word(entry.get("status"))
    return Row(at, code, text, Scan(at=at, raw_state=said, text=text, place=_word(entry.get("areaName"))))


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
