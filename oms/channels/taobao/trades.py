"""One trade of a shop, asked for by its number."""

from collections.abc import Mapping
from typing import Any

from oms.channels.taobao.fields import DETAIL_FIELDS
from oms.channels.taobao.gateway import Shop
from oms.channels.taobao.verdict import Refusal
from oms.domain.errors import Misused, Unavailable

METHOD = "taobao.trade.fullinfo.get"
UNKNOWN = frozenset({"isv.trade-not-exist", "isv.invalid-parameter:tid"})
LONGEST_NUMBER = 19


class Trades:
    """The trades of one shop."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    async def fetch(self, number: str) -> Mapping[str, Any] | None:
        """Return a trade as the platform knows it now; None when it knows none."""
        if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER):
            return None
        params = {"fields": DETAIL_FIELDS, "tid": number, "include_oaid": "true"}
        content = await self._shop.ask(METHOD, params)
        if isinstance(content, Refusal):
            if content.code in UNKNOWN:
                return None
            raise Misused(f"order {number} was refused with {content.code}")
        trade = content.get("trade")
        if not isinstance(trade, dict):
            raise Unavailable(f"order {number}: the platform answered something that is no trade")
        return trade
