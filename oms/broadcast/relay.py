"""One turn of bringing events to a subscriber: read ahead, send, remember how far it came."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from oms.broadcast.answers import Failed, Gone, Reaction
from oms.broadcast.lanes import WINDOW, Lanes
from oms.broadcast.sinks import Sink
from oms.domain.relaying import STOPPED
from oms.store import OutboxEvent, Store, Subscription
from oms.subscribers import Subscriber

LOOK_S = 0.3
"""How often the outbox is looked at while nothing is under way: an event's delay, and our database's cost of waiting."""
KEEP_S = 1.0
"""How often progress is written down while events go through; what a crash forgets is sent again."""

Sent: TypeAlias = tuple[OutboxEvent, Reaction]
Trouble: TypeAlias = Failed | Gone


class TurnEnd(NamedTuple):
    """How a turn ended: with trouble, without, or because somebody else holds the subscription now."""

    delivered: int
    trouble: Trouble | None = None
    ousted: bool = False


@dataclass(frozen=True)
class Ways:
    """What one relay works with: who is told, the way there, where progress is kept."""

    subscriber: Subscriber
    sink: Sink
    store: Store


class Relay:
    """Brings events to one subscriber from where its subscription stands."""

    def __init__(self, ways: Ways, standing: Subscription) -> None:
        """Take a subscription that nobody else relays: see `Subscriptions.take_over`."""
        self._ways = ways
        self._standing = standing
        self._lanes = Lanes(standing.cursor, standing.ahead)
        self._at_once = (
            1 if standing.failures else ways.subscriber.at_once
        )  # who was ill is asked one thing first
        self._under_way: set[asyncio.Task[Sent]] = set()
        self._delivered = self._unkept = 0
        self._trouble: Trouble | None = None
        self._answer = ""
        self._looked_at = self._kept_at = float("-inf")

    async def run(self, over: Callable[[], bool], beat: Callable[[], None] = lambda: None) -> TurnEnd:
        """Deliver until told that it is over, or something goes wrong; `beat` is called at least once a second.

        Events under way are waited for. Raises Unavailable when our database does not answer.
        """
        try:
            while not self._trouble and not over():
                beat()
                await self._read_ahead()
                self._send_what_may_go()
                await self._wait_a_little()
                if not await self._keep(at_least_s=KEEP_S):
                    return await self._ousted()
            while self._under_way:
                beat()
                await self._wait_a_little()
        finally:
            for task in self._under_way:
                task.cancel()
        kept = await self._keep(at_least_s=0)
        return TurnEnd(self._delivered, self._trouble, ousted=not kept)

    async def _ousted(self) -> TurnEnd:
        await asyncio.gather(*self._under_way)
        return TurnEnd(self._delivered, ousted=True)

    async def _read_ahead(self) -> None:
        lanes, room = self._lanes, self._lanes.room
        lately = time.monotonic() - self._looked_at < LOOK_S
        if room < WINDOW // 2 or (lately and self._under_way):
            return
        events = await asyncio.to_thread(self._ways.store.outbox.read, lanes.read_until, room)
        lanes.take(events, lambda event: self._ways.subscriber.wants(event.topic, event.order))
        self._looked_at = float("-inf") if len(events) == room else time.monotonic()

    def _send_what_may_go(self) -> None:
        while len(self._under_way) < self._at_once and (event := self._lanes.next()) is not None:
            self._under_way.add(asyncio.create_task(self._send(event)))

    async def _send(self, event: OutboxEvent) -> Sent:
        return event, await self._ways.sink.send(event)

    async def _wait_a_little(self) -> None:
        if not self._under_way:
            await asyncio.sleep(LOOK_S)
            return
        done, self._under_way = await asyncio.wait(
            self._under_way, timeout=LOOK_S, return_when=asyncio.FIRST_COMPLETED
        )
        for task in done:
            self._settle(*task.result())

    def _settle(self, event: OutboxEvent, reaction: Reaction) -> None:
        if isinstance(reaction, Failed | Gone):
            self._lanes.came_back(event)
            if not isinstance(self._trouble, Gone):
                self._trouble = reaction
            return
        self._lanes.went_through(event)
        self._delivered += 1
        self._unkept += 1
        self._answer = reaction.words
        self._at_once = self._ways.subscriber.at_once

    async def _keep(self, *, at_least_s: float) -> bool:
        """Write progress down; False when the subscription is not ours any more, or somebody stopped it."""
        if time.monotonic() - self._kept_at < at_least_s:
            return True
        self._kept_at = time.monotonic()
        subscriptions, before = self._ways.store.subscriptions, self._standing
        moved = self._lanes.cursor > before.cursor
        if not moved and not self._unkept:
            now = await asyncio.to_thread(subscriptions.get, before.name)
            return now is not None and now.term == before.term and now.state not in STOPPED
        self._standing = before.model_copy(update={"cursor": self._lanes.cursor, "ahead": self._lanes.ahead})
        kept = await asyncio.to_thread(
            subscriptions.progress, self._standing, delivered=self._unkept, answer=self._answer, moved=moved
        )
        self._unkept = 0
        return kept
