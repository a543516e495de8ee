"""A proposed rule table is tried on our own past orders in the background, against the one that it is compared with."""

import asyncio
import time
from datetime import datetime
from typing import Any

from oms.channels import CHANNELS
from oms.clock import wall_clock
from oms.domain.ids import ShopKey
from oms.rules.backtest import Ask, Comparison, compare
from oms.rules.table import RuleTable, parse_table
from oms.rules.trial import TableTrial
from oms.store.desk_jobs import Job
from oms.store.past import PastOrders, Span
from oms.web.collaborators import Collaborators
from oms.web.desk.progress import Progress

EXAMPLES = 100
BREATHE_EVERY, BREATH_SECONDS = 50, 0.001
"""The trial is nothing but computing; whoever waits for a page of this process goes first."""


async def try_out(parts: Collaborators, job: Job, progress: Progress) -> dict[str, Any]:
    """Try both tables on every order. Raises Unavailable, and WrongRule for a table that is none (any more)."""
    comparison = await asyncio.to_thread(_compare, parts, job, progress)
    return comparison.model_dump(mode="json")


def span_of(asked: dict[str, Any]) -> Span:
    """Read which orders were meant."""
    channel, _, shop = str(asked.get("shop", "")).partition(":")
    moments = [
        datetime.fromisoformat(asked[name]) if asked.get(name) else None for name in ("since", "until")
    ]
    return Span(moments[0], moments[1], ShopKey(channel=channel, shop=shop) if shop else None)


def _compare(parts: Collaborators, job: Job, progress: Progress) -> Comparison:
    proposed = parse_table(parts.store.desk_jobs.text(job.id), str(job.asked.get("file", "")))
    today = _today(parts, str(job.asked.get("against", "")))
    everywhere = [name for name, kind in CHANNELS.items() if kind.properties.same_buyer_everywhere]
    past = PastOrders(parts.store.database, parts.platforms, wall_clock(), everywhere)
    span = span_of(job.asked)
    total, done = past.count(span), 0

    def tell() -> None:
        nonlocal done
        done += 1
        if done % BREATHE_EVERY == 0 or done == total:
            time.sleep(BREATH_SECONDS)
            progress.tell(done, total)

    ask = Ask(
        (today.version, TableTrial(today, parts.pace)), (proposed.version, TableTrial(proposed, parts.pace)), EXAMPLES
    )  # fmt: skip
    return compare(past.read(span), ask, tell)


def _today(parts: Collaborators, against: str) -> RuleTable:
    table = parts.rules.version(against) if against else None
    return table or parts.rules.in_force(wall_clock())
