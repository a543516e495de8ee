"""Money given back on an order, by the buyer's wish or by the order centre."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import count

from starlette.responses import JSONResponse, Response

from simulator.shop.answers import bad_parameter, refusal
from simulator.shop.orders import Shop, ShopOrder
from simulator.wire import Json, gmt_time, site_time

CANNOT = "woocommerce_rest_cannot_create_order_refund"


class Refunds:
    """The refunds of all orders; an order refunded in full becomes `refunded`."""

    def __init__(self, shop: Shop, now: Callable[[], datetime]) -> None:
        """Start without refunds."""
        self._shop = shop
        self._now = now
        self._ids = count(900_001)
        self._of: dict[str, list[Json]] = {}
        self.gateway_works = True
        """Whether the shop's payment gateway gives money back when it is asked to."""

    def of(self, order: ShopOrder) -> list[Json]:
        """List an order's refunds, newest first."""
        return self._of.get(order.number, [])[::-1]

    def left(self, order: ShopOrder) -> Decimal:
        """Tell how much may still be refunded."""
        given = sum((Decimal(refund["amount"]) for refund in self._of.get(order.number, [])), Decimal())
        return Decimal(str(order.body["total"])) - given

    def give(
        self, order: ShopOrder, amount: Decimal, reason: str, by: str, notes: Sequence[Json] = ()
    ) -> Json:
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
            "refunded_payment": by == "shop",
            "meta_data": [
                {"id": refund_id * 100 + place, "key": note.get("key"), "value": note.get("value")}
                for place, note in enumerate(notes)
            ],
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
        """Apply `POST /orders/{id}/refunds` as WooCommerce does: too much is refused with HTTP 500.

        The money is moved by the payment gateway unless `api_refund` is false; one that cannot refuses.
        """
        try:
            amount = Decimal(str(asked.get("amount", 0)))
        except InvalidOperation:
            return bad_parameter("amount", "amount is not of type string.")
        if not isinstance(asked.get("amount", "0"), str):
            return bad_parameter("amount", "amount is not of type string.")
        if amount < 0:
            text = "Refund amount must be greater than zero."
            return refusal(400, "woocommerce_rest_invalid_order_refund", text)
        if not 0 < amount <= self.left(order):
            return refusal(500, CANNOT, "Invalid refund amount.")
        by_gateway = asked.get("api_refund", True) is not False
        if by_gateway and not (order.paid and self.gateway_works):
            text = "An error occurred while attempting to create the refund using the payment gateway API."
            return refusal(500, CANNOT, text)
        notes = [note for note in asked.get("meta_data") or [] if isinstance(note, dict)]
        refund = self.give(order, amount, str(asked.get("reason", "")), by="shop", notes=notes)
        refund["refunded_payment"] = by_gateway
        return JSONResponse(refund, status_code=201)
