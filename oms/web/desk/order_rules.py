"""Why the rules judge an order as they do: the version it lives by, the rows that apply, and what the gate says now."""

import asyncio
from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from oms.domain.errors import Unavailable
from oms.domain.ids import OrderKey
from oms.domain.state import OrderState
from oms.rules.explaining import Explanation, explain, layers_of
from oms.store import OrderView
from oms.web.collaborators import Collaborators, collaborators
from oms.web.desk.frame import desk_page
from oms.web.desk.order import no_such_order
from oms.web.finding import find
from oms.web.people.door import SignedIn

PATIENCE_SECONDS: Final = 5.0

router = APIRouter(include_in_schema=False)


@router.get("/desk/orders/{key}/rules")
async def rules(key: str, request: Request, person: SignedIn) -> HTMLResponse:
    """Explain an order; while it does not answer, from what is written down."""
    parts = collaborators(request)
    found = await asyncio.to_thread(find, parts, key)
    if found is None:
        return no_such_order(request, person)
    state = await _ask(parts, found.row.key)
    explained = await asyncio.to_thread(_explain, parts, found, state)
    return desk_page(
        request, person, "desk/order_rules.html", order=found.row, here=f"/desk/orders/{found.row.key}",
        explained=explained, answered=state is not None, chinese=person.language.startswith("zh"),
    )  # fmt: skip


async def _ask(parts: Collaborators, key: OrderKey) -> OrderState | None:
    if parts.remembers is None:
        return None
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await parts.remembers.order_state(key)
    except (Unavailable, TimeoutError):
        return None


def _explain(parts: Collaborators, found: OrderView, state: OrderState | None) -> Explanation:
    now, tables, row = parts.clock(), parts.rules, found.row
    in_force = tables.in_force(now)
    version = _version(parts, found, state)
    table = (tables.version(version) if version else None) or in_force
    platform = parts.platforms.get(row.key.shop_key, row.key.channel)
    if state is not None:
        return explain(table, in_force.version, state, now, platform)
    shop, judged_at = str(row.key.shop_key), _judged_at(row.paid_at, now)
    return Explanation(
        order=str(row.key), platform=platform, shop=shop, version=table.version, digest=table.digest,
        in_force=in_force.version, judged_at=judged_at, layers=layers_of(table, platform, shop, judged_at),
        tags=row.tags,
    )  # fmt: skip


def _version(parts: Collaborators, found: OrderView, state: OrderState | None) -> str:
    if state is not None:
        return state.assessment.policy.version if state.assessment else ""
    changes = parts.store.orders.timeline(found.row.key)
    return next((c.rule_version for c in reversed(changes) if c.what == "order.assessed"), "")


def _judged_at(paid_at: datetime | None, now: datetime) -> datetime:
    return paid_at or now
