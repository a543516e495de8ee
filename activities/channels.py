"""Speak with sales platforms: fetch what changed, tell them what left."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

from temporalio import activity

from activities.beating import beating
from activities.requests import AnswerAddress, CorrectWaybill, WriteBackParcel
from activities.untold import Untold
from oms.backfilling import Backfill
from oms.bans import Bans
from oms.clock import wall_clock
from oms.domain.errands import PollDone, PollFailed, PollShop, SweepDone, SweepShop
from oms.domain.errors import Misused
from oms.domain.ids import ShopKey
from oms.polling import OVERLAP, Polling
from oms.ports import (
    Answered,
    AnswerRefused,
    AnswersAddressChanges,
    Channel,
    CorrectsWaybills,
    WriteBackRefused,
    WrittenBack,
)
from oms.repair import Repair
from oms.store import Store

LEAST_OVERLAP = timedelta(seconds=10)
"""Platforms tell times in whole seconds, and clocks differ: below this no pace shortens the overlap."""


class ChannelActivities:
    """The merchant's shops, each in its platform's own protocol."""

    def __init__(
        self, channels: Mapping[ShopKey, Channel], polling: Polling, store: Store, untold: Untold,
        repair: Repair | None = None,
    ) -> None:  # fmt: skip
        """Take the shops, who fetches from them, the store whose parcels are shown, and who minds what is not taken.

        Without somebody for `repair` the workflow tells people of failing polls, and holes stay.
        """
        self._repair = repair
        self._untold = untold
        self._store = store
        self._bans = Bans(store, wall_clock)
        self._channels = channels
        self._polling = polling

    @activity.defn(name="channels.write_back")
    async def write_back(self, request: WriteBackParcel) -> WrittenBack | WriteBackRefused:
        """Tell the platform a parcel's waybill; told twice, it knows it once."""
        parcel = request.parcel
        shop = parcel.order.shop_key
        async with self._untold.minding(parcel.order, f"waybill {parcel.waybill}"), self._bans.heeding(shop):
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

    @activity.defn(name="channels.correct_waybill")
    async def correct_waybill(self, request: CorrectWaybill) -> WrittenBack | WriteBackRefused:
        """Tell the platform that a parcel goes under another waybill.

        A platform that knows no corrections is told of the right waybill beside the wrong one.
        """
        parcel = request.parcel
        shop = parcel.order.shop_key
        channel = self._channel(shop)
        what = f"waybill {parcel.waybill} in the place of {request.wrong}"
        async with self._untold.minding(parcel.order, what), self._bans.heeding(shop):
            if isinstance(channel, CorrectsWaybills):
                answer = await channel.correct_waybill(parcel, request.wrong)
            else:
                answer = await channel.write_back(parcel)
        if isinstance(answer, WrittenBack):
            await asyncio.to_thread(self._store.books.written_back, parcel.order, parcel.waybill)
        return answer

    @activity.defn(name="channels.answer_address")
    async def answer_address(self, request: AnswerAddress) -> Answered | AnswerRefused:
        """Answer a buyer's wish for another address; a platform that takes no answers is left alone."""
        shop = request.order.shop_key
        channel = self._channel(shop)
        if not isinstance(channel, AnswersAddressChanges):
            return AnswerRefused(reason=f"{shop.channel} takes no answers to wishes for another address")
        what = "our answer to the wish for another address"
        async with self._untold.minding(request.order, what), self._bans.heeding(shop):
            return await channel.answer_address_change(
                request.order.number, accept=request.accept, why=request.why
            )

    @activity.defn(name="channels.poll")
    async def poll(self, request: PollShop) -> PollDone | PollFailed:
        """Hand on everything that changed since the cursor, then move the cursor: of the orders, then of the after-sales."""
        overlap = max(OVERLAP / request.pace, LEAST_OVERLAP)
        orders = await beating(self._polling.poll(request.shop, overlap))
        cases = await beating(self._polling.poll_after_sales(request.shop, overlap))
        if self._repair is not None:
            return await beating(self._repair.both(request.shop, orders, cases))
        return orders.model_copy(update={"after_sales": cases})

    @activity.defn(name="channels.sweep")
    async def sweep(self, request: SweepShop) -> SweepDone:
        """Compare the platform's list with ours and hand on what is missing."""
        if request.since is not None:
            stretch = Backfill(self._polling, self._store.holes, wall_clock).stretch
            return await beating(stretch(request.shop, request.since, request.until or wall_clock()))
        until = wall_clock()
        since = until - timedelta(hours=request.hours) / request.pace
        return await beating(self._polling.sweep(request.shop, since, until))

    def _channel(self, shop: ShopKey) -> Channel:
        channel = self._channels.get(shop)
        if channel is None:
            raise Misused(
                f"shop {shop} is not in the shops file of this worker; add it there and restart the worker"
            )
        return channel
