"""Forget old calls."""

import asyncio
from datetime import datetime, timedelta

from temporalio import activity

from activities.beating import beating
from oms.clock import wall_clock
from oms.domain.calls import CallsPruned, PruneCalls
from oms.store import Store

PRUNED_AT_ONCE = 100
"""Batches of one pruning; the rest waits for the next one."""


class CallActivities:
    """The call log."""

    def __init__(self, store: Store, *, keep: timedelta) -> None:
        """Take the store, and how long calls are kept."""
        self._store = store
        self._keep = keep

    @activity.defn(name="calls.prune")
    async def prune(self, request: PruneCalls) -> CallsPruned:
        """Forget calls that are old enough, in small batches; whoever waits for the database comes in between."""
        del request  # whoever asks, the same is pruned
        before = wall_clock() - self._keep
        return CallsPruned(pruned=await beating(asyncio.to_thread(pruned, self._store, before)))


def pruned(store: Store, before: datetime, batches: int = PRUNED_AT_ONCE) -> int:
    """Forget the calls from before a moment, so many batches at most; returns how many calls. Blocking."""
    forgotten = 0
    for _ in range(batches):
        batch = store.calls.prune(before)
        forgotten += batch
        if not batch:
            break
    return forgotten
