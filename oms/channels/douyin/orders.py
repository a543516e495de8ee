"""One order as Doudian knows it now."""

from collections.abc import Mapping
from typing import Any

from oms.channels.douyin.gateway import Gateway
from oms.domain.errors import Unavailable

UNKNOWN = (":20014", ":20001", ":20015")
"""Ends of refusals for an order that does not exist or is another shop's."""
METHOD = "order.orderDetail"


class Orders:
    """Asks for single orders."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def fetch(self, number: str) -> Mapping[str, Any] | None:
        """Return the order; None when the shop has none of that number."""
        if not (number.isascii() and number.isdecimal()):
            return None
        reply = await self._gateway.ask(METHOD, {"shop_order_id": number})
        if reply.refusal.endswith(UNKNOWN):
            return None
        detail = reply.mapping(self._gateway.about(METHOD)).get("shop_order_detail")
        if not isinstance(detail, dict):
            raise Unavailable(f"{self._gateway.about(METHOD)}: the answer holds no order")
        return detail
