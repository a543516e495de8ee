"""The dock where goods come back: expects what was announced, looks at what came, reports it once."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from itertools import count
from random import Random

from simulator.clock import Timeline
from simulator.ledger import Ledger
from simulator.wms.catalogue import WAREHOUSE_CITY
from simulator.wms.notices import Notices
from simulator.wms.return_order import ReturnOrder
from simulator.wms.warehouse import Refusal, Warehouse

HOUR_S = 3600.0
LOOKS_WITHIN_H = (1.0, 4.0)
DAMAGED_SHARE = 0.15


class ReturnDock:
    """Every warehouse's place for goods that come back."""

    def __init__(
        self, seed: int, timeline: Timeline, ledger: Ledger, warehouse: Warehouse, notices: Notices
    ) -> None:
        """Open with nothing expected."""
        self._seed = seed
        self._timeline = timeline
        self._ledger = ledger
        self._warehouse = warehouse
        self._notices = notices
        self._numbers = count(1)
        self._came: dict[str, datetime] = {}
        self.orders: dict[str, ReturnOrder] = {}
        self.on_confirmed: Callable[[ReturnOrder], object] = lambda _order: None
        """Told of every return that was looked at."""

    def create(self, order: ReturnOrder) -> ReturnOrder:
        """Expect goods; the same code again is the same return. Raises Refusal."""
        known = self.orders.get(order.code)
        refusal = None if known else self._against(order)
        outcome = f"refused {refusal.code}" if refusal else "repeated" if known else "accepted"
        detail = refusal.message if refusal else order.waybill
        self._ledger.append(
            "wms.return_create", order=order.source, key=order.code, outcome=outcome, detail=detail
        )
        if refusal:
            raise refusal
        return known or self._accept(order)

    def arrived(self, waybill: str) -> None:
        """Take a parcel in; what is in it is looked at as soon as somebody has announced it."""
        self._came[waybill] = self._timeline.now()
        for order in self.orders.values():
            if order.waybill == waybill:
                self._look_soon(order)

    def confirmed(self, waybill: str) -> ReturnOrder | None:
        """Give the return that came under a waybill, once it was looked at."""
        found = (order for order in self.orders.values() if order.waybill == waybill and order.confirmed_at)
        return next(found, None)

    def _against(self, order: ReturnOrder) -> Refusal | None:
        stock = self._warehouse.stock
        if self._warehouse.mood.refuse_returns:
            return Refusal("S010", "仓库暂停接收退货")
        if order.warehouse not in WAREHOUSE_CITY:
            return Refusal("S004", f"仓库 {order.warehouse} 不存在")
        unknown = [line.sku for line in order.lines if not stock.knows(line.sku)]
        if unknown:
            return Refusal("S002", f"商品 {unknown[0]} 不存在")
        delivery = self._warehouse.orders.get(order.delivery)
        if delivery is None or delivery.shipped_at is None:
            return Refusal("S011", f"原出库单 {order.delivery} 不存在或未出库")
        if any(pieces > delivery.pieces.get(sku, 0) for sku, pieces in order.planned.items()):
            return Refusal("S012", "退货数量大于出库数量")
        return None

    def _accept(self, order: ReturnOrder) -> ReturnOrder:
        order.id = f"WMSR-{next(self._numbers):08d}"
        self.orders[order.code] = order
        if order.waybill in self._came:
            self._look_soon(order)
        return order

    def _look_soon(self, order: ReturnOrder) -> None:
        if order.arrived_at is None:
            order.arrived_at = self._timeline.now()
            luck = Random(f"{self._seed}:returned:{order.waybill}")
            self._timeline.after(luck.uniform(*LOOKS_WITHIN_H) * HOUR_S, partial(self._look, order, luck))

    def _look(self, order: ReturnOrder, luck: Random) -> None:
        order.confirmed_at = self._timeline.now()
        for line in order.lines:
            line.damaged = sum(luck.random() < DAMAGED_SHARE for _ in range(line.planned))
            line.good = line.planned - line.damaged
            self._warehouse.stock.shelf(order.warehouse, line.sku).on_hand += line.good
        self._ledger.append("wms.return_confirm", order=order.source, key=order.code, outcome="ok")
        self._notices.returned(order)
        self.on_confirmed(order)
