"""Let new orders in as fast as the workers take them up, so that a flood delays no word about the others (R21)."""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from oms.domain.ids import OrderKey
from oms.domain.messages import Way

FLOODS = frozenset({Way.POLL, Way.SWEEP})
"""The ways that bring many orders at once, and that nobody waits for; a platform that calls us is answered at once."""
GLANCE_SECONDS = 0.1
PATIENCE_SECONDS = 30.0
"""Without one order written for so long the workers are away; orders are then begun all the same: they are durable."""

log = logging.getLogger(__name__)


class ReadsOrders(Protocol):
    """Knows which orders have written something."""

    def all_known(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, Any]:
        """Return what the read model knows of those it knows."""


class Room:
    """So many new orders between being begun and having written their first book; whoever asks first comes first."""

    def __init__(self, orders: ReadsOrders, most: int, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._orders = orders
        self._most = most
        self._patience = patience_seconds
        self._begun: dict[OrderKey, None] = {}
        self._door = asyncio.Lock()

    async def enter(self, order: OrderKey, way: Way) -> None:
        """Return when the order may be begun."""
        if way not in FLOODS:
            return
        async with self._door:
            waited_since = time.monotonic()
            while len(self._begun) >= self._most:
                if await self._written():
                    continue
                if time.monotonic() - waited_since > self._patience:
                    log.warning("intake.workers_away", extra={"begun_and_not_written": len(self._begun)})
                    self._begun.clear()
                    break
                await asyncio.sleep(GLANCE_SECONDS)
            self._begun[order] = None

    def leave(self, order: OrderKey) -> None:
        """Forget an order that was not begun after all."""
        self._begun.pop(order, None)

    async def _written(self) -> bool:
        """Forget the orders that the workers have taken up; tell whether there were any."""
        known = await asyncio.to_thread(self._orders.all_known, tuple(self._begun))
        for order in known:
            self._begun.pop(order, None)
        return bool(known)
