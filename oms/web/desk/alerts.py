"""The desk's alerts: what is wrong just now, who looks after it, and what was wrong before."""

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from oms.domain.alerting import LONGEST_WHY
from oms.domain.alerts import AcknowledgeAlert, AlertKind
from oms.domain.roles import Act
from oms.languages.marks import N_
from oms.ports.asking import Agreed, Asked, Declined, NotRunning
from oms.store.alert_lists import AlertLists
from oms.store.alerts import Alert
from oms.temporal.alarms import alert_id
from oms.web.collaborators import Collaborators, collaborators
from oms.web.desk.frame import desk_notice, desk_page
from oms.web.people.door import Posted, SignedIn, needs
from oms.web.people.person import Person

PAGE_SIZE = 50
IS_OVER = N_("This alert is over: there is nothing left to look after.")
IS_TAKEN = N_("Somebody looks after it already.")
NO_REASON = N_("Say why, or what you are doing about it: 500 characters at most.")

router = APIRouter(include_in_schema=False)
Chosen = Annotated[str, Query(max_length=64)]


@router.get("/desk/alerts")
async def alerts(
    request: Request, person: SignedIn, kind: Chosen = "", before: datetime | None = None
) -> HTMLResponse:
    """List what is not over, the gravest first, then what is, page by page."""
    if before is not None and before.tzinfo is None:
        before = None
    lists, chosen = _lists(request), _known(kind)
    under_way, over = await asyncio.gather(
        asyncio.to_thread(lists.under_way, chosen),
        asyncio.to_thread(lists.over, chosen, before, PAGE_SIZE + 1),
    )
    older = over[PAGE_SIZE - 1].opened_at if len(over) > PAGE_SIZE else None
    return desk_page(
        request, person, "desk/alerts.html", under_way=under_way, over=over[:PAGE_SIZE], older=older, before=before,
        kind=chosen, kinds=list(AlertKind), mark=_mark(under_way),
    )  # fmt: skip


@router.get("/desk/alerts/live")
async def live(request: Request, person: SignedIn, seen: Chosen = "", kind: Chosen = "") -> Response:
    """Give the list of what is not over again; 204 while it is as it was seen."""
    chosen = _known(kind)
    under_way = await asyncio.to_thread(_lists(request).under_way, chosen)
    mark = _mark(under_way)
    if mark == seen:
        return Response(status_code=204)
    return desk_page(request, person, "desk/alerts_open.html", under_way=under_way, kind=chosen, mark=mark)


@router.get("/desk/alerts/of/{key:path}")
async def one(request: Request, person: SignedIn, key: str, said: str = "", seen: str = "") -> Response:
    """Show a condition's newest alert, what was done about it, and its earlier ones."""
    found = await asyncio.to_thread(collaborators(request).store.alerts.of, key)
    if not found:
        return desk_notice(
            request, person, N_("No such alert"), N_("The list of alerts names those there are."), 404
        )
    if seen and seen == _mark(found):
        return Response(status_code=204)
    return _shown(request, person, found, agreed=said == "agreed", part=bool(seen))


@router.post("/desk/alerts/acknowledge", dependencies=[needs(Act.ACKNOWLEDGE)])
async def acknowledge(
    request: Request,
    person: Posted,
    key: Annotated[str, Form(max_length=200)],
    why: Annotated[str, Form()] = "",
) -> Response:
    """Look after an alert: nobody else is called. It closes itself when its condition is over."""
    parts, why = collaborators(request), why.strip()
    found = await asyncio.to_thread(parts.store.alerts.of, key)
    if not found:
        return desk_notice(
            request, person, N_("No such alert"), N_("The list of alerts names those there are."), 404
        )
    refusal = NO_REASON if not 0 < len(why) <= LONGEST_WHY else await _asked(parts, key, person.name, why)
    if refusal:
        found = await asyncio.to_thread(parts.store.alerts.of, key)
        return _shown(request, person, found, refusal=refusal, why=why, status=409)
    await asyncio.to_thread(
        parts.store.acts.note, parts.clock(), person.name, "alert acknowledged", f"alert:{key}", why
    )
    return RedirectResponse(f"/desk/alerts/of/{quote(key)}?said=agreed", status_code=303)


async def _asked(parts: Collaborators, key: str, by: str, why: str) -> str:
    """Ask the alert itself, which alone knows whether it is over; empty when it agreed. Raises Unavailable."""
    answer = await parts.asking.ask(
        Asked(alert_id(key), "alerts", key), "acknowledge", AcknowledgeAlert(by=by, why=why)
    )
    match answer:
        case Agreed():
            return ""
        case NotRunning():
            return IS_OVER
        case Declined(why=words):
            if " is over" in words:
                return IS_OVER
            return IS_TAKEN if " looks after " in words else words


def _shown(
    request: Request,
    person: Person,
    found: Sequence[Alert],
    *,
    part: bool = False,
    status: int = 200,
    **more: Any,
) -> HTMLResponse:
    template = "desk/alert_state.html" if part else "desk/alert.html"
    shown = {"agreed": False, "refusal": "", "why": "", **more}
    return desk_page(
        request, person, template, status=status, alert=found[0], earlier=found[1:], mark=_mark(found),
        may=person.may(Act.ACKNOWLEDGE), longest=LONGEST_WHY, **shown,
    )  # fmt: skip


def _mark(found: Sequence[Alert]) -> str:
    """Change with everything that somebody looking at these alerts would see."""
    seen = "|".join(
        f"{each.key}{each.opened_at}{each.stage}{each.severity}{each.told}{each.next_at}{len(each.history)}{each.orders}"
        for each in found
    )
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


def _known(kind: str) -> str:
    """Return a kind that there is; any other is all of them."""
    return kind if kind in list(AlertKind) else ""


def _lists(request: Request) -> AlertLists:
    return AlertLists(collaborators(request).store.database)
