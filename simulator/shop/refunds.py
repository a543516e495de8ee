"""Money given back on an order, by the buyer's wish or by the order centre."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import count

from starlette.responses import JSONResponse, Response

from simulator.shop.answers import refusal
from simulator.shop.orders import Shop, ShopOrder
from simulator.wire import Json, gmt_time, site_time


class Refunds:
    """The refunds of all orders; an order refunded in full becomes `refunded`."""

    def __init__(self, shop: Shop, now: Callable[[], datetime]) -> None:
        """Start without refunds."""
        self._shop = shop
        self._now = now
        self._ids = count(900_001)
        self._of: dict[str, list[Json]] = {}

    def of(self, order: ShopOrder) -> list[Json]:
        """List an order's refunds, newest first."""
        return self._of.get(order.number, [])[::-1]

    def left(self, order: ShopOrder) -> Decimal:
        """Tell how much may still be refunded."""
        given = sum((Decimal(refund["amount"]) for refund in self._of.get(order.number, [])), Decimal())
        return Decimal(str(order.body["total"])) - given

    def give(self, order: ShopOrder, amount: Decimal, reason: str, by: str) -> Json:
        """Give money back and announce it."""
        now, refund_id = self._now(), next(self._ids)
        refund: Json = {
            "id": refund_id,
            "parent_id": int(order.number),
            "date_created": site_time(now),
            "date_created_gmt": gmt_time(now),
            "amount": f"{amount:.2f}",
            "reason": reason,
            "refunded_by": 1,
            "refunded_payment": False,
            "meta_data": [],
            "line_items": [],
        }
        self._of.setdefault(order.number, []).append(refund)
        order.body["refunds"].append({"id": refund_id, "reason": reason, "total": f"-{amount:.2f}"})
        self._shop.ledger.append(
            f"{by}.refund", order=order.number, key=order.number, outcome=f"{amount:.2f}"
        )
        if self.left(order) <= 0:
            self._shop.set_status(order, "refunded")
        self._shop.touch(order)
        return refund

    def create(self, order: ShopOrder, asked: Json) -> Response:
        """Apply `POST /orders/{id}/refunds`."""
        try:
            amount = Decimal(str(asked.get("amount")))
        except InvalidOperation:
            amount = Decimal()
        if not 0 < amount <= self.left(order):
            return refusal(
                400, "woocommerce_rest_invalid_order_refund", "Refund amount must be greater than zero."
            )
        refund = self.give(order, amount, str(asked.get("reason", "")), by="shop")
        return JSONResponse(refund, status_code=201)
