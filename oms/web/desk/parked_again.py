"""Parked payloads are read again in the background: those that were chosen, or all; a result for each, in words."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

from oms.domain.ids import ShopKey
from oms.rereading import Reread, Rereading
from oms.store import Arrival
from oms.store.desk_jobs import Job
from oms.store.parked import PARKED, Which
from oms.web.collaborators import Collaborators
from oms.web.desk.progress import Progress

AT_A_TIME = 100
NAMED_AT_MOST = 500
"""Results that are kept one by one, those that are still parked first; all are counted."""
NOT_ANY_MORE = "read"
"""It was not parked any more when its turn came: somebody else had read it."""


async def read_again(parts: Collaborators, job: Job, progress: Progress) -> dict[str, Any]:
    """Read them again, one after the other. Raises Unavailable when that cannot go on now; the rest stay parked."""
    ids = list(job.asked.get("ids", ()))
    which, until = which_of(job.asked), str(job.asked.get("until", ""))
    total = len(ids) if ids else await asyncio.to_thread(parts.store.parked.count, which)
    rereading = Rereading(parts.store, parts.intake, parts.cashier)
    counts: Counter[str] = Counter()
    left: list[dict[str, str]] = []
    read: list[dict[str, str]] = []
    arrivals = _chosen(parts, ids) if ids else _all(parts, which, until)
    async for arrival in arrivals:
        outcome = await _one(rereading, arrival, job.by)
        counts[outcome["now"]] += 1
        named = left if outcome["now"] == PARKED else read
        if len(named) < NAMED_AT_MOST:
            named.append(outcome)
        progress.so_far = {"counts": dict(counts), "each": [*left, *read][:NAMED_AT_MOST]}
        await asyncio.to_thread(progress.tell, counts.total(), total)
    return progress.so_far or {"counts": {}, "each": []}


def which_of(asked: dict[str, Any]) -> Which:
    """Read which parked payloads were meant."""
    channel, _, shop = str(asked.get("shop", "")).partition(":")
    key = ShopKey(channel=channel, shop=shop) if shop else None
    return Which(key, str(asked.get("source", "")), str(asked.get("reason", "")))


async def _one(rereading: Rereading, arrival: Arrival, who: str) -> dict[str, str]:
    if arrival.status != PARKED:
        outcome = Reread(inbox_id=arrival.inbox_id, now="repeated", order=str(arrival.order or ""))
        return {**outcome.model_dump(mode="json"), "now": NOT_ANY_MORE}
    return (await rereading.again(arrival, who)).model_dump(mode="json")


async def _chosen(parts: Collaborators, ids: list[str]) -> AsyncIterator[Arrival]:
    """Each is looked up when its turn comes: meanwhile somebody else may have read it."""
    for inbox_id in ids:
        for arrival in await asyncio.to_thread(parts.store.parked.find, [inbox_id]):
            yield arrival


async def _all(parts: Collaborators, which: Which, until: str) -> AsyncIterator[Arrival]:
    """Those that were parked when it was asked for: what is parked anew comes behind them and is not read twice."""
    after = ""
    while True:
        page = await asyncio.to_thread(
            parts.store.parked.page, which, after=after, until=until, limit=AT_A_TIME
        )
        for arrival in page:
            yield arrival
        if len(page) < AT_A_TIME:
            return
        after = page[-1].inbox_id
