"""The desk's list of orders: chosen by filters or a kept view, page by page, itself fresh while somebody looks."""

import asyncio
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from oms.domain.holds import HoldReason
from oms.domain.ids import ShopKey
from oms.domain.roles import Act
from oms.domain.stages import ENDED, Stage
from oms.store.order_lists import OrderPage
from oms.web.collaborators import Collaborators, collaborators
from oms.web.desk.choosing import ADDRESS, DUE, FILTERS, READY, Wanted, address
from oms.web.desk.frame import desk_page
from oms.web.people.door import SignedIn
from oms.web.people.person import Person

PAGE_SIZE: Final = 50
NO_CONTENT: Final = 204
UNPROCESSABLE: Final = 422
router = APIRouter(include_in_schema=False)


@router.get("/")
async def front() -> RedirectResponse:
    """Lead to the desk."""
    return RedirectResponse("/desk")


@router.get("/desk/orders")
async def orders(request: Request, person: SignedIn) -> HTMLResponse:
    """List orders by stage, hold, channel, shop, tag, deadline, and by what is typed."""
    wanted = Wanted.read(request.query_params)
    parts = collaborators(request)
    shown = await asyncio.to_thread(_shown, parts, person, wanted)
    status = UNPROCESSABLE if wanted.complaint else 200
    return desk_page(request, person, "desk/orders.html", status=status, **shown)


@router.get("/desk/orders/rows")
async def rows(request: Request, person: SignedIn, seen: str = "") -> Response:
    """Return the rows of a list anew, or nothing when they are as they were seen."""
    wanted = Wanted.read(request.query_params)
    parts = collaborators(request)
    found = await asyncio.to_thread(_page, parts, wanted)
    shown = _rows(person, wanted, found)
    if shown["seen"] == seen:
        return Response(status_code=NO_CONTENT)
    return desk_page(request, person, "desk/orders_rows.html", **shown)


def _shown(parts: Collaborators, person: Person, wanted: Wanted) -> dict[str, Any]:
    counts = parts.store.order_lists.under_way_by_stage()
    return {
        **_rows(person, wanted, _page(parts, wanted)),
        "counts": {stage.value: counts[stage] for stage in Stage if stage in counts and stage not in ENDED},
        "stages": [stage.value for stage in Stage],
        "holds": [hold.value for hold in HoldReason],
        "dues": DUE,
        "tags": _with(parts.store.order_lists.tags(), wanted.words.get("tag")),
        "channels": _with((shop.channel for shop in parts.channels), wanted.words.get("channel")),
        "shops": _with((shop.shop for shop in _of(parts, wanted)), wanted.words.get("shop")),
        "ready": [(words, address(chosen)) for words, chosen in READY],
        **_views(parts, person, address(wanted.words)),
    }


def _views(parts: Collaborators, person: Person, here: str) -> dict[str, Any]:
    """Return the person's own views, and which of them is on the page."""
    kept = [(view.name, _view(view.chosen)) for view in parts.store.saved_views.of(person.name)]
    mine = next((name for name, target in kept if target == here), "")
    return {"views": kept, "mine": mine, "here": here, "clean": ADDRESS}


def _page(parts: Collaborators, wanted: Wanted) -> OrderPage:
    if wanted.complaint:
        return OrderPage(())
    return parts.store.order_lists.page(wanted.choice(parts.clock()), wanted.after, PAGE_SIZE)


def _rows(person: Person, wanted: Wanted, found: OrderPage) -> dict[str, Any]:
    """Return what the rows need; `seen` changes when any of them does."""
    marks = "|".join(f"{row.key}#{row.seq}" for row in found.rows)
    seen = hashlib.sha256(f"{marks}|{found.more is not None}".encode()).hexdigest()[:16]
    return {
        "orders": found.rows,
        "more": wanted.further(found.more) if found.more else "",
        "too_many": found.too_many,
        "chosen": {name: wanted.words.get(name, "") for name in FILTERS},
        "complaint": wanted.complaint,
        "link": wanted.link,
        "first": wanted.after is None,
        "seen": seen,
        "again": address({**wanted.words, "seen": seen}, "/desk/orders/rows"),
        "may_act": person.may(Act.BULK),
    }


def _with(known: Iterable[str], chosen: str | None) -> list[str]:
    """Sort the values of a filter; one that is chosen stands among them, known or not."""
    return sorted({*known, *([chosen] if chosen else [])})


def _of(parts: Collaborators, wanted: Wanted) -> list[ShopKey]:
    channel = wanted.words.get("channel")
    return [shop for shop in parts.channels if channel in (None, shop.channel)]


def _view(chosen: Mapping[str, str]) -> str:
    return address({name: chosen.get(name, "") for name in FILTERS})
