"""Draw waybill numbers before the warehouse is asked, and give back what is not needed any more."""

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext

from temporalio import activity

from activities.requests import DrawWaybill, GiveBackWaybill
from oms.bans import Bans
from oms.clock import wall_clock
from oms.domain.ids import OrderKey, ShopKey
from oms.domain.receiver import Receiver
from oms.ports import Channel, Drawn, DrawRefused, RevealsReceivers
from oms.store import Store
from oms.waybills import WaybillDesk


class WaybillActivities:
    """Whoever gives out waybill numbers; a receiver is revealed here only where a courier has to print it."""

    def __init__(self, desk: WaybillDesk, store: Store, channels: Mapping[ShopKey, Channel]) -> None:
        """Take the desk, the store whose vault holds receivers, and the shops that may have to reveal them."""
        self._desk = desk
        self._store = store
        self._channels = channels
        self._bans = Bans(store, wall_clock)

    @activity.defn(name="waybills.draw")
    async def draw(self, request: DrawWaybill) -> Drawn | DrawRefused:
        """Draw a number for a delivery order; asked twice with one code, the first number comes back."""
        wish = request.wish
        answer: Drawn | DrawRefused | None = await self._desk.remembered(wish.code)
        if answer is None:
            receiver = await self._receiver(wish.order, request.receiver_digest, wish.code)
            async with self._heeding(wish.order.shop_key):
                answer = await self._desk.draw(wish, receiver)
        activity.logger.info(
            "waybill.asked", extra={"order": str(wish.order), "code": wish.code, "outcome": answer.outcome}
        )
        return answer

    @activity.defn(name="waybills.give_back")
    async def give_back(self, request: GiveBackWaybill) -> None:
        """Give a number back; harmless when done before. Fails for good when the number was used."""
        async with self._heeding(request.order.shop_key):
            await self._desk.give_back(request.order, request.waybill, request.carrier)
        activity.logger.info(
            "waybill.given_back", extra={"order": str(request.order), "waybill": request.waybill}
        )

    async def _receiver(self, order: OrderKey, digest: str, code: str) -> Receiver:
        """Fetch the receiver as the platform gave it; where a courier prints it, have a masked one revealed."""
        receiver, _ = await asyncio.to_thread(
            self._store.receivers.get, order, digest, who="orderloom", purpose=f"draw a waybill for {code}"
        )
        channel = self._channels.get(order.shop_key)
        plain = self._desk.needs_plain(order.shop_key)
        if not plain or not receiver.token or not isinstance(channel, RevealsReceivers):
            return receiver
        await asyncio.to_thread(
            self._store.decryptions.announce,
            who="orderloom", subject=str(order), purpose="have its platform reveal it, to draw a waybill",
        )  # fmt: skip
        async with self._bans.heeding(order.shop_key):
            return await channel.reveal(order.number, receiver)

    def _heeding(self, shop: ShopKey) -> AbstractAsyncContextManager[None]:
        """Heed the platform's bans where it is the platform that is asked, not a courier."""
        return self._bans.heeding(shop) if self._desk.asks_platform(shop) else nullcontext()
