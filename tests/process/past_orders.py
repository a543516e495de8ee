"""Past orders of a real marketplace: read straight from the CSV, and lived through again on the virtual clock."""

import csv
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from oms.domain.deadlines import SlaState
from oms.domain.ids import OrderKey, Sku
from oms.domain.messages import ApproveReview
from oms.domain.order import Line, PlatformStatus, Snapshot
from oms.domain.parcels import ParcelState
from oms.domain.state import OrderState
from oms.ports import StockLevel
from oms.store import Store
from tests.process.conftest import World
from tests.process.orders import SHOP, Told, a_snapshot, cancelled, later, unpaid

REAL = Path(__file__).parents[3] / "shared" / "data" / "olist"
AMPLE = 1_000_000
_lives = itertools.count(1)


@dataclass(frozen=True)
class PastOrder:
    """One order as its rows tell it; a time that is None never came."""

    number: str
    status: str
    purchased: datetime
    approved: datetime | None
    handed_over: datetime | None
    delivered: datetime | None
    limits: tuple[datetime, ...]
    pieces: Mapping[tuple[str, int], int]

    @property
    def ship_by(self) -> datetime | None:
        """The latest promise of its lines."""
        return max(self.limits, default=None)

    @property
    def late(self) -> bool:
        """Handed to the carrier after the latest promise; at that very minute is in time."""
        return bool(self.handed_over and self.ship_by and self.handed_over > self.ship_by)

    @property
    def odd(self) -> bool:
        """No lines, cancelled, on the minute, or with times that run backwards."""
        paid = self.approved or self.purchased
        backwards = [moment for moment in (self.handed_over, self.ship_by) if moment and moment < paid]
        on_the_minute = self.handed_over is not None and self.handed_over == self.ship_by
        return bool(not self.pieces or backwards or on_the_minute or self.status == "canceled")


def read_past_orders(folder: Path = REAL) -> list[PastOrder]:
    """Read orders.csv and order_items.csv; this is the answer that the order centre is held against."""
    items: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _rows(folder / "order_items.csv"):
        items[row["order_id"]].append(row)
    return [
        PastOrder(
            number=row["order_id"],
            status=row["order_status"],
            purchased=datetime.strptime(row["order_purchase_timestamp"], "%m/%d/%Y %H:%M").replace(
                tzinfo=UTC
            ),
            approved=_moment(row["order_approved_at"]),
            handed_over=_moment(row["order_delivered_carrier_date"]),
            delivered=_moment(row["order_delivered_customer_date"]),
            limits=tuple(filter(None, (_moment(i["shipping_limit_date"]) for i in items[row["order_id"]]))),
            pieces=Counter((i["product_id"], round(float(i["price"]) * 100)) for i in items[row["order_id"]]),
        )
        for row in _rows(folder / "orders.csv")
    ]


def a_sample(orders: list[PastOrder], ordinary: int) -> list[PastOrder]:
    """Choose every odd order, the dearest, some late ones, and so many others of each status, always the same ones."""
    dearest = max(orders, key=lambda order: sum(fen * count for (_, fen), count in order.pieces.items()))
    chosen = [order for order in orders if order.odd or order is dearest]
    plain = [order for order in orders if order not in chosen]
    chosen += [order for order in plain if order.late][:ordinary]
    for status in sorted({order.status for order in plain}):
        chosen += [order for order in plain if order.status == status and not order.late][:ordinary]
    return chosen


def stock_up(store: Store, orders: Iterable[PastOrder]) -> None:
    """Put enough of everything that was ever ordered on one shelf."""
    skus = sorted({sku for order in orders for sku, _ in order.pieces})
    store.stock.set_levels([StockLevel(warehouse="HZ01", sku=Sku(sku), on_hand=AMPLE) for sku in skus])


@dataclass(frozen=True)
class Lived:
    """How an order's life went: what the clock called it, before and after the warehouse's word."""

    past: PastOrder
    alarmed: bool
    called_late: bool
    last: OrderState


