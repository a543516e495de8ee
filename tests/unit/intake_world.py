"""A small world around intake: a shop whose payloads are plain, a mailbox that remembers, a real SQLite store."""

import shutil
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from oms.channels.woocommerce.client import PROPERTIES
from oms.channels.woocommerce.webhook import heard
from oms.domain.aftersale import AfterSale
from oms.domain.aftersales.messages import ReturnArrived
from oms.domain.book import OrderBook, OrderRow
from oms.domain.errors import OmsError, Unmappable
from oms.domain.ids import OrderKey, ShopKey, Sku, business_id
from oms.domain.messages import (
    AddressWanted,
    ParcelEvent,
    PaymentSeen,
    SnapshotArrived,
    StockArrived,
    WarehouseEvent,
)
from oms.domain.order import Line, PlatformStatus, Snapshot
from oms.domain.parcels import Parcel
from oms.domain.receiver import Receiver
from oms.intake import Intake
from oms.ports import Call, Checkup, Heard, Mapped, Page, ShippedParcel, WriteBackRefused, WrittenBack
from oms.store import Store, Vault

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SHOP = ShopKey(channel="woocommerce", shop="main")
NAME, PHONE = "王小明", "13812345678"


def a_key(number: str = "1001") -> OrderKey:
    return OrderKey(channel=SHOP.channel, shop=SHOP.shop, number=number)


def an_order(number: str = "1001", *, minutes: int = 0, status: str = "paid", **more: Any) -> dict[str, Any]:
    """A payload of the plain shop, modified so many minutes after noon."""
    return {"number": number, "modified": minutes, "status": status, "street": "文三路 100 号", **more}


WEBHOOK_SECRET = "hush"


class PlainShop:
    """A channel without a network: what it is told to hold, it lists; it reads the payloads of `an_order`."""

    def __init__(self, payloads: Iterable[Mapping[str, Any]] = (), page_size: int = 2) -> None:
        self.payloads = list(payloads)
        self.page_size = page_size
        self.windows: list[tuple[datetime, datetime]] = []
        self.fails: OmsError | None = None
        self.fails_on_page = 0
        self.mapping_is_broken = True

    properties = PROPERTIES

    @property
    def shop(self) -> ShopKey:
        return SHOP

    def hear(self, call: Call, now: datetime) -> Heard:
        assert now.tzinfo is not None
        return heard(call, SecretStr(WEBHOOK_SECRET))

    async def check(self) -> Checkup:
        return Checkup(shop=SHOP, version="", authorised=True, active=True)

    async def changed(self, since: datetime, until: datetime) -> AsyncIterator[Page]:
        self.windows.append((since, until))
        for place in range(0, max(len(self.payloads), 1), self.page_size):
            if self.fails and place // self.page_size == self.fails_on_page:
                raise self.fails
            yield Page(
                payloads=tuple(self.payloads[place : place + self.page_size]), total=len(self.payloads)
            )

    async def fetch(self, number: str) -> Mapping[str, Any] | None:
        return next((payload for payload in self.payloads if payload.get("number") == number), None)

    async def write_back(self, parcel: ShippedParcel) -> WrittenBack | WriteBackRefused:
        raise NotImplementedError

    def read(self, payload: Mapping[str, Any]) -> Mapped:
        if payload.get("bug") and self.mapping_is_broken:
            raise KeyError(NAME)
        if "status" not in payload:
            raise Unmappable("is missing", field="status")
        snapshot = Snapshot(
            key=a_key(payload["number"]),
            created_at=NOON - timedelta(hours=1),
            modified_at=NOON + payload["modified"] * MINUTE,
            status=PlatformStatus(payload["status"]),
            raw_status=payload["status"],
            total_fen=18800,
            refunded_fen=payload.get("refunded", 0),
            lines=(Line(id="1", sku=Sku("MB-1"), title="a cup", quantity=1, total_fen=18800),),
        )
        receiver = Receiver(name=NAME, phone=PHONE, address=payload["street"])
        return Mapped(snapshot=snapshot, receiver=receiver, buyer_id=f"buyer of {payload['number']}")


