"""The page of one order: where it is, why, who must act, by when; everything that happened, and what can be asked."""

import asyncio
import uuid
from typing import Any, Final, NamedTuple

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from oms.domain.desk_requests import Ask
from oms.domain.roles import Act
from oms.languages.marks import N_
from oms.store import OrderView
from oms.web import spoken_order
from oms.web.collaborators import collaborators
from oms.web.desk.frame import desk_notice, desk_page
from oms.web.desk.going_to import going_to, masked
from oms.web.desk.order_shown import look, offers, revision
from oms.web.desk.told import read_told, take_told
from oms.web.finding import find, temporal_link
from oms.web.people.door import SignedIn
from oms.web.people.person import Person

UNCHANGED: Final = 204
NOT_FOUND: Final = 404

router = APIRouter(include_in_schema=False)


class Said(NamedTuple):
    """What a person is told at the top of the page, and what they had typed, so that nothing is lost."""

    tone: str
    heading: str
    words: str = ""
    typed: dict[str, str] = {}  # noqa: RUF012 - never changed
    once: str = ""
    """Under which a request goes that may have been heard already."""


FIELDS: Final = (
    "why", "hold", "until", "old_waybill", "waybill", "carrier",
    "name", "phone", "province", "city", "district", "address",
)  # fmt: skip
NOTHING_TYPED: Final = dict.fromkeys(FIELDS, "")
WORDS: Final = {
    "asks": spoken_order.ASKS,
    "obstacles": spoken_order.OBSTACLES,
    "changes": spoken_order.CHANGES,
    "case_kinds": spoken_order.CASE_KINDS,
    "case_statuses": spoken_order.CASE_STATUSES,
}


@router.get("/desk/orders/{key}")
async def order(key: str, request: Request, person: SignedIn) -> HTMLResponse:
    """Show one order."""
    found = await asyncio.to_thread(find, collaborators(request), key)
    if found is None:
        return no_such_order(request, person)
    note = read_told(request)
    said = Said("good", N_("Done"), note) if note is not None else None
    answer = await order_page(request, person, found, said=said)
    if note is not None:
        take_told(answer)
    return answer


@router.get("/desk/orders/{key}/state")
async def state(key: str, request: Request, person: SignedIn, revision: str = "") -> Response:
    """Show what has changed on an open page; nothing when nothing has."""
    found = await asyncio.to_thread(find, collaborators(request), key)
    if found is None or await asyncio.to_thread(_revision, request, found) == revision:
        return Response(status_code=UNCHANGED)
    shown = await asyncio.to_thread(_shown, request, person, found)
    return desk_page(request, person, "desk/order_live.html", **shown, live=True)


async def order_page(
    request: Request, person: Person, found: OrderView, *, said: Said | None = None, status: int = 200
) -> HTMLResponse:
    """Render the page of an order, with what the person is to be told."""
    shown = await asyncio.to_thread(_shown, request, person, found)
    parts, key = collaborators(request), found.row.key
    digest = await going_to(parts, key)
    receiver = await asyncio.to_thread(masked, parts.store, key, digest, person.name)
    return desk_page(
        request, person, "desk/order.html", status=status, **shown, live=False, said=said, receiver=receiver,
        typed={**NOTHING_TYPED, **(said.typed if said else {})}, once=(said.once if said else "") or uuid.uuid4().hex,
    )  # fmt: skip


def no_such_order(request: Request, person: Person) -> HTMLResponse:
    """Say that there is none."""
    words = N_(
        "The desk knows no order of that number (yet). Look for it in the list, or fetch it from its shop."
    )
    return desk_notice(request, person, N_("No such order"), words, NOT_FOUND)


def _revision(request: Request, found: OrderView) -> str:
    return revision(collaborators(request).store, found)


def _shown(request: Request, person: Person, found: OrderView) -> dict[str, Any]:
    parts = collaborators(request)
    row = found.row
    return {
        "shown": look(parts.store, found),
        "order": row,
        "here": f"/desk/orders/{row.key}",
        "offers": offers(person, row),
        "may": {act.value: person.may(act) for act in Act},
        "Ask": Ask,
        "tracking": f"/t/{parts.tracking.token(row.business_id)}",
        "temporal_link": temporal_link(parts.temporal_ui, row.key),
        "words": WORDS,
    }
