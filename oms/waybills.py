"""Who draws a shop's waybills, as its configuration says; and the memory of what was drawn (R17)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from oms.domain.errors import Misused
from oms.domain.ids import OrderKey, ShopKey
from oms.domain.receiver import Receiver
from oms.domain.sender import Sender
from oms.ports import Channel, Drawn, DrawRefused, DrawsWaybills, WaybillWish
from oms.settings import ShopConfig
from oms.store.waybills import DrawnWaybill, DrawnWaybills

WAREHOUSE, KUAIDI100, PLATFORM = "warehouse", "kuaidi100", "platform"
SHORTEST_SECRET = 2
"""A part of a receiver that is shorter, such as a name of one character, stands in every other sentence."""


class Couriers(Protocol):
    """Whoever draws numbers from couriers for receivers in plain text; see `oms.carriers.kuaidi100.Labels`."""

    async def draw(self, wish: WaybillWish, sender: Sender, receiver: Receiver) -> Drawn | DrawRefused:
        """Draw a number."""

    async def give_back(self, code: str, waybill: str, carrier: str) -> None:
        """Give one back. Raises Misused when it was used."""


@dataclass(frozen=True)
class Ways:
    """Every way in which a number can be drawn."""

    shops: Mapping[ShopKey, ShopConfig]
    channels: Mapping[ShopKey, Channel]
    couriers: Couriers

    def of(self, shop: ShopKey) -> str:
        """Name the way of a shop; one that is not configured any more has its warehouse draw."""
        config = self.shops.get(shop)
        return config.waybills if config else WAREHOUSE


class WaybillDesk:
    """Draws each shop's numbers in its own way; fulfils `oms.ports.Waybills`."""

    def __init__(self, ways: Ways, memory: DrawnWaybills) -> None:
        self._ways = ways
        self._memory = memory

    def needs_plain(self, shop: ShopKey) -> bool:
        """Tell whether a receiver must be revealed before a number is drawn: couriers print it, platforms know it."""
        return self._ways.of(shop) == KUAIDI100

    def asks_platform(self, shop: ShopKey) -> bool:
        """Tell whether the shop's own platform draws."""
        return self._ways.of(shop) == PLATFORM

    async def remembered(self, code: str) -> Drawn | None:
        """Return what was drawn for a delivery order and has not gone back."""
        row = await asyncio.to_thread(self._memory.find, code)
        return Drawn(waybill=row.waybill, carrier=row.carrier) if row and row.given_back_at is None else None

    async def draw(self, wish: WaybillWish, receiver: Receiver) -> Drawn | DrawRefused:
        """Draw a number, or return the one drawn before; it is remembered before anybody hears of it."""
        known = await self.remembered(wish.code)
        if known is not None:
            return known
        way = self._ways.of(wish.order.shop_key)
        answer = await self._draw(way, wish, receiver)
        if isinstance(answer, DrawRefused):
            return DrawRefused(reason=_without(answer.reason, receiver))
        await asyncio.to_thread(self._memory.put, wish.order, wish.code, answer.waybill, answer.carrier, way)
        return answer

    async def give_back(self, order: OrderKey, waybill: str, carrier: str) -> None:
        """Give a number back the way it came; harmless when it went back before.

        Raises Misused for a number that we never drew, and for one that was used.
        """
        rows = await asyncio.to_thread(self._memory.of, order)
        row = next((row for row in rows if row.waybill == waybill), None)
        if row is None:
            raise Misused(f"order {order}: waybill {waybill} of {carrier} was not drawn by us")
        if row.given_back_at is not None:
            return
        await self._give_back(order, row)
        await asyncio.to_thread(self._memory.given_back, row.code, waybill)

    async def _draw(self, way: str, wish: WaybillWish, receiver: Receiver) -> Drawn | DrawRefused:
        shop = wish.order.shop_key
        if way == WAREHOUSE:
            return DrawRefused(reason=f"shop {shop}: its warehouses draw their own waybills")
        config = self._ways.shops[shop]
        sender = config.warehouses.get(wish.warehouse)
        if sender is None:
            return DrawRefused(
                reason=f"no sender's address for warehouse {wish.warehouse}: add it under `warehouses:`"
            )
        wish = wish.model_copy(update={"carrier": wish.carrier or config.carrier})
        if way == KUAIDI100:
            return await self._ways.couriers.draw(wish, sender, receiver)
        return await self._platform(shop).draw_waybill(wish, sender, receiver)

    async def _give_back(self, order: OrderKey, row: DrawnWaybill) -> None:
        if row.by == KUAIDI100:
            await self._ways.couriers.give_back(row.code, row.waybill, row.carrier)
        else:
            platform = self._platform(order.shop_key)
            await platform.give_back_waybill(row.code, row.waybill, row.carrier)

    def _platform(self, shop: ShopKey) -> DrawsWaybills:
        channel = self._ways.channels.get(shop)
        if not isinstance(channel, DrawsWaybills):
            raise Misused(
                f"shop {shop} has no e-waybills of its platform's: look at `waybills:` in the shops file"
            )
        return channel


def _without(reason: str, receiver: Receiver) -> str:
    """Take out of a refusal whatever it repeats of the receiver."""
    parts = (receiver.address, receiver.phone, receiver.name, receiver.token)
    for part in sorted(filter(None, parts), key=len, reverse=True):
        if len(part) >= SHORTEST_SECRET:
            reason = reason.replace(part, "***")
    return reason
