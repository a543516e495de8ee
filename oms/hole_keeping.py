"""Remember conditions under which orders may be missed, whoever finds them: afterwards that time is read again."""

import asyncio
from collections.abc import Sequence

from oms.domain.alerts import AlertKind, Condition
from oms.domain.ids import ShopKey
from oms.domain.model import Moment
from oms.ports.alarms import Alarms
from oms.store.holes import Holes

COSTS_ORDERS = frozenset(
    {AlertKind.INTERFACE_RETIRED, AlertKind.INTERFACE_UNHEALTHY, AlertKind.SHAPE_CHANGED}
)
"""Kinds of conditions under which a list may show less than there is."""


class HoleKeeping:
    """Alarms that also note which shops' time must be read again; fulfils `oms.ports.alarms.Alarms`."""

    def __init__(self, alarms: Alarms, holes: Holes, shops: Sequence[ShopKey]) -> None:
        """Stand before whoever is told."""
        self._alarms = alarms
        self._holes = holes
        self._shops = shops

    async def open(self, condition: Condition) -> None:
        """Note the hole, then say that it is open. Raises Unavailable."""
        if condition.kind in COSTS_ORDERS:
            for shop in self._concerned(condition):
                await asyncio.to_thread(self._holes.begin, shop, condition.key, condition.since, "watch")
        await self._alarms.open(condition)

    async def over(self, key: str, at: Moment, why: str) -> None:
        """Say that it is over; the next poll of each shop reads the hole again. Raises Unavailable."""
        await self._alarms.over(key, at, why)
        await asyncio.to_thread(self._holes.end, key, at, found_by=("watch",))

    def _concerned(self, condition: Condition) -> list[ShopKey]:
        """Return the shop that the condition names, or all of its platform."""
        if condition.shop:
            return [shop for shop in self._shops if str(shop) == condition.shop]
        system = condition.interface.partition("/")[0]
        return [shop for shop in self._shops if shop.channel == system]
