"""A merchant's week, lived by real orders on clocks of their own: what is paid when, in which shop, and what becomes of it."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any, NamedTuple
from uuid import uuid4
from zoneinfo import ZoneInfo

from oms.domain.errands import WatchParcels
from oms.domain.ids import OrderKey, ShopKey
from oms.domain.messages import PackedPiece, ShippedBox, WarehouseEvent, WarehouseSays
from oms.domain.order import PlatformStatus
from oms.domain.parcels import ParcelState
from oms.domain.stages import Stage
from oms.domain.state import OrderState
from oms.rules.assessment import ShopWays
from oms.store.receivers import PutAway
from tests.process.conftest import World
from tests.process.fakes import FakeMarketplace
from tests.process.orders import Told, later, unpaid
from workflows.watch import WatchParcelsWorkflow

SHANGHAI = ZoneInfo("Asia/Shanghai")
OWN, TMALL, OUTLET, PDD, DOUYIN, JD = (
    ShopKey(channel=channel, shop=shop)
    for channel, shop in (
        ("woocommerce", "main"), ("taobao", "main"), ("taobao", "outlet"), ("pdd", "main"), ("douyin", "main"), ("jd", "main"),
    )
)  # fmt: skip
PLATFORMS = {OWN: "own_shop", TMALL: "tmall", OUTLET: "tmall", PDD: "pdd", DOUYIN: "douyin", JD: "jd_self"}
"""Two of the shops are on one platform."""
CARRIERS = {JD: "jd"}
"""Whom a shop goes with; SF, where none is named."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AFTER_THE_DUE = timedelta(minutes=20)
"""When the round of the watch comes that finds a parcel without its first scan."""
AT_ONCE = 10
PATIENCE = 1500
"""How often, on a busy machine, it is asked whether something has happened."""
_numbers = itertools.count(5001)


def a_week_to_come(now: datetime) -> datetime:
    """Return the first moment, in UTC, of the week after next: clocks run forward, and the week before it is lived too."""
    today = now.astimezone(SHANGHAI).date()
    monday = today + timedelta(days=14 - today.weekday())
    return datetime.combine(monday, time(), SHANGHAI).astimezone(UTC)


class Play:
    """One order, told and asked at moments of its own clock: so many hours after its payment."""

    def __init__(self, world: World, shop: ShopKey, paid: datetime) -> None:
        """Take who it belongs to and when it will be paid; it has not arrived yet."""
        self.world, self.shop, self.paid = world, shop, paid
        self.carrier = CARRIERS.get(shop, "sf")
        key = OrderKey(channel=shop.channel, shop=shop.shop, number=str(next(_numbers)))
        created = paid - timedelta(minutes=10)
        self.order: Told = world.order(unpaid(key=key, created_at=created, modified_at=created))
        self.waybill = f"{self.carrier.upper()}{key.number}"
        self.unscanned_since: datetime | None = None

    def moment(self, hours: float) -> datetime:
        """Return the moment so many hours after the payment."""
        return self.paid + hours * HOUR

    async def begins(self, **words: Any) -> None:
        """It arrives, and is paid at its hour; `words` are what the platform says of it besides."""
        await self.order.arrives()
        await self.order.becomes("awaiting_payment", tries=PATIENCE)
        await self.reaches(0)
        paid = {"status": PlatformStatus.PAID, "raw_status": "processing", "paid_at": self.paid}
        self.order.snapshot = self.order.snapshot.model_copy(update=paid | {"modified_at": self.paid} | words)
        await self.order.says(self.order.snapshot)

    async def released(self, **words: Any) -> None:
        """It begins, and goes to its warehouse without a word."""
        await self.begins(**words)
        await self.at_the_warehouse()

    async def at_the_warehouse(self) -> None:
        """Wait until a warehouse has accepted it."""
        await self.until(lambda state: any(d.status == "accepted" for d in state.deliveries))

    async def reaches(self, hours: float) -> None:
        """Let its clock run to a moment, unless that is over."""
        ahead = self.moment(hours) - await self.order.own_time()
        if ahead > timedelta():
            await self.order.waits(ahead)

    async def until(self, true: Callable[[OrderState], Any]) -> OrderState:
        """Wait, in real time, until something is true of it."""
        return await self.order.until(true, tries=PATIENCE)

    async def heard(self, what: str, times: int = 1) -> None:
        """Wait until its timeline tells of something, so often."""
        await self.until(lambda state: [line.what for line in state.timeline].count(what) >= times)

    async def told_anew(self, **words: Any) -> None:
        """Let the platform say something new of it, now."""
        self.order.snapshot = later(self.order.snapshot, modified_at=await self.order.own_time(), **words)
        await self.order.says(self.order.snapshot)

    async def ships(
        self, hours: float, *, told: float | None = None, carrier: str = "", scanned: bool = True
    ) -> None:
        """It leaves at an hour, of which we hear at once or later; a carrier scans it two hours after that."""
        await self.reaches(told or hours)
        (delivery,) = [d for d in (await self.order.state()).deliveries if d.status == "accepted"]
        packed = tuple(PackedPiece(sku=piece.sku, quantity=piece.quantity) for piece in delivery.pieces)
        left = WarehouseEvent(
            event_id=f"left-{self.waybill}", delivery_order=delivery.code, says=WarehouseSays.SHIPPED, at=self.moment(hours),
            boxes=(ShippedBox(waybill=self.waybill, carrier=carrier or self.carrier, pieces=packed),),
        )  # fmt: skip
        await self.order.handle.signal("wms_event", left)
        await self.order.becomes(Stage.SHIPPED, tries=PATIENCE)
        await self.until(lambda state: state.parcels[0].written_back)
        if not scanned:
            self.unscanned_since = self.moment(hours)
            return
        await self.reaches((told or hours) + 2)
        await self.order.parcel(ParcelState.PICKED_UP, self.waybill, at=await self.order.own_time())
        await self.order.becomes(Stage.IN_TRANSIT, tries=PATIENCE)


