"""Doudian's numbered lists, orders and after-sales: pages begin at 0, a page reaches no deeper than a cap."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from oms.channels.douyin.config import LARGEST_PAGE
from oms.channels.douyin.gateway import Gateway
from oms.domain.errors import Unavailable
from oms.paging import Numbered, Window

FIRST_PAGE = 0
LONGEST_WINDOW = timedelta(days=90)
MOST_AFTER_SALES = 50_000


class OrderPages:
    """Asks for pages of changed orders, the least recently changed first."""

    def __init__(self, gateway: Gateway, page_size: int) -> None:
        self._gateway = gateway
        self._page_size = page_size

    async def ask(self, window: Window, number: int) -> Numbered:
        """Return one page, of orders changed from the window's first second to its last."""
        method = "order.searchList"
        params = {
            "update_time_start": int(window.since.timestamp()),
            "update_time_end": int(window.until.timestamp()),
            "order_by": "update_time",
            "order_asc": True,
            "page": number,
            "size": self._page_size,
        }
        content = (await self._gateway.ask(method, params)).mapping(self._gateway.about(method))
        return numbered(content, "shop_order_list", self._gateway.about(method))


class AfterSalePages:
    """Asks for pages of changed after-sales, the least recently changed first."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def ask(self, window: Window, number: int) -> Numbered:
        """Return one page, of after-sales changed from the window's first second to its last."""
        method = "afterSale.List"
        params = {
            "update_start_time": int(window.since.timestamp()),
            "update_end_time": int(window.until.timestamp()),
            "order_by": ["update_time asc"],
            "page": number,
            "size": LARGEST_PAGE,
        }
        content = (await self._gateway.ask(method, params)).mapping(self._gateway.about(method))
        return numbered(content, "items", self._gateway.about(method))


def numbered(content: Mapping[str, Any], key: str, what: str) -> Numbered:
    """Read a page; an empty one has no list at all. Raises Unavailable when it is no page."""
    rows, total = content.get(key), content.get("total")
    if isinstance(total, str) and total.isascii() and total.isdecimal():
        total = int(total[:9])
    if isinstance(total, bool) or not isinstance(total, int) or total < 0:
        raise Unavailable(f"{what}: the answer does not say how many there are")
    if rows is None:
        rows = []
    if not isinstance(rows, list):
        raise Unavailable(f"{what}: the answer holds no list")
    return Numbered(tuple(row if isinstance(row, dict) else {"unreadable": row} for row in rows), total)


def order_mark(row: Mapping[str, Any]) -> str:
    """Name the order a row is about; empty for a row that names none."""
    number = row.get("order_id")
    return str(number) if isinstance(number, str | int) else ""


def after_sale_mark(row: Mapping[str, Any]) -> str:
    """Name the after-sale a row is about; empty for a row that names none."""
    info = row.get("aftersale_info")
    named = info.get("aftersale_id") if isinstance(info, dict) else None
    return str(named) if isinstance(named, str | int) else ""
