"""The desk's channels: how far each shop has been read, whether anything is missing, how its interface is and its quota."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from oms.channels import CHANNELS
from oms.domain.calls import FAILED, CallResult
from oms.domain.ids import ShopKey
from oms.domain.interfaces import Health
from oms.domain.periods import BUSINESS_ZONE
from oms.languages.marks import N_
from oms.store.call_counts import Counts, calls_by_shop
from oms.store.call_statistics import CallStatistics
from oms.store.health import Stood
from oms.store.holes import Hole
from oms.store.polls import Completeness, PollState
from oms.web.collaborators import Collaborators, collaborators
from oms.web.desk.completeness import Day, days_of
from oms.web.desk.frame import desk_notice, desk_page
from oms.web.people.door import SignedIn
from oms.web.spoken_outside import GRAVE

HOUR, DAY, SHOWN_DAYS = timedelta(hours=1), timedelta(days=1), 7
TOO_OLD = timedelta(minutes=45)
"""A shop is read every quarter of an hour: three that came to nothing."""
_PLACE: Mapping[Health, int] = {state: place for place, state in enumerate(Health)}

router = APIRouter(include_in_schema=False)


class ShopLine(NamedTuple):
    """One shop at a glance."""

    shop: ShopKey
    orders: PollState
    cases: PollState
    age_minutes: int | None
    """Of the cursor; None: never read."""
    stale: bool
    proof: Completeness | None
    holes: tuple[Hole, ...]
    """Stretches of time that are not read again yet."""
    health: Stood | None
    """Its channel's gravest."""
    version: str
    calls: Counts
    """Of the last hour, by what they came to."""
    quota: float | None

    @property
    def called(self) -> int:
        """How many calls there were in the last hour."""
        return sum(self.calls.values())

    @property
    def failed(self) -> int:
        """How many of them failed."""
        return sum(count for result, count in self.calls.items() if result in FAILED)

    @property
    def throttled(self) -> int:
        """How many were over the quota."""
        return self.calls.get(CallResult.RATE_LIMITED, 0)


@router.get("/desk/shops")
async def moved() -> RedirectResponse:
    """Lead on to where it is now."""
    return RedirectResponse("/desk/channels", status_code=301)


@router.get("/desk/channels")
async def channels(request: Request, person: SignedIn, seen: str = "") -> Response:
    """Show every shop at a glance; with `seen`, only when something is new, and 204 when nothing is."""
    lines = await asyncio.to_thread(_lines, collaborators(request))
    mark = _mark(lines)
    if seen and seen == mark:
        return Response(status_code=204)
    template = "desk/channels_state.html" if seen else "desk/channels.html"
    return desk_page(request, person, template, lines=lines, mark=mark, healthy=Health.HEALTHY, grave=GRAVE)


@router.get("/desk/channels/{channel}/{shop}")
async def one(request: Request, person: SignedIn, channel: str, shop: str) -> HTMLResponse:
    """Show one shop: its days, the stretches that were read again, and its calls of the last day, by interface."""
    parts = collaborators(request)
    found = next((each for each in parts.channels if (each.channel, each.shop) == (channel, shop)), None)
    if found is None:
        return desk_notice(
            request, person, N_("No such shop"), N_("The page of the channels lists those that are configured."), 404
        )  # fmt: skip
    line, days, calls, holes = await asyncio.to_thread(_whole, parts, found)
    return desk_page(
        request,
        person,
        "desk/channel.html",
        line=line,
        days=days,
        calls=calls,
        holes=holes,
        healthy=Health.HEALTHY,
        grave=GRAVE,
    )


def _lines(parts: Collaborators) -> list[ShopLine]:
    now, store = parts.clock(), parts.store
    calls = calls_by_shop(store.database, now - HOUR, now)
    versions, healths = store.shop_versions.all(), store.health.all()
    return [_line(parts, shop, now, (calls, versions, healths)) for shop in sorted(parts.channels, key=str)]


def _line(
    parts: Collaborators, shop: ShopKey, now: datetime,
    known: tuple[Mapping[str, Counts], Mapping[str, str], Sequence[Stood]],
) -> ShopLine:  # fmt: skip
    store, (calls, versions, healths) = parts.store, known
    orders = store.polls.state(shop)
    age = None if orders.cursor is None else now - orders.cursor
    proofs = store.polls.completeness_rows(shop, limit=1)
    ours = [each for each in healths if each.interface.partition("/")[0] == shop.channel]
    kind = CHANNELS.get(shop.channel)
    return ShopLine(
        shop=shop, orders=orders, cases=store.case_polls.state(shop),
        age_minutes=None if age is None else int(age.total_seconds() // 60),
        stale=age is None or age > TOO_OLD / parts.pace, proof=proofs[0] if proofs else None,
        holes=(*store.holes.open(shop), *store.holes.due(shop)),
        health=max(ours, key=lambda each: _PLACE[each.health], default=None), version=versions.get(str(shop), ""),
        calls=calls.get(str(shop), {}),
        quota=kind.properties.calls_per_second if kind else None,
    )  # fmt: skip


def _whole(
    parts: Collaborators, shop: ShopKey
) -> tuple[ShopLine, tuple[Day, ...], list[CallStatistics], tuple[Hole, ...]]:
    now = parts.clock()
    line = next(each for each in _lines(parts) if each.shop == shop)
    yesterday = now.astimezone(BUSINESS_ZONE).date() - DAY
    days = days_of(parts, yesterday - (SHOWN_DAYS * 2 - 1) * DAY, yesterday)
    calls = parts.store.calls.statistics(now - DAY, now, by_shop=True)
    return (
        line, tuple(day for day in days.rows if day.shop == shop),
        [each for each in calls if each.shop == str(shop)], parts.store.holes.all(shop),
    )  # fmt: skip


def _mark(lines: Sequence[ShopLine]) -> str:
    """Change with everything that is shown but the minutes that pass by themselves."""
    shown = "|".join(str(line._replace(age_minutes=None)) for line in lines)
    return hashlib.sha256(shown.encode()).hexdigest()[:16]
