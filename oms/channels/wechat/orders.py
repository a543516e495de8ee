"""Read a shop's orders: lists tell ids only, so each order is asked for by itself."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from oms.channels.wechat.gateway import Gateway
from oms.channels.wechat.listing import Ids, page_of, walk
from oms.channels.wechat.verdict import Reply
from oms.paging import Window, windows
from oms.ports import Page, Properties

UNKNOWN = frozenset({100002})
"""No such order, here or in this shop."""
AT_ONE_TIME = 8
"""Details asked for side by side."""
AFTER_SALES = "after_sales"
"""Where a payload holds the after-sales that belong to the order, for the order itself tells no amounts."""


class Orders:
    """The orders of one shop, as payloads that `mapping.to_mapped` reads."""

    def __init__(self, gateway: Gateway, properties: Properties) -> None:
        self._gateway = gateway
        self._properties = properties

    async def changed(self, since: datetime, until: datetime) -> AsyncIterator[Page]:
        """Yield every order modified in [since, until]; none is lost (`listing.walk` says why).

        An id that comes twice is asked for twice, for it may have changed; what is the same is left out.
        """
        seen: set[str] = set()
        for window in windows(since, until, self._properties.longest_window):
            async for ids in walk(self.ask_ids, window, self._properties.page_size):
                fresh = []
                for payload in await self._details(ids):
                    mark = mark_of(payload)
                    if mark not in seen:
                        seen.add(mark)
                        fresh.append(payload)
                yield Page(payloads=tuple(fresh))

    async def ask_ids(self, window: Window, next_key: str) -> Ids:
        """Ask for one page of the list. Raises TooMany and the errors of `oms.domain.errors`."""
        reply = await self.ask_list(window, page_size=self._properties.page_size, next_key=next_key)
        return page_of(reply, "order_id_list")

    async def ask_list(self, window: Window, *, page_size: int, next_key: str = "") -> Reply:
        """Ask for one page, whatever the answer says."""
        question: dict[str, Any] = {
            "update_time_range": {
                "start_time": int(window.since.timestamp()),
                "end_time": int(window.until.timestamp()),
            },
            "page_size": page_size,
        }
        if next_key:
            question["next_key"] = next_key
        return await self._gateway.ask("order/list/get", question)

    async def fetch(self, number: str) -> Mapping[str, Any] | None:
        """Return an order with its after-sales, or None when the platform knows none of that number."""
        if not (number.isascii() and number.isdecimal()):
            return None
        reply = await self._gateway.ask("order/get", {"order_id": number})
        return None if reply.refusal in UNKNOWN else await self._whole(reply.part("order"))

    async def _whole(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        cases = [await self._case(case) for case in _case_ids(order)]
        return {**order, AFTER_SALES: cases} if cases else order

    async def _case(self, case_id: str) -> Mapping[str, Any]:
        question = {"after_sale_order_id": case_id}
        reply = await self._gateway.ask("aftersale/getaftersaleorder", question)
        if reply.refusal:
            return {"after_sale_order_id": case_id, "refused": reply.refusal}
        return reply.part("after_sale_order")

    async def _listed(self, number: str) -> Mapping[str, Any]:
        """Return an order of the list; one that is refused is a payload that is parked and delays no other."""
        reply = await self._gateway.ask("order/get", {"order_id": number})
        if reply.refusal:
            return {"order_id": number, "refused": reply.refusal}
        return await self._whole(reply.part("order"))

    async def _details(self, ids: Sequence[str]) -> list[Mapping[str, Any]]:
        """Ask for many, so many at a time; raises the first error after all were tried."""
        gate = asyncio.Semaphore(AT_ONE_TIME)

        async def one(number: str) -> Mapping[str, Any]:
            async with gate:
                return await self._listed(number)

        answers = await asyncio.gather(*map(one, ids), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        return [answer for answer in answers if not isinstance(answer, BaseException)]


def _case_ids(order: Mapping[str, Any]) -> list[str]:
    detail = order.get("aftersale_detail")
    listed = detail.get("aftersale_order_list") if isinstance(detail, dict) else None
    rows = listed if isinstance(listed, list) else []
    ids = (row.get("aftersale_order_id") for row in rows if isinstance(row, dict))
    return sorted({str(case) for case in ids if isinstance(case, str | int) and case})


def mark_of(payload: Mapping[str, Any]) -> str:
    """Name a content: the same content has the same mark."""
    text = json.dumps(payload, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