Fate = Callable[[Play], Awaitable[None]]


class Chapter(NamedTuple):
    """One order of the story."""

    day: int
    """Of the week, Monday is 0; below: of the week before."""
    hour: str
    shop: ShopKey
    fate: Fate
    counts: str = ""
    """What the report of the week must say of it: kinds, each with `*2` when it happened twice."""


async def play(world: World, monday: datetime, story: tuple[Chapter, ...]) -> dict[str, Chapter]:
    """Live a story; returns the chapter of each order."""
    open_shops(world, monday - 300 * DAY)
    gate = asyncio.Semaphore(AT_ONCE)
    plays = [Play(world, chapter.shop, moment_of(monday, chapter)) for chapter in story]

    async def live(one: Play, chapter: Chapter) -> None:
        async with gate:
            await chapter.fate(one)

    async with asyncio.TaskGroup() as together:
        for one, chapter in zip(plays, story, strict=True):
            together.create_task(live(one, chapter), name=str(one.order.key))
    await _watch(world, plays)
    return {str(one.order.key): chapter for one, chapter in zip(plays, story, strict=True)}


def moment_of(monday: datetime, chapter: Chapter) -> datetime:
    """Return when a chapter's order is paid."""
    hours, minutes = map(int, chapter.hour.split(":"))
    return monday + chapter.day * DAY + timedelta(hours=hours, minutes=minutes)


def open_shops(world: World, long_ago: datetime) -> None:
    """Open the shops; the buyer b1 has bought in each before."""
    for shop, platform in PLATFORMS.items():
        world.platforms[shop] = platform
        world.channels[shop] = FakeMarketplace(shop)
        world.ways[shop] = ShopWays(couriers=(CARRIERS.get(shop, "sf"),))
        key = OrderKey(channel=shop.channel, shop=shop.shop, number="1")
        world.store.receivers.put_away([PutAway(key, None, "", "", "", "b1", long_ago)])


async def _watch(world: World, plays: list[Play]) -> None:
    """Let the watch go its round after each moment at which a first scan was due."""
    due = sorted(each.unscanned_since + DAY for each in plays if each.unscanned_since is not None)
    for moment in due:
        world.clock = partial(_same, moment + AFTER_THE_DUE)
        await world.client.execute_workflow(
            WatchParcelsWorkflow.run, WatchParcels(), id=f"watch-{uuid4()}", task_queue=world.queue
        )


def _same(moment: datetime) -> datetime:
    return moment
