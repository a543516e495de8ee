"""The desk's first page: what needs a person now, the most urgent first, and how the day goes; it follows by itself."""

import asyncio
import hashlib
from datetime import datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from oms.domain.holds import WHO_ACTS, HoldReason
from oms.store.today import Today
from oms.web.collaborators import Collaborators, collaborators
from oms.web.desk.frame import desk_page
from oms.web.people.door import SignedIn
from oms.web.people.person import Person

NO_CONTENT: Final = 204
HEIGHT: Final = 100
"""Of the tallest column of the picture, in its own units."""
OWNERS: Final = {reason.value: words for reason, words in WHO_ACTS.items()}

router = APIRouter(include_in_schema=False)


class Column(NamedTuple):
    """An hour of the picture: where it begins in the reader's zone, how many orders, how tall."""

    hour: str
    orders: int
    height: int


@router.get("/desk")
async def today(request: Request, person: SignedIn) -> HTMLResponse:
    """Show what needs a person now."""
    shown = await asyncio.to_thread(_shown, collaborators(request), person)
    return desk_page(request, person, "desk/today.html", **shown)


@router.get("/desk/today/now")
async def now(request: Request, person: SignedIn, seen: str = "") -> Response:
    """Return the page's content anew, or nothing when it is as it was seen."""
    shown = await asyncio.to_thread(_shown, collaborators(request), person)
    if shown["seen"] == seen:
        return Response(status_code=NO_CONTENT)
    return desk_page(request, person, "desk/today_now.html", **shown)


def _shown(parts: Collaborators, person: Person) -> dict[str, Any]:
    moment = parts.clock()
    found = parts.store.today.look(moment, _midnight(moment, person.clock))
    held = {each.reason: each.orders for each in found.held}
    return {
        "today": found,
        "now": moment,
        "locked_count": held.get(HoldReason.NO_WAYBILL_LOCK.value, 0),
        "held": [each for each in found.held if each.reason != HoldReason.NO_WAYBILL_LOCK.value],
        "owners": OWNERS,
        "columns": _columns(found, person.clock),
        "seen": hashlib.sha256(found.model_dump_json().encode()).hexdigest()[:16],
    }


def _midnight(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _columns(found: Today, zone: ZoneInfo) -> list[Column]:
    most = max((count for _, count in found.hours), default=0) or 1
    return [
        Column(f"{at.astimezone(zone):%H:%M}", count, round(count * HEIGHT / most))
        for at, count in found.hours
    ]
