"""What the subscribers of a run were told, compared with what happened: counted at their side, not at ours."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from oms.cli.events import behind
from oms.domain.model import Fact
from oms.domain.relaying import STOPPED
from oms.stack.loopback import get_json
from oms.store import Store
from oms.subscribers import Subscriber


class ToldFigures(Fact):
    """The figures of all subscribers together."""

    events_sent: int
    """How many a subscriber has, each once, summed over the subscribers."""
    events_lost: int
    """How many happened that a subscriber wanted and has not."""
    events_repeated: int
    """How many came again under the same id, which at least once allows."""
    events_out_of_order: int
    """How many came behind a later one of the same order."""
    by_subscriber: Mapping[str, Mapping[str, int]]


async def told_figures(store: Store, subscribers: Sequence[Subscriber], simulator_port: int) -> ToldFigures:
    """Compare the outbox with what the simulated subscribers hold. Raises NoAnswer when the simulator is away."""
    counts: Mapping[str, Mapping[str, Any]] = await get_json(simulator_port, "/control/subscribers")
    by_subscriber: dict[str, Mapping[str, int]] = {}
    for one in subscribers:
        heard = await get_json(simulator_port, f"/control/subscribers/{one.name}/heard")
        ids = {event["id"] for event in heard}
        lost = await asyncio.to_thread(_missing, store, one, ids)
        counted = counts[one.name]
        by_subscriber[one.name] = {
            "sent": len(ids), "lost": lost, "repeated": counted["repeated"],
            "out_of_order": counted["order_violations"], "refused": sum(counted["refused"].values()),
        }  # fmt: skip
    return ToldFigures(
        **{f"events_{name}": sum(figures[name] for figures in by_subscriber.values())
           for name in ("sent", "lost", "repeated", "out_of_order")},
        by_subscriber=by_subscriber,
    )  # fmt: skip


def still_telling(store: Store, subscribers: Sequence[Subscriber]) -> int:
    """Count the events that are still to be told to somebody who is not stopped. Blocking: call it in a thread."""
    waiting = 0
    for one in subscribers:
        standing = store.subscriptions.get(one.name)
        if standing is not None and standing.state not in STOPPED:
            waiting += behind(store, one, standing)
    return waiting


def _missing(store: Store, subscriber: Subscriber, ids: set[str]) -> int:
    return sum(
        1
        for event in store.outbox.walk()
        if subscriber.wants(event.topic, event.order) and event.id not in ids
    )
