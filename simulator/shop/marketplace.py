"""The own shop as buyers see it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from simulator.draft import Draft
from simulator.shop.orders import Shop, ShopOrder, merged
from simulator.shop.refunds import Refunds
from simulator.wire import Json

TOO_LATE = frozenset({"completed", "cancelled", "refunded"})


class OwnShop:
    """Orders, money and addresses of the own shop; fulfils `simulator.marketplace.Marketplace`."""

    name = "woocommerce"

    def __init__(self, shop: Shop, refunds: Refunds) -> None:
        """Open the doors."""
        self._shop = shop
        self._refunds = refunds

    def __len__(self) -> int:
        """Count the orders."""
        return len(self._shop)

    def __iter__(self) -> Iterator[ShopOrder]:
        """Go through the orders, the least recently modified first."""
        return iter(self._shop)

    def find(self, number: str) -> ShopOrder | None:
        """Find an order."""
        return self._shop.find(number)

    def offer(self, draft: Draft, *, paid: bool, raw: Json | None = None) -> ShopOrder:
        """Take an order."""
        return self._shop.offer(draft, paid=paid, raw=raw)

    def pay(self, order: ShopOrder) -> bool:
        """Take the buyer's money."""
        return self._shop.pay(order)

    def cancel(self, order: ShopOrder, how: Literal["cancelled", "refunded"]) -> bool:
        """Cancel, or give all the money back; neither works on an order that is over."""
        if order.status in TOO_LATE:
            return False
        if how == "refunded" and order.paid and self._refunds.left(order) > 0:
            self._refunds.give(order, self._refunds.left(order), "买家申请退款", by="buyer")
        else:
            self._shop.call_off(order, how)
        return True

    def refund(self, order: ShopOrder, amount: Decimal | None, reason: str) -> bool:
        """Give money back, all that is left unless an amount is named; also after delivery."""
        left = self._refunds.left(order)
        amount = left if amount is None else amount
        if not order.paid or not 0 < amount <= left:
            return False
        self._refunds.give(order, amount, reason, by="buyer")
        return True

    def move(self, order: ShopOrder, place: Json) -> None:
        """Change where the goods shall go; the body is laid over the shipping address."""
        order.body["shipping"] = merged(order.body["shipping"], place)
        self._shop.ledger.append("buyer.address", order=order.number, key=order.number, outcome="ok")
        self._shop.touch(order)
