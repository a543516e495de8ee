"""Walk a shop's list of changed orders backwards, in windows of half an hour that have come to rest."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from oms.channels.pdd.gateway import Gateway
from oms.channels.pdd.interfaces import ORDER, ORDERS, REFUNDS, Interface
from oms.channels.pdd.mapping import REFUNDED
from oms.channels.pdd.wire import whole
from oms.domain.errors import Unavailable
from oms.paging import Numbered, NumberedList, Window, walk_backwards
from oms.ports import Page

LONGEST = timedelta(minutes=30)
PAGE_SIZE = 100
CLOCKS_APART = timedelta(minutes=10)
"""The platform refuses questions of a clock that is further off than this, so ours cannot be."""
EVERYTHING = "5"
EVERY_AFTER_SALE = "1"


class OrderList:
    """Lists and fetches the orders of one shop."""

    def __init__(self, gateway: Gateway, settle: timedelta, now: Callable[[], datetime]) -> None:
        self._gateway = gateway
        self._settle = settle
        self._now = now

    async def changed(self, since: datetime, until: datetime) -> AsyncIterator[Page]:
        """Yield every order modified in [since, until], up to where the platform's list has come to rest.

        The manual has a window end three minutes before the platform's clock, else orders are missing from it.
        What came later is left for the next poll, whose window overlaps with this one.
        """
        settled = await self._settled(until)
        if settled < since.replace(microsecond=0):
            return
        numbered = NumberedList(self.ask_page, order_mark, PAGE_SIZE, LONGEST)
        async for page in walk_backwards(numbered, since, settled):
            rows = [await self._with_refunds(row) for row in page.payloads]
            yield Page(payloads=tuple(rows), total=page.total)

    async def ask_page(self, window: Window, number: int) -> Numbered:
        """Ask for one page of a window."""
        params = {"is_lucky_flag": "0", "order_status": EVERYTHING, "refund_status": EVERYTHING}
        return await numbered_page(self._gateway, ORDERS, "order_sn_list", params | span(window, number))

    async def fetch(self, number: str) -> Mapping[str, Any] | None:
        """Return the order as the platform knows it now; None when it knows none."""
        content = (await self._gateway.ask(ORDER, {"order_sn": number})).expect(f"order {number}")
        order = content.get("order_info")
        return await self._with_refunds(order) if isinstance(order, dict) and order else None

    async def _settled(self, until: datetime) -> datetime:
        if not self._settle or until <= self._now() - self._settle - CLOCKS_APART:
            return until
        return min(until, (await self._gateway.time()).replace(microsecond=0) - self._settle)

    async def _with_refunds(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """Put the after-sales beside an order that was refunded: the order itself does not say how much."""
        if whole(row.get("refund_status")) != REFUNDED or not (number := order_mark(row)):
            return row
        now = self._now()
        params = {
            "order_sn": number,
            "after_sales_status": EVERY_AFTER_SALE,
            "after_sales_type": EVERY_AFTER_SALE,
        }
        asked = params | span(Window(now - LONGEST, now), 1)
        found = await numbered_page(self._gateway, REFUNDS, "refund_list", asked)
        return {**row, "refund_list": list(found.rows)}


def order_mark(row: Mapping[str, Any]) -> str:
    """Name the order a row is about; empty for a row that names none."""
    number = row.get("order_sn")
    return number if isinstance(number, str) else ""


def span(window: Window, number: int) -> dict[str, str]:
    """Write a window and a page as both lists want them."""
    return {
        "start_updated_at": str(int(window.since.timestamp())),
        "end_updated_at": str(int(window.until.timestamp())),
        "page": str(number),
        "page_size": str(PAGE_SIZE),
    }


async def numbered_page(gateway: Gateway, asked: Interface, key: str, params: dict[str, str]) -> Numbered:
    """Ask for one page; an empty one comes without its key, but never without its count."""
    content = (await gateway.ask(asked, params)).expect(asked.type)
    rows, total = content.get(key), whole(content.get("total_count"))
    if total < 0:
        raise Unavailable(f"{asked.type}: an answer without a count")
    listed = rows if isinstance(rows, list) else []
    return Numbered(tuple(row if isinstance(row, dict) else {"unreadable": row} for row in listed), total)
