"""The buyer's pages over HTTP: an order behind its link, and the form that leads to it."""

import asyncio
import logging
from datetime import timedelta
from typing import Annotated, Any, Final
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from oms.domain.errors import Unavailable
from oms.logs import words_of
from oms.web.body import body_of
from oms.web.collaborators import Collaborators, collaborators
from oms.web.tokens import Worn
from oms.web.tracking.journey import Wanted, journey, opened
from oms.web.tracking.lookup import Answer, Asked, look_up
from oms.web.tracking.rendering import rendered, said_in
from oms.web.tracking.returns import returns

router = APIRouter(include_in_schema=False)
log = logging.getLogger(__name__)
LARGEST_FORM: Final = 4096
RETRY_AFTER_S: Final = 30
LOOKED_UP_LASTS: Final = timedelta(days=1)
"""A link from the form need not live long: the form is still there tomorrow."""
Place = Annotated[int, Query(ge=0, le=1000)]
Seen = Annotated[int, Query(ge=0, le=100_000)]


@router.get("/t")
async def form(request: Request) -> HTMLResponse:
    """Offer to find an order by its number and the end of the phone."""
    return rendered(request, "lookup.html", answer=None)


@router.post("/t", response_model=None)
async def find(request: Request) -> HTMLResponse | RedirectResponse:
    """Lead to the order; everything that is wrong has the same answer, and so have all tries beyond the allowance."""
    parts = collaborators(request)
    fields = parse_qs((await body_of(request, LARGEST_FORM)).decode(errors="replace"))
    asked = Asked(number=fields.get("number", [""])[0], tail=fields.get("tail", [""])[0])
    try:
        found = await asyncio.to_thread(
            look_up, parts.store, asked, parts.entrance.caller(request), parts.clock(), parts.tracking.lasts
        )
    except Unavailable as error:
        return _away(request, error)
    if isinstance(found, Answer):
        return rendered(request, "lookup.html", found.status, answer=found)
    token = parts.tracking.token(found, LOOKED_UP_LASTS)
    kept = said_in(request)
    return RedirectResponse(f"/t/{token}{'?' if kept else ''}{kept}", 303, {"cache-control": "no-store"})


@router.get("/t/{token}")
async def follow(token: str, request: Request, parcel: Place = 0, seen: Seen = 0) -> HTMLResponse:
    """Show a buyer the whole way of the order, every parcel of it."""
    parts = collaborators(request)
    link = parts.tracking.read(token)
    if isinstance(link, Worn):
        return rendered(request, "over.html", 410)
    try:
        wanted = Wanted(parcel, seen)
        shown = await asyncio.to_thread(_shown, parts, link.business_id, wanted) if link else None
    except Unavailable as error:
        return _away(request, error)
    if shown is None:
        return rendered(request, "unknown.html", 404)
    return rendered(request, "order.html", **shown)


def _away(request: Request, error: Unavailable) -> HTMLResponse:
    """Ask the buyer to come again; the database or what else we need does not answer now."""
    log.warning("page.unavailable", extra={"reason": words_of(error)})
    page = rendered(request, "away.html", 503)
    page.headers["retry-after"] = str(RETRY_AFTER_S)
    return page


def _shown(parts: Collaborators, business_id: str, wanted: Wanted) -> dict[str, Any] | None:
    """Read everything the page needs; None for an order or a parcel that there is not."""
    store, view = parts.store, parts.store.orders.get(business_id)
    if view is None or wanted.parcel > len(view.parcels):
        return None
    key, province = view.row.key, view.row.sold.province
    open_ones = opened(view.parcels, wanted)
    traces = {view.parcels[place - 1].waybill for place in open_ones}
    carriers = {parcel.carrier for parcel in view.parcels if parcel.delivered_at is None}
    way = journey(
        view, store.orders.timeline(key), {waybill: store.orders.scans(waybill) for waybill in traces},
        {carrier: store.usual.of(carrier, province) for carrier in carriers}, wanted, parts.clock(),
    )  # fmt: skip
    address = parts.returns.get(key.shop_key, "")
    return {
        "way": way,
        "order": view.row,
        "wanted": wanted,
        "returns": returns(key.channel, address, store.after_sales.of_order(key)),
    }
