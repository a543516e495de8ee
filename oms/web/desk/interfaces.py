"""The desk's page of outside interfaces: how each is, since when, and why."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from oms.domain.interfaces import Health
from oms.store import Store
from oms.store.health import Stood
from oms.web.collaborators import collaborators
from oms.web.pages import page

router = APIRouter(include_in_schema=False)
CHINESE = {
    Health.HEALTHY: "正常",
    Health.SLOW: "变慢",
    Health.THROTTLED: "被限流",
    Health.DEGRADED: "异常",
    Health.CREDENTIALS_EXPIRING: "授权将到期",
    Health.SHAPE_CHANGED: "报文结构变化",
    Health.UNREACHABLE: "无法连接",
    Health.RETIRED: "已下线",
}
_PLACE = {state: place for place, state in enumerate(Health)}


@router.get("/desk/interfaces")
async def interfaces(request: Request) -> HTMLResponse:
    """List every interface that was looked at, the gravest first."""
    known = await asyncio.to_thread(_known, collaborators(request).store)
    rows = [(each, f"{each.health.value.replace('_', ' ')} {CHINESE[each.health]}") for each in known]
    return page("interfaces.html", rows=rows, healthy=Health.HEALTHY)


def _known(store: Store) -> list[Stood]:
    return sorted(store.health.all(), key=lambda each: (-_PLACE[each.health], each.interface))
