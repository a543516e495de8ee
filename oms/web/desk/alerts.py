"""The desk's list of alerts: what is wrong just now, who looks after it, and what was wrong before."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from oms.web.collaborators import collaborators
from oms.web.pages import page

SHOWN = 200

router = APIRouter(include_in_schema=False)


@router.get("/desk/alerts")
async def alerts(request: Request) -> HTMLResponse:
    """List the alerts that are not over, then the last ones that are."""
    kept = collaborators(request).store.alerts
    under_way, newest = await asyncio.gather(
        asyncio.to_thread(kept.list, under_way=True, limit=SHOWN), asyncio.to_thread(kept.list, limit=SHOWN)
    )
    over = [alert for alert in newest if alert.closed_at is not None]
    return page("alerts.html", under_way=under_way, over=over)