@dataclass
class RememberingMailbox:
    """A mailbox that keeps what it was handed; orders in `ended` take nothing."""

    snapshots: list[SnapshotArrived] = field(default_factory=list)
    warehouse_events: list[tuple[OrderKey, WarehouseEvent]] = field(default_factory=list)
    parcel_events: list[tuple[OrderKey, ParcelEvent]] = field(default_factory=list)
    payments: list[tuple[OrderKey, PaymentSeen]] = field(default_factory=list)
    wishes: list[tuple[OrderKey, AddressWanted]] = field(default_factory=list)
    stock_events: list[tuple[OrderKey, StockArrived]] = field(default_factory=list)
    cases: list[AfterSale] = field(default_factory=list)
    returns: list[tuple[str, ReturnArrived]] = field(default_factory=list)
    case_deliveries: list[tuple[str, WarehouseEvent]] = field(default_factory=list)
    case_parcels: list[tuple[str, ParcelEvent]] = field(default_factory=list)
    ended_cases: set[str] = field(default_factory=set)
    ended: set[OrderKey] = field(default_factory=set)
    fails: OmsError | None = None

    async def begin(self, message: SnapshotArrived) -> bool:
        return await self.snapshot(message)

    async def snapshot(self, message: SnapshotArrived) -> bool:
        return self._take(self.snapshots, message, message.snapshot.key)

    async def warehouse(self, order: OrderKey, event: WarehouseEvent) -> bool:
        return self._take(self.warehouse_events, (order, event), order)

    async def parcel(self, order: OrderKey, event: ParcelEvent) -> bool:
        return self._take(self.parcel_events, (order, event), order)

    async def payment(self, order: OrderKey, event: PaymentSeen) -> bool:
        return self._take(self.payments, (order, event), order)

    async def address_wanted(self, order: OrderKey, event: AddressWanted) -> bool:
        return self._take(self.wishes, (order, event), order)

    async def stock(self, order: OrderKey, event: StockArrived) -> bool:
        return self._take(self.stock_events, (order, event), order)

    async def after_sale(self, case: AfterSale) -> bool:
        return self._take(self.cases, case, case.order)

    async def returned(self, case: str, event: ReturnArrived) -> bool:
        return self._take_of_case(self.returns, (case, event), case)

    async def case_delivery(self, case: str, event: WarehouseEvent) -> bool:
        return self._take_of_case(self.case_deliveries, (case, event), case)

    async def case_parcel(self, case: str, event: ParcelEvent) -> bool:
        return self._take_of_case(self.case_parcels, (case, event), case)

    def _take_of_case(self, kept: list[Any], message: Any, case: str) -> bool:
        if self.fails:
            raise self.fails
        if case in self.ended_cases:
            return False
        kept.append(message)
        return True

    def _take(self, kept: list[Any], message: Any, order: OrderKey) -> bool:
        if self.fails:
            raise self.fails
        if order in self.ended:
            return False
        kept.append(message)
        return True


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = NOON + 30 * MINUTE

    def __call__(self) -> datetime:
        return self.now


def a_store(folder: Path, template: Path) -> Store:
    """A SQLite store in the folder, copied from a migrated empty one, with keys of its own."""
    shutil.copy(template, folder / "orders.db")
    vault = Vault.from_keys([("k1", bytes(range(32)))], bytes(32))
    return Store.open(f"sqlite:///{folder / 'orders.db'}", vault)


@dataclass
class IntakeWorld:
    """Intake with everything it works with."""

    store: Store
    shop: PlainShop = field(default_factory=PlainShop)
    mailbox: RememberingMailbox = field(default_factory=RememberingMailbox)
    clock: Clock = field(default_factory=Clock)

    @property
    def intake(self) -> Intake:
        return Intake(self.store, self.mailbox, {SHOP: self.shop}, self.clock)

    def the_order_stands_at(
        self, stage: str, number: str = "1001", parcels: tuple[Parcel, ...] = ()
    ) -> OrderKey:
        """Write a row of the read model, as the order's workflow would."""
        key = a_key(number)
        row = OrderRow(
            key=key,
            business_id=business_id(key, NOON - timedelta(hours=1)),
            seq=1,
            stage=stage,
            payment="paid",
            sla_state="ok",
            total_fen=18800,
            currency="CNY",
            platform_status="paid",
            platform_fingerprint="0" * 32,
            platform_modified_at=NOON,
            created_at=NOON - timedelta(hours=1),
        )
        self.store.books.commit(OrderBook(row=row, parcels=parcels))
        return key
