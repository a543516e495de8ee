"""The desk, to look at: where each order is, why, who must act, by when; what is parked; how polling goes."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from oms.domain.holds import HoldReason
from oms.domain.ids import OrderKey
from oms.domain.stages import Stage
from oms.store import OrderView
from oms.web.collaborators import Collaborators, collaborators
from oms.web.pages import notice, page

PAGE_SIZE = 50
PARKED_SHOWN = 200

router = APIRouter(include_in_schema=False)
Chosen = Annotated[str, Query(max_length=64)]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]


@router.get("/")
async def front() -> RedirectResponse:
    """Lead to the desk."""
    return RedirectResponse("/desk")


@router.get("/desk")
async def orders(
    request: Request, stage: Chosen = "", hold: Chosen = "", channel: Chosen = "", offset: Offset = 0
) -> HTMLResponse:
    """List orders, newest first, by stage, hold and channel."""
    parts = collaborators(request)
    chosen = {"stage": stage, "hold": hold, "channel": channel}
    shown = await asyncio.to_thread(_orders, parts, chosen, offset)
    return page(
        "desk.html", chosen=chosen, link=_links(chosen), stages=list(Stage), holds=[hold.value for hold in HoldReason],
        channels=sorted({shop.channel for shop in parts.channels} | ({channel} if channel else set())),
        previous=max(0, offset - PAGE_SIZE) if offset else None, **shown,
    )  # fmt: skip


@router.get("/desk/orders/{key}")
async def order(key: str, request: Request) -> HTMLResponse:
    """Show one order: where it is, why, who must act, by when, its parcels, its timeline."""
    parts = collaborators(request)
    shown = await asyncio.to_thread(_order, parts, key)
    if shown is None:
        return notice("No such order · 没有这个订单", "The read model does not know it (yet).", 404)
    return page("order.html", **shown)


@router.get("/desk/inbox")
async def inbox(request: Request) -> HTMLResponse:
    """Show what could not be taken in, and why; never the payload."""
    store = collaborators(request).store
    rows, counts = await asyncio.gather(
        asyncio.to_thread(store.inbox.parked, PARKED_SHOWN), asyncio.to_thread(store.inbox.count_by_status)
    )
    return page("inbox.html", rows=rows, counts=counts)


@router.get("/desk/shops")
async def shops(request: Request) -> HTMLResponse:
    """Show how far each shop has been polled, and the completeness of its days."""
    parts = collaborators(request)
    polls = parts.store.polls

    def look() -> list[tuple[Any, Any, Any]]:
        return [(shop, polls.state(shop), polls.completeness_rows(shop)) for shop in parts.channels]

    return page("shops.html", shops=await asyncio.to_thread(look))


def _orders(parts: Collaborators, chosen: Mapping[str, str], offset: int) -> dict[str, Any]:
    books = parts.store.orders
    filters = {name: value or None for name, value in chosen.items()}
    rows = list(books.list(**filters, limit=PAGE_SIZE + 1, offset=offset))
    return {
        "orders": rows[:PAGE_SIZE],
        "next": offset + PAGE_SIZE if len(rows) > PAGE_SIZE else None,
        "counts": _in_order(books.counts_by_stage()),
        "parked": parts.store.inbox.count_by_status().get("parked", 0),
    }


def _in_order(counts: Mapping[str, int]) -> dict[str, int]:
    return {stage.value: counts[stage] for stage in Stage if stage in counts}


def _order(parts: Collaborators, key: str) -> dict[str, Any] | None:
    found = find(parts, key)
    if found is None:
        return None
    books, order = parts.store.orders, found.row
    return {
        "order": order,
        "parcels": [(parcel, books.scans(parcel.waybill)[::-1]) for parcel in found.parcels],
        "timeline": books.timeline(order.key),
        "token": parts.tracking.token(order.business_id),
        "temporal_link": temporal_link(parts.temporal_ui, order.key),
    }


def find(parts: Collaborators, key: str) -> OrderView | None:
    """Find an order by `channel:shop:number` or by its business id."""
    try:
        return parts.store.orders.get(OrderKey.parse(key))
    except ValueError:
        return parts.store.orders.get(key)


def temporal_link(list_address: str, key: OrderKey) -> str:
    """Return the address of the order's workflow in the Temporal UI; empty when we know of no UI."""
    return f"{list_address.rstrip('/')}/{quote(key.workflow_id, safe='')}" if list_address else ""


def _links(chosen: Mapping[str, str]) -> Callable[..., str]:
    def link(**changes: object) -> str:
        wanted = {name: value for name, value in {**chosen, **changes}.items() if value not in (None, "", 0)}
        return f"/desk?{urlencode(wanted)}" if wanted else "/desk"

    return link
