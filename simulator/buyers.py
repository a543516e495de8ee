"""What buyers do: order, pay, move, change their minds. What they do decides how the order should end."""

from decimal import Decimal
from typing import Literal

from simulator.plans import Plan, Plans
from simulator.shop.draft import Draft
from simulator.shop.orders import Shop, ShopOrder, merged
from simulator.shop.refunds import Refunds
from simulator.wire import Json
from simulator.wms.warehouse import Warehouse

TOO_LATE = frozenset({"completed", "cancelled", "refunded"})


class Buyers:
    """Everybody who orders at the shop."""

    def __init__(self, shop: Shop, refunds: Refunds, warehouse: Warehouse, plans: Plans) -> None:
        """Stand in front of a shop."""
        self._shop = shop
        self._refunds = refunds
        self._warehouse = warehouse
        self._plans = plans

    def order(self, draft: Draft, plan: Plan, *, paid: bool, raw: Json | None = None) -> ShopOrder:
        """Place an order whose fate is decided already."""
        order = self._shop.offer(draft, paid=paid, raw=raw)
        self._plans.make(order.number, plan)
        return order

    def pay(self, order: ShopOrder) -> bool:
        """Pay; a buyer who pays expects the goods, if nothing else was planned."""
        if not self._shop.pay(order):
            return False
        plan = self._plans.of(order.number)
        if plan.expected == "open" and plan.ships and plan.signs:
            plan.expected = "completed"
        return True

    def cancel(self, order: ShopOrder, how: Literal["cancelled", "refunded"] = "cancelled") -> bool:
        """Cancel, or ask all the money back; neither works on an order that is over."""
        if order.status in TOO_LATE:
            return False
        if how == "refunded" and order.paid and self._refunds.left(order) > 0:
            self._refunds.give(order, self._refunds.left(order), "买家申请退款", by="buyer")
        else:
            self._shop.call_off(order, how)
        self._expect_the_end(order)
        return True

    def refund(self, order: ShopOrder, amount: Decimal | None, reason: str) -> bool:
        """Ask money back, all that is left unless an amount is named; also after delivery."""
        left = self._refunds.left(order)
        amount = left if amount is None else amount
        if not order.paid or not 0 < amount <= left:
            return False
        self._refunds.give(order, amount, reason, by="buyer")
        if order.status == "refunded":
            self._expect_the_end(order)
        return True

    def move(self, order: ShopOrder, shipping: Json) -> None:
        """Change where the goods shall go."""
        order.body["shipping"] = merged(order.body["shipping"], shipping)
        self._shop.ledger.append("buyer.address", order=order.number, key=order.number, outcome="ok")
        self._shop.touch(order)

    def _expect_the_end(self, order: ShopOrder) -> None:
        """Expect that nothing is shipped any more, unless it has been."""
        if not any(delivery.shipped_at for delivery in self._warehouse.by_source.get(order.number, [])):
            self._plans.of(order.number).expected = "cancelled"
