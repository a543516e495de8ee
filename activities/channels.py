"""Speak with sales platforms: fetch what changed, tell them what left."""

import asyncio
from collections.abc import Coroutine, Mapping
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import activity

from activities.requests import WriteBackParcel
from oms.bans import Bans
from oms.clock import wall_clock
from oms.domain.errands import PollDone, PollFailed, PollShop, SweepDone, SweepShop
from oms.domain.errors import Misused
from oms.domain.ids import ShopKey
from oms.polling import OVERLAP, Polling
from oms.ports import Channel, WriteBackRefused, WrittenBack
from oms.store import Store

BEATS_PER_TIMEOUT = 3
LEAST_OVERLAP = timedelta(seconds=10)
"""Platforms tell times in whole seconds, and clocks differ: below this no pace shortens the overlap."""

T = TypeVar("T")


class ChannelActivities:
    """The merchant's shops, each in its platform's own protocol."""

    def __init__(self, channels: Mapping[ShopKey, Channel], polling: Polling, store: Store) -> None:
        """Take the shops, the service that fetches from them, and the store whose parcels are shown."""
        self._store = store
        self._bans = Bans(store, wall_clock)
        self._channels = channels
        self._polling = polling

    @activity.defn(name="channels.write_back")
    async def write_back(self, request: WriteBackParcel) -> WrittenBack | WriteBackRefused:
        """Tell the platform a parcel's waybill; told twice, it knows it once."""
        parcel = request.parcel
        shop = parcel.order.shop_key
        async with self._bans.heeding(shop):
            answer = await self._channel(shop).write_back(parcel)
        if isinstance(answer, WrittenBack):
            await asyncio.to_thread(self._store.books.written_back, parcel.order, parcel.waybill)
        activity.logger.info(
            "parcel.written_back",
            extra={
                "order": str(parcel.order),
                "waybill": parcel.waybill,
                "outcome": answer.outcome,
            },
        )
        return answer

    @activity.defn(name="channels.poll")
    async def poll(self, request: PollShop) -> PollDone | PollFailed:
        """Hand on everything that changed since the cursor, then move the cursor."""
        overlap = max(OVERLAP / request.pace, LEAST_OVERLAP)
        return await _beating(self._polling.poll(request.shop, overlap))

    @activity.defn(name="channels.sweep")
    async def sweep(self, request: SweepShop) -> SweepDone:
        """Compare the platform's list with ours and hand on what is missing."""
        until = wall_clock()
        since = until - timedelta(hours=request.hours) / request.pace
        return await _beating(self._polling.sweep(request.shop, since, until))

    def _channel(self, shop: ShopKey) -> Channel:
        channel = self._channels.get(shop)
        if channel is None:
            raise Misused(
                f"shop {shop} is not in the shops file of this worker; add it there and restart the worker"
            )
        return channel


async def _beating(work: Coroutine[Any, Any, T]) -> T:
    """Heartbeat while the work goes on, so that a dead worker is noticed within the heartbeat timeout."""
    task = asyncio.ensure_future(work)
    timeout = activity.info().heartbeat_timeout or timedelta(seconds=30)
    try:
        while not task.done():
            activity.heartbeat()
            await asyncio.wait({task}, timeout=timeout.total_seconds() / BEATS_PER_TIMEOUT)
    finally:
        task.cancel()
    return task.result()
