"""Collaborators that answer at once and remember what they were asked."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from oms.channels.woocommerce.client import PROPERTIES
from oms.domain.ids import ShopKey, Sku
from oms.domain.model import Moment
from oms.domain.receiver import Receiver
from oms.domain.sender import Sender
from oms.ports import (
    Accepted,
    Answered,
    AnswerRefused,
    Call,
    CancelAccepted,
    CancelRefused,
    Checkup,
    Drawn,
    DrawRefused,
    GatewayPayment,
    Intercepted,
    InterceptRefused,
    Mapped,
    Notice,
    NotPaid,
    Page,
    ParcelReport,
    PaymentHeard,
    Rejected,
    Reply,
    ReturnOrder,
    ShippedParcel,
    StockLevel,
    WarehouseOrder,
    WaybillWish,
    WriteBackRefused,
    WrittenBack,
)
from oms.settings import ShopConfig


class FakeWarehouse:
    """A warehouse that accepts everything unless told otherwise."""

    def __init__(self) -> None:
        """Start with an empty book."""
        self.asked: list[WarehouseOrder] = []
        self.receivers: list[Receiver] = []
        self.recalled: list[str] = []
        self.expected: list[ReturnOrder] = []
        self.on_expect: Callable[[ReturnOrder], Accepted | Rejected] = lambda order: Accepted()
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

    async def expect_return(self, order: ReturnOrder) -> Accepted | Rejected:
        """Remember and answer."""
        self.expected.append(order)
        return self.on_expect(order)


class FakeTracking:
    """A carrier that does what it is asked."""

    def __init__(self) -> None:
        """Start with an empty book."""
        self.followed: list[str] = []
        self.recycled: list[str] = []
        self.intercepted: list[str] = []
        self.on_subscribe: Callable[[str], None] = lambda waybill: None
        self.on_query: Callable[[str], ParcelReport | None] = lambda waybill: None
        self.on_intercept: Callable[[str], Intercepted | InterceptRefused] = lambda waybill: Intercepted()

    async def subscribe(self, waybill: str, carrier: str, phone_tail: str = "") -> None:
        """Remember and answer."""
        self.on_subscribe(waybill)
        self.followed.append(waybill)

    async def query(self, waybill: str, carrier: str, phone_tail: str = "") -> ParcelReport | None:
        """Know what it was told to; nothing, if it was not."""
        return self.on_query(waybill)

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


class FakeMarketplace(FakeChannel):
    """A shop on a platform that takes corrections, and answers to wishes for another address."""

    def __init__(self, shop: ShopKey) -> None:
        """Start with an empty book."""
        super().__init__(shop)
        self.corrected: list[tuple[str, str]] = []
        """Wrong waybill, right waybill."""
        self.answers: list[tuple[str, bool]] = []

    async def correct_waybill(self, parcel: ShippedParcel, wrong: str) -> WrittenBack | WriteBackRefused:
        """Remember and agree."""
        self.corrected.append((wrong, parcel.waybill))
        return WrittenBack()

    async def answer_address_change(self, number: str, *, accept: bool, why: str) -> Answered | AnswerRefused:
        """Remember and agree."""
        self.answers.append((number, accept))
        return Answered()


class FakeGateway:
    """A payment service that knows of one payment, or of none."""

    def __init__(self, payment: GatewayPayment | None) -> None:
        """Take what it knows."""
        self.payment = payment
        self.asked: list[str] = []

    async def query(self, number: str) -> GatewayPayment | NotPaid:
        """Answer."""
        self.asked.append(number)
        return self.payment or NotPaid(raw_status="NOTPAY")

    def hear(self, call: Call, now: Moment) -> PaymentHeard:
        """Not used by orders."""
        raise AssertionError("an order never hears a notification itself")

    def read(self, body: bytes) -> PaymentHeard:
        """Not used by orders."""
        raise AssertionError("an order never reads a notification")

    def refusal(self, status: int, why: str) -> Reply:
        """Not used by orders."""
        raise AssertionError("an order answers no notification")


class FakeCouriers:
    """Couriers who give out numbers in turn, or refuse."""

    def __init__(self) -> None:
        """Start with the first number."""
        self.refusal = ""
        self.drawn: list[str] = []
        self.back: list[str] = []

    async def draw(self, wish: WaybillWish, sender: Sender, receiver: Receiver) -> Drawn | DrawRefused:
        """Give the next number."""
        if self.refusal:
            return DrawRefused(reason=self.refusal)
        self.drawn.append(wish.code)
        return Drawn(waybill=f"SF90{len(self.drawn):02d}", carrier=wish.carrier)

    async def give_back(self, code: str, waybill: str, carrier: str) -> None:
        """Take it back."""
        self.back.append(waybill)


SENDER = Sender(
    name="商家仓储部",
    phone="057188886666",
    province="浙江省",
    city="杭州市",
    district="余杭区",
    address="示例路1号",
)
DRAWING = ShopConfig.model_validate(
    {
        "channel": "woocommerce", "shop": "main", "url": "https://shop.example", "waybills": "kuaidi100",
        "carrier": "sf", "warehouses": {"HZ01": SENDER, "GZ01": SENDER},
    }
)  # fmt: skip
"""A shop for which we draw; whether an order's waybills are drawn is in the world's `ways`."""


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