class Life:
    """One past order, its purchase shifted to now."""

    def __init__(self, world: World, past: PastOrder) -> None:
        """Prepare; it has not arrived yet."""
        self.past = past
        self._purchased = datetime.now(UTC).replace(microsecond=0)
        self._world = world
        first = self._snapshot()
        self.order: Told = world.order(first)
        self._waybill = f"SF{past.number[:20]}"

    async def run(self, *, to_the_end: bool = True) -> Lived:
        """Let everything happen that once happened, at its time; end the workflow afterwards.

        Unless it shall go `to_the_end`, it stops when it has left the warehouse: whether it is late is decided.
        """
        past, order = self.past, self.order
        await order.arrives()
        await self._pay()
        before = after = await self._stand()
        if past.handed_over and past.pieces:
            await self._reach(past.handed_over)
            before = await self._alarmed() if past.late else await order.state()
            await order.ships(self._waybill, at=self._shifted(past.handed_over))
            after = await order.becomes("shipped")
        last = await self._finish(after) if to_the_end else after
        if not last.ended:
            await order.handle.terminate("the test is over")
        return Lived(past, before.sla is SlaState.LATE, after.sla is SlaState.LATE, last)

    async def _alarmed(self) -> OrderState:
        """Wait, in real time, until its worker has seen the timer that has fired; fail when none ever does."""
        return await self.order.until(lambda state: state.sla is SlaState.LATE, tries=1000)

    async def _pay(self) -> None:
        past = self.past
        paid = past.approved or (past.purchased if past.status != "canceled" else None)
        if paid is not None and not self._paid_at_once:
            await self._reach(paid)
            moment = self._shifted(paid)
            was = self.order.snapshot
            paid_now = {"status": PlatformStatus.PAID, "raw_status": "processing", "paid_at": moment}
            await self.order.says(
                was.model_copy(update={**paid_now, "modified_at": max(moment, was.modified_at)})
            )

    async def _stand(self) -> OrderState:
        """Wait until it stands where it has to wait for somebody else."""
        if self.past.approved is None and self.past.status == "canceled":
            return await self.order.becomes("awaiting_payment", tries=1000)
        if not self.past.pieces:
            return await self.order.until(lambda state: state.holds, tries=1000)
        state = await self.order.until(lambda now: now.stage == "released" or now.holds, tries=1000)
        if state.stage != "released":  # a dear one: customer service confirms it
            await self.order.asks("approve", ApproveReview(by="li", why="called the buyer"))
        return await self.order.becomes("released", tries=1000)

    async def _finish(self, state: OrderState) -> OrderState:
        past, order = self.past, self.order
        if past.status == "canceled":
            await order.says(later(cancelled(order.snapshot), modified_at=await order.own_time()))
            if state.stage == "shipped":
                await order.until(lambda now: now.interceptions)
                await order.parcel(ParcelState.RETURNED, self._waybill)
            return await order.ends()
        if past.delivered and state.stage == "shipped":
            await self._reach(past.delivered)
            await order.parcel(ParcelState.DELIVERED, self._waybill, at=self._shifted(past.delivered))
            return await order.ends()
        return state

    async def _reach(self, moment: datetime) -> None:
        """Let its clock run to a moment, if that lies ahead."""
        ahead = self._shifted(moment) - await self.order.own_time()
        if ahead > timedelta():
            await self.order.waits(ahead)

    def _shifted(self, moment: datetime) -> datetime:
        return self._purchased + (moment - self.past.purchased)

    @property
    def _paid_at_once(self) -> bool:
        approved = self.past.approved
        return self.past.status != "canceled" if approved is None else approved <= self.past.purchased

    def _snapshot(self) -> Snapshot:
        past = self.past
        make = a_snapshot if self._paid_at_once else unpaid
        lines = tuple(
            Line(id=str(place), sku=Sku(sku), title="product", quantity=quantity, total_fen=quantity * fen)
            for place, ((sku, fen), quantity) in enumerate(past.pieces.items(), start=1)
        )
        return make(
            key=OrderKey(channel=SHOP.channel, shop=SHOP.shop, number=f"{past.number}-{next(_lives)}"), lines=lines,
            created_at=self._purchased, modified_at=self._purchased, total_fen=sum(line.total_fen for line in lines),
            ship_by=None if past.ship_by is None else self._shifted(past.ship_by), buyer="",
        )  # fmt: skip


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


def _moment(text: str) -> datetime | None:
    return datetime.strptime(text, "%m/%d/%Y %H:%M").replace(tzinfo=UTC) if text else None
