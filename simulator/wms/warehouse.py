"""The warehouse at work: takes delivery orders once, gives them up while it can, ships them in its own time."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import count
from random import Random

from simulator.clock import Timeline
from simulator.ledger import Ledger
from simulator.plans import Plans
from simulator.shipment import Shipment, company_of
from simulator.wms.catalogue import OWNER, WAREHOUSE_CITY
from simulator.wms.delivery import CANCELLABLE, DeliveryOrder, Stage, timetable
from simulator.wms.notices import Notices
from simulator.wms.stock import Stock

HOUR_S = 3600.0
SHIPS_WITHIN_H = (1.2, 10.0)
WAYBILL_PREFIX = {
    "SF": "SF",
    "YTO": "YT",
    "ZTO": "78",
    "STO": "77",
    "YUNDA": "46",
    "JD": "JD",
    "EMS": "EM",
    "JTSD": "JT",
}


class Refusal(Exception):
    """The warehouse says no."""

    def __init__(self, code: str, message: str) -> None:
        """Remember the answer's code and message."""
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass
class Mood:
    """What the control API tells the warehouse to do differently."""

    refuse_cancel: bool = False
    hold_shipping: bool = False
    ship_after_business_s: float | None = None
    refuse_returns: bool = False


class Warehouse:
    """Every warehouse of the owner, behind one interface."""

    def __init__(
        self, seed: int, timeline: Timeline, ledger: Ledger, plans: Plans, stock: Stock, notices: Notices
    ) -> None:
        """Open with filled shelves and nothing to do."""
        self._seed = seed
        self._timeline = timeline
        self._ledger = ledger
        self._plans = plans
        self.stock = stock
        self._notices = notices
        self.mood = Mood()
        self.orders: dict[str, DeliveryOrder] = {}
        self.by_source: dict[str, list[DeliveryOrder]] = defaultdict(list)
        self._held: list[DeliveryOrder] = []
        self._numbers = count(1)
        self.hand_over: Callable[[Shipment], None] = lambda _shipment: None

    def create(self, order: DeliveryOrder) -> DeliveryOrder:
        """Take a delivery order; the same code again is the same delivery order."""
        source = order.sources[0]
        known = self.orders.get(order.code)
        try:
            self._check(order, known)
        except Refusal as refusal:
            outcome = f"refused {refusal.code}"
            self._ledger.append(
                "wms.create", order=source, key=order.code, outcome=outcome, detail=refusal.message
            )
            raise
        outcome = "repeated" if known else "accepted"
        self._ledger.append(
            "wms.create", order=source, key=order.code, outcome=outcome, detail=order.warehouse
        )
        return known or self._accept(order)

    def _check(self, order: DeliveryOrder, known: DeliveryOrder | None) -> None:
        if known is not None:
            if known.stage is Stage.CANCELED:
                raise Refusal("S006", f"单据 {order.code} 已取消，不能重复下发")
            return
        if order.warehouse not in WAREHOUSE_CITY:
            raise Refusal("S004", f"仓库 {order.warehouse} 不存在")
        for line in order.lines:
            if line.owner != OWNER:
                raise Refusal("S005", f"货主 {line.owner} 不存在")
            if not self.stock.knows(line.sku):
                raise Refusal("S002", f"商品 {line.sku} 不存在")
        for sku, pieces in order.pieces.items():
            if self.stock.shelf(order.warehouse, sku).free < pieces:
                raise Refusal("S003", f"商品 {sku} 库存不足")

    def _accept(self, order: DeliveryOrder) -> DeliveryOrder:
        number = next(self._numbers)
        order.id, order.created = f"WMS-{number:08d}", self._timeline.now()
        if not order.waybill:
            lucky = Random(f"{self._seed}:waybill:{number}").randint(10_000, 99_999)
            order.waybill = f"{WAYBILL_PREFIX.get(order.logistics, 'WB')}{lucky}{number:08d}"
        self.orders[order.code] = order
        for source in order.sources:
            self.by_source[source].append(order)
        for sku, pieces in order.pieces.items():
            self.stock.shelf(order.warehouse, sku).locked += pieces
        self._plan_work(order)
        return order

    def _plan_work(self, order: DeliveryOrder) -> None:
        ships = all(self._plans.of(source).ships for source in order.sources)
        hour = self._timeline.real(HOUR_S)
        for stage, moment in timetable(order.created, self._ships_at(order), hour).items():
            if ships or stage is Stage.ACCEPT:
                self._timeline.at(moment, partial(self._advance, order, stage))

    def _ships_at(self, order: DeliveryOrder) -> datetime:
        planned = [at for source in order.sources if (at := self._plans.of(source).ships_at)]
        if planned:
            return max(planned)
        seconds = self.mood.ship_after_business_s
        if seconds is None:
            luck = Random(f"{self._seed}:ship:{order.sources[0]}:{order.warehouse}")
            seconds = luck.uniform(*SHIPS_WITHIN_H) * HOUR_S
        return order.created + self._timeline.real(seconds)

    def _advance(self, order: DeliveryOrder, stage: Stage) -> None:
        if order.stage in {Stage.CANCELED, Stage.DELIVERED}:
            return
        if stage is Stage.DELIVERED:
            if self.mood.hold_shipping:
                self._held.append(order)
            else:
                self.ship(order)
            return
        order.stage = stage
        self._notices.process(order, stage)

    def ship(self, order: DeliveryOrder) -> bool:
        """Hand a delivery order to the carrier now, unless it is gone or cancelled."""
        if order.stage in {Stage.CANCELED, Stage.DELIVERED}:
            return False
        order.stage, order.shipped_at = Stage.DELIVERED, self._timeline.now()
        for sku, pieces in order.pieces.items():
            shelf = self.stock.shelf(order.warehouse, sku)
            shelf.on_hand -= pieces
            shelf.locked -= pieces
        for source in order.sources:
            self._ledger.append(
                "wms.shipped", order=source, key=order.code, outcome="ok", detail=order.waybill
            )
        self._notices.confirm(order)
        self.hand_over(
            Shipment(
                waybill=order.waybill,
                company=company_of(order.logistics),
                orders=order.sources,
                pieces=order.pieces,
                phone=order.phone,
                from_city=WAREHOUSE_CITY[order.warehouse],
                to_city=order.city,
            )
        )
        return True

    def cancel(self, code: str) -> None:
        """Give a delivery order up, or refuse once it is packed; cancelling twice cancels once."""
        order = self.orders.get(code)
        source = order.sources[0] if order else ""
        refusal = self._why_not_cancel(order)
        if refusal:
            outcome = f"refused {refusal.code}"
            self._ledger.append("wms.cancel", order=source, key=code, outcome=outcome, detail=refusal.message)
            raise refusal
        if order is None or order.stage is Stage.CANCELED:
            self._ledger.append("wms.cancel", order=source, key=code, outcome="repeated")
            return
        order.stage = Stage.CANCELED
        for sku, pieces in order.pieces.items():
            self.stock.shelf(order.warehouse, sku).locked -= pieces
        self._ledger.append("wms.cancel", order=source, key=code, outcome="accepted")

    def _why_not_cancel(self, order: DeliveryOrder | None) -> Refusal | None:
        if order is None:
            return Refusal("S007", "单据不存在")
        if order.stage is Stage.CANCELED:
            return None
        if order.stage not in CANCELLABLE:
            return Refusal("S008", f"单据状态为 {order.stage}，不允许取消")
        return Refusal("S009", "仓库作业中，拒绝取消") if self.mood.refuse_cancel else None

    def set_stock(self, warehouse: str, sku: str, on_hand: int) -> int:
        """Put a shelf to a count and report the change, which is given back."""
        shelf = self.stock.shelf(warehouse, sku)
        change, shelf.on_hand = on_hand - shelf.on_hand, on_hand
        if change:
            self._notices.stock_changed(warehouse, sku, change, on_hand)
        return change

    def change_mood(self, mood: Mood) -> None:
        """Behave differently from now on; what was held is shipped once holding ends."""
        self.mood = mood
        if not mood.hold_shipping:
            held, self._held = self._held, []
            for order in held:
                self.ship(order)
