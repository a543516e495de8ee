"""Collaborators that answer at once and remember what they were asked."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from oms.channels.woocommerce.client import PROPERTIES
from oms.domain.ids import ShopKey, Sku
from oms.domain.model import Moment
from oms.domain.receiver import Receiver
from oms.ports import (
    Accepted,
    CancelAccepted,
    CancelRefused,
    Checkup,
    Intercepted,
    InterceptRefused,
    Mapped,
    Notice,
    Page,
    ParcelReport,
    Rejected,
    ShippedParcel,
    StockLevel,
    WarehouseOrder,
    WriteBackRefused,
    WrittenBack,
)


class FakeWarehouse:
    """A warehouse that accepts everything unless told otherwise."""

    def __init__(self) -> None:
        """Start with an empty book."""
        self.asked: list[WarehouseOrder] = []
        self.receivers: list[Receiver] = []
        self.recalled: list[str] = []
        self.on_create: Callable[[WarehouseOrder], Accepted | Rejected] = lambda order: Accepted(
            warehouse_number="W1"
        )
        self.on_cancel: Callable[[str], CancelAccepted | CancelRefused] = lambda code: CancelAccepted()
        self.answering = asyncio.Event()
        self.answering.set()

    async def create(self, order: WarehouseOrder, receiver: Receiver, remark: str) -> Accepted | Rejected:
        """Remember and answer."""
        self.asked.append(order)
        self.receivers.append(receiver)
        await self.answering.wait()
        return self.on_create(order)

    async def cancel(
        self, code: str, warehouse: str, why: str, warehouse_number: str = ""
    ) -> CancelAccepted | CancelRefused:
        """Remember and answer."""
        self.recalled.append(code)
        return self.on_cancel(code)

    async def levels(self, warehouse: str, skus: Sequence[Sku]) -> Sequence[StockLevel]:
        """Nothing to count."""
        return ()


class FakeTracking:
    """A carrier that does what it is asked."""

    def __init__(self) -> None:
        """Start with an empty book."""
        self.followed: list[str] = []
        self.recycled: list[str] = []
        self.intercepted: list[str] = []
        self.on_subscribe: Callable[[str], None] = lambda waybill: None
        self.on_intercept: Callable[[str], Intercepted | InterceptRefused] = lambda waybill: Intercepted()

    async def subscribe(self, waybill: str, carrier: str, phone_tail: str = "") -> None:
        """Remember and answer."""
        self.on_subscribe(waybill)
        self.followed.append(waybill)

    async def query(self, waybill: str, carrier: str, phone_tail: str = "") -> ParcelReport | None:
        """Know nothing."""
        return None

    async def recycle(self, waybill: str, carrier: str) -> None:
        """Remember."""
        self.recycled.append(waybill)

    async def intercept(self, waybill: str, carrier: str, why: str) -> Intercepted | InterceptRefused:
        """Remember and answer."""
        self.intercepted.append(waybill)
        return self.on_intercept(waybill)


class FakeChannel:
    """A shop that takes every waybill."""

    properties = PROPERTIES

    def __init__(self, shop: ShopKey) -> None:
        """Start with an empty book."""
        self.shop = shop
        self.told: list[ShippedParcel] = []
        self.on_write_back: Callable[[ShippedParcel], WrittenBack | WriteBackRefused] = lambda parcel: (
            WrittenBack()
        )

    async def changed(self, since: Moment, until: Moment) -> AsyncIterator[Page]:
        """Nothing changed."""
        pages: tuple[Page, ...] = ()
        for page in pages:
            yield page

    async def fetch(self, number: str) -> Mapping[str, Any] | None:
        """Know nothing."""
        return None

    async def check(self) -> Checkup:
        """Always open."""
        return Checkup(shop=self.shop, version="", authorised=True, active=True)

    async def write_back(self, parcel: ShippedParcel) -> WrittenBack | WriteBackRefused:
        """Remember and answer."""
        self.told.append(parcel)
        return self.on_write_back(parcel)

    def read(self, payload: Mapping[str, Any]) -> Mapped:
        """Not used by orders."""
        raise AssertionError("an order never reads a payload")


class FakeNotices:
    """People who remember what they were told."""

    def __init__(self) -> None:
        """Start with nobody told."""
        self.told: list[Notice] = []

    async def send(self, notice: Notice) -> None:
        """Remember."""
        self.told.append(notice)

    def titles(self) -> list[str]:
        """What they heard, in order."""
        return [notice.title for notice in self.told]
