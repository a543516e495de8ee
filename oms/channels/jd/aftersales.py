"""Buyers who want to cancel before the goods have left, and our answer to them.

That is the only after-sale of JD whose list can be asked by modification time and whose answer is known
[2+ for names, states and amounts in fen; 1 for the window by modification]. Returns after delivery are
`jingdong.asc.*` service orders, whose field contract is not known.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from oms.channels.jd.answers import Refusal, count, refused
from oms.channels.jd.mapping import read
from oms.channels.jd.orders import MOST_PAGES
from oms.channels.jd.routerjson import Routerjson
from oms.channels.jd.wire import Refund
from oms.channels.jd.words import stamp
from oms.domain.errors import Unavailable, Unmappable
from oms.domain.ids import OrderKey, ShopKey
from oms.paging import Numbered, NumberedList, Window, walk_backwards
from oms.ports import AfterSale, Answered, AnswerRefused, Page

LIST = "jingdong.pop.afs.soa.refundapply.queryPageList"
REPLY = "jingdong.pop.afs.soa.refundapply.replyRefund"
PAGE_SIZE = 50
LONGEST = timedelta(days=7)
AGREE, REFUSE = "1", "2"
OTHER_REASON = 5
LEFT_ALREADY, STILL_HERE = 1, 2
LONGEST_REMARK = 100
CHECKED_BY = "orderloom"

Status = Literal[
    "requested", "approved", "returning", "received", "refunded", "rejected", "closed", "unknown"
]
STATES: Mapping[str, Status] = {
    "0": "requested",
    "1": "approved",
    "2": "rejected",
    "3": "approved",
    "4": "rejected",
    "5": "approved",
    "6": "approved",
    "7": "approved",
    "8": "rejected",
    "9": "approved",
    "10": "requested",
    "11": "closed",
}
"""JD's finance agreeing (3) is not yet money with the buyer: the order itself says that, being cancelled."""


class Cancellations:
    """Lists and answers the wishes to cancel of one shop."""

    def __init__(self, shop: ShopKey, router: Routerjson) -> None:
        self._shop = shop
        self._router = router

    def changed(self, since: datetime, until: datetime) -> AsyncIterator[Page]:
        """Every wish modified in the window, walked backwards like the orders."""
        listed = NumberedList(
            self._page,
            lambda row: str(row.get("id", "")),
            PAGE_SIZE,
            LONGEST,
            most_rows=PAGE_SIZE * MOST_PAGES,
        )
        return walk_backwards(listed, since, until)

    async def fetch(self, wish: str) -> Mapping[str, Any] | None:
        """Return one wish as the list shows it; None when JD knows none."""
        if not (wish.isascii() and wish.isdecimal()):
            return None
        page = await self._ask({"ids": wish, "pageIndex": 1, "pageSize": PAGE_SIZE})
        return next((row for row in page.rows if str(row.get("id", "")) == wish), None)

    async def answer(self, case: AfterSale, *, accept: bool, why: str) -> Answered | AnswerRefused:
        """Agree or refuse; one that was answered so already is answered."""
        wanted: Status = "approved" if accept else "rejected"
        now = await self._find(case)
        if now is None:
            return AnswerRefused(reason="JD knows no such wish to cancel")
        if now.status == wanted:
            return Answered()
        if now.status != "requested":
            return AnswerRefused(reason=f"JD's wish to cancel is {now.status} already")
        business: dict[str, str | int] = {
            "status": int(AGREE if accept else REFUSE),
            "id": int(case.id),
            "checkUserName": CHECKED_BY,
            "remark": why[:LONGEST_REMARK] or ("同意取消" if accept else "无法取消"),
            "outWareStatus": STILL_HERE if accept else LEFT_ALREADY,
        }
        if not accept:
            business["rejectType"] = OTHER_REASON
        answer = await self._router.ask(REPLY, business)
        refusal = answer if isinstance(answer, Refusal) else refused(answer.get("replyResult"))
        return AnswerRefused(reason=str(refusal)) if refusal else Answered()

    def read(self, row: object) -> AfterSale:
        """Translate one wish. Raises Unmappable."""
        theirs = read(Refund, row)
        fen = str(theirs.applyRefundSum)
        if not (fen.isascii() and fen.isdecimal()):
            raise Unmappable("is not an amount in fen", field="applyRefundSum")
        return AfterSale(
            id=theirs.id,
            order=OrderKey(channel=self._shop.channel, shop=self._shop.shop, number=theirs.orderId),
            kind="refund_only",
            status=STATES.get(theirs.status, "unknown"),
            raw_status=theirs.status,
            refund_fen=int(fen),
            modified_at=theirs.modified or theirs.checkTime or theirs.applyTime,
        )

    async def _find(self, case: AfterSale) -> AfterSale | None:
        page = await self._ask({"ids": case.id, "pageIndex": 1, "pageSize": PAGE_SIZE})
        return next((found for found in map(self.read, page.rows) if found.id == case.id), None)

    async def _page(self, window: Window, number: int) -> Numbered:
        return await self._ask(
            {
                "modifiedStart": stamp(window.since),
                "modifiedEnd": stamp(window.until),
                "pageIndex": number,
                "pageSize": PAGE_SIZE,
            }
        )

    async def _ask(self, business: Mapping[str, str | int]) -> Numbered:
        answer = await self._router.ask(LIST, business)
        result = answer if isinstance(answer, Refusal) else answer.get("queryResult")
        refusal = result if isinstance(result, Refusal) else refused(result)
        if refusal is not None or not isinstance(result, dict):
            raise Unavailable(f"{LIST}: {refusal or 'an answer without a result'}")
        rows = result.get("result") or []
        return Numbered(
            tuple(row for row in rows if isinstance(row, dict)), count(result.get("totalCount"), LIST)
        )
