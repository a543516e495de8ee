"""The read model as JSON, for tools; holds no personal data."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request

from oms.domain.book import OrderRow
from oms.domain.trace import without_people
from oms.web.answers import OrdersListed, OrderWhole, refusals
from oms.web.collaborators import Collaborators, collaborators
from oms.web.finding import find, temporal_link

router = APIRouter(prefix="/api", tags=["orders"], responses=refusals(401))
Chosen = Annotated[str, Query(max_length=64)]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]
Limit = Annotated[int, Query(ge=1, le=500)]


@router.get("/orders", summary="List orders", response_model=OrdersListed)
async def orders(
    request: Request,
    stage: Chosen = "",
    hold: Chosen = "",
    channel: Chosen = "",
    limit: Limit = 100,
    offset: Offset = 0,
) -> dict[str, Any]:
    """List orders, newest first, and count them by stage."""
    books = collaborators(request).store.orders

    def look() -> dict[str, Any]:
        rows = books.list(
            stage=stage or None, hold=hold or None, channel=channel or None, limit=limit, offset=offset
        )
        return {"counts": books.counts_by_stage(), "orders": [_summary(row) for row in rows]}

    return await asyncio.to_thread(look)


@router.get("/orders/{key}", summary="Show one order", response_model=OrderWhole, responses=refusals(404))
async def order(key: str, request: Request) -> dict[str, Any]:
    """Show one order with its parcels, their trace, and its timeline. 404 when the read model knows none."""
    parts = collaborators(request)
    shown = await asyncio.to_thread(_whole, parts, key)
    if shown is None:
        raise HTTPException(404, "no such order")
    return shown


def _summary(order: OrderRow) -> dict[str, Any]:
    return {**order.model_dump(mode="json", exclude={"key"}), "key": str(order.key)}


def _whole(parts: Collaborators, key: str) -> dict[str, Any] | None:
    found = find(parts, key)
    if found is None:
        return None
    books, order = parts.store.orders, found.row
    parcels = [
        {
            **parcel.model_dump(mode="json"),
            "trace": [
                {"at": scan.at.isoformat(), "text": without_people(scan.text), "place": scan.place}
                for scan in books.scans(parcel.waybill)
            ],
        }
        for parcel in found.parcels
    ]
    return {
        **_summary(order),
        "parcels": parcels,
        "timeline": [change.model_dump(mode="json") for change in books.timeline(order.key)],
        "tracking": f"/t/{parts.tracking.token(order.business_id)}",
        "temporal": temporal_link(parts.temporal_ui, order.key),
    }
