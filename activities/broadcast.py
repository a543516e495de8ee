"""Tell subscribers outside what happened, and clear away what everybody was told."""

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from temporalio import activity

from oms.broadcast.answers import Gone
from oms.broadcast.relay import Relay, TurnEnd, Ways
from oms.broadcast.sinks import Sink
from oms.clock import wall_clock
from oms.domain.relaying import (
    STOPPED,
    EventsCleared,
    NotSubscribed,
    RelayEvents,
    RelayState,
    TurnFailed,
    TurnOver,
    TurnStopped,
    given_up,
    wait_after,
)
from oms.store import Store, Subscription
from oms.subscribers import Subscriber

TURN_S = 300.0
"""How long one turn goes on while all is well: what Temporal hears of a relay is this and its heartbeats."""
CLEARED_AT_ONCE = 10
"""Batches of one clearing; the rest waits for the next one."""


class Told(NamedTuple):
    """Somebody who is told, and the way there."""

    subscriber: Subscriber
    sink: Sink


class BroadcastActivities:
    """The subscribers of the settings."""

    def __init__(
        self, told: Mapping[str, Told], store: Store, *, keep: timedelta, turn_s: float = TURN_S
    ) -> None:
        """Take who is told, the store that remembers how far, and how long events are kept at least."""
        self._told = told
        self._store = store
        self._keep = keep
        self._turn_s = turn_s

    @activity.defn(name="broadcast.relay")
    async def relay(self, request: RelayEvents) -> TurnOver | TurnFailed | TurnStopped | NotSubscribed:
        """Bring one subscriber what it has not had yet, for one turn; progress is kept in the store.

        Beginning a turn ends that of anybody who still relays to the same subscriber.
        """
        told = self._told.get(request.subscriber)
        if told is None:
            return NotSubscribed(subscriber=request.subscriber)
        standing = await asyncio.to_thread(self._standing, request.subscriber)
        if standing.state in STOPPED:
            return TurnStopped(state=standing.state, why=standing.why)
        if (rest := _still_to_wait(standing)) > timedelta(0):
            return TurnFailed(
                failures=standing.failures, seconds=rest.total_seconds(), answer=standing.last_answer
            )
        standing = await asyncio.to_thread(self._store.subscriptions.take_over, request.subscriber)
        relay = Relay(Ways(told.subscriber, told.sink, self._store), standing)
        until = time.monotonic() + self._turn_s
        end = await relay.run(
            lambda: time.monotonic() >= until or activity.is_worker_shutdown(), activity.heartbeat
        )
        return await asyncio.to_thread(self._ended, request, standing.term, end)

    @activity.defn(name="broadcast.clear")
    async def clear(self, request: RelayEvents) -> EventsCleared:
        """Clear away old events that every subscriber has; one that was not delivered everywhere is never touched."""
        del request  # whoever asks, the same is cleared
        return EventsCleared(cleared=await asyncio.to_thread(self._clear))

    def _standing(self, name: str) -> Subscription:
        subscriptions = self._store.subscriptions
        if subscriptions.get(name) is None:
            subscriptions.begin(name, self._store.outbox.end())
        standing = subscriptions.get(name)
        assert standing is not None  # noqa: S101 - nothing removes a subscription
        return standing

    def _ended(self, request: RelayEvents, term: int, end: TurnEnd) -> TurnOver | TurnFailed | TurnStopped:
        standing, now = self._standing(request.subscriber), wall_clock()
        if end.trouble is None or end.ousted or standing.term != term:
            if standing.state in STOPPED:
                return TurnStopped(delivered=end.delivered, state=standing.state, why=standing.why)
            return TurnOver(delivered=end.delivered)
        since = standing.failing_since or now
        if isinstance(end.trouble, Gone) or given_up(since, now, request.pace):
            return self._stop(standing, end, since)
        failures = standing.failures + 1
        wait = wait_after(failures, request.pace, end.trouble.retry_after)
        self._store.subscriptions.failed(standing, end.trouble.words, since, now + wait)
        activity.logger.warning(
            "relay.failed",
            extra={"subscriber": request.subscriber, "failures": failures, "reason": end.trouble.words},
        )
        return TurnFailed(
            delivered=end.delivered, failures=failures, seconds=wait.total_seconds(), answer=end.trouble.words
        )

    def _stop(self, standing: Subscription, end: TurnEnd, since: datetime) -> TurnStopped | TurnOver:
        assert end.trouble is not None  # noqa: S101 - narrows the type for its one caller
        words, gone = end.trouble.words, isinstance(end.trouble, Gone)
        state = RelayState.GONE if gone else RelayState.PAUSED
        why = (
            f"it answered {words}: it wants no more"
            if gone
            else f"it fails since {since:%m-%d %H:%M} UTC: {words}"
        )
        if not self._store.subscriptions.gave_up(standing, state, words, why):
            return TurnOver(delivered=end.delivered)
        activity.logger.warning("relay.stopped", extra={"subscriber": standing.name, "reason": why})
        return TurnStopped(delivered=end.delivered, state=state, why=why, alert=True, term=standing.term)

    def _clear(self) -> int:
        standing = {
            subscription.name: subscription.cursor for subscription in self._store.subscriptions.all()
        }
        everybody_has = min((standing.get(name, 0) for name in self._told), default=0)
        before, cleared = wall_clock() - self._keep, 0
        for _ in range(CLEARED_AT_ONCE):
            batch = self._store.outbox.clear(everybody_has, before)
            cleared += batch
            if not batch:
                break
        return cleared


def _still_to_wait(standing: Subscription) -> timedelta:
    if standing.state is not RelayState.WAITING or standing.next_try_at is None:
        return timedelta(0)
    return standing.next_try_at - wall_clock()
