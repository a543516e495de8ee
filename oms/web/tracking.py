"""The page behind the link in a buyer's message: where the parcel is, and nothing about the person."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from oms.domain.parcels import Parcel
from oms.ports import Scan
from oms.web.collaborators import Collaborators, collaborators
from oms.web.pages import notice, page
from oms.web.words import STAGES_FOR_BUYERS

router = APIRouter(include_in_schema=False)


@router.get("/t/{token}")
async def follow(token: str, request: Request) -> HTMLResponse:
    """Show a buyer the trace of every parcel of the order."""
    parts = collaborators(request)
    business_id = parts.tracking.business_id(token)
    shown = await asyncio.to_thread(_trace, parts, business_id) if business_id else None
    if shown is None:
        return notice(
            "查不到这个链接 · Unknown link",
            "请核对链接是否完整。 · Please check that the link is complete.",
            404,
        )
    stage, parcels = shown
    return page(
        "tracking.html",
        lang="zh-CN",
        stage=STAGES_FOR_BUYERS.get(stage, "处理中 · in progress"),
        parcels=parcels,
    )


def _trace(
    parts: Collaborators, business_id: str
) -> tuple[str, list[tuple[Parcel, tuple[Scan, ...]]]] | None:
    books = parts.store.orders
    found = books.get(business_id)
    if found is None:
        return None
    return found.row.stage, [(parcel, books.scans(parcel.waybill)[::-1]) for parcel in found.parcels]
