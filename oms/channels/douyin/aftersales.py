"""After-sales of Doudian: read into our words, and answered as their state allows."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import ValidationError

from oms.channels.douyin.config import LARGEST_PAGE, DouyinConfig
from oms.channels.douyin.gateway import Gateway
from oms.channels.douyin.listing import (
    FIRST_PAGE,
    LONGEST_WINDOW,
    MOST_AFTER_SALES,
    AfterSalePages,
    after_sale_mark,
    numbered,
)
from oms.channels.douyin.verdict import Reply
from oms.channels.douyin.wire import Count, Fen, Id, MaybeStamp, Stamp, Text, Word
from oms.domain.carriers import carrier_named
from oms.domain.ids import OrderKey, ShopKey
from oms.paging import NumberedList, walk_backwards
from oms.ports import AfterSale, Answered, AnswerRefused, Page
from oms.reading import Wire, refuse

Kind = Literal["refund_only", "return", "exchange", "resend", "other"]
Status = Literal[
    "requested", "approved", "returning", "received", "refunded", "rejected", "closed", "unknown"
]

KINDS: Mapping[str, Kind] = {
    "0": "return", "1": "refund_only", "2": "refund_only", "3": "exchange", "7": "resend",
}  # fmt: skip
STATUSES: Mapping[str, Status] = {
    "6": "requested",
    "7": "approved",
    "11": "returning",
    "8": "received",
    "3": "received",
    "13": "received",
    "12": "refunded",
    "14": "closed",
    "27": "rejected",
    "28": "closed",
    "29": "rejected",
}
OPERATIONS: Mapping[tuple[str, str], int] = {
    ("return", "requested"): 101,
    ("return", "returning"): 111,
    ("refund_only", "requested"): 201,
    ("exchange", "requested"): 301,
    ("exchange", "returning"): 311,
}
"""What agreeing is called in each state; refusing is the number behind it."""
SENDS_BACK = frozenset({101, 301})
"""Agreeing to these tells the buyer where to send the goods."""
AGREED: frozenset[Status] = frozenset({"approved", "received", "refunded"})
REFUSED: frozenset[Status] = frozenset({"rejected"})
WRONG_STATE = ":20309541"


class _Info(Wire):
    aftersale_id: Id
    aftersale_type: Word
    aftersale_status: Word
    refund_amount: Fen = 0
    aftersale_num: Count | None = None
    related_id: Text = ""
    update_time: Stamp
    return_logistics_code: Text = ""
    return_logistics_company_name: Text = ""
    status_deadline: MaybeStamp = None


class _Order(Wire):
    shop_order_id: Id


class _Item(Wire):
    aftersale_info: _Info
    order_info: _Order


class AfterSales:
    """Lists and answers the after-sales of one shop."""

    def __init__(self, config: DouyinConfig, gateway: Gateway) -> None:
        self._config = config
        self._gateway = gateway
        pages = AfterSalePages(gateway)
        self._list = NumberedList(
            ask=pages.ask,
            mark=after_sale_mark,
            page_size=LARGEST_PAGE,
            longest=LONGEST_WINDOW,
            first_page=FIRST_PAGE,
            most_rows=MOST_AFTER_SALES,
        )

    def changed(self, since: datetime, until: datetime) -> AsyncIterator[Page]:
        """Yield every after-sale modified in the window."""
        return walk_backwards(self._list, since, until)

    async def fetch(self, case: str) -> Mapping[str, Any] | None:
        """Return one after-sale as the list shows it; None when the platform knows none."""
        method = "afterSale.List"
        reply = await self._gateway.ask(method, {"aftersale_id": case, "page": FIRST_PAGE, "size": 1})
        what = self._gateway.about(method)
        rows = numbered(reply.mapping(what), "items", what).rows
        return next((row for row in rows if after_sale_mark(row) == case), None)

    async def answer(self, case: AfterSale, *, accept: bool, why: str) -> Answered | AnswerRefused:
        """Agree or refuse; what was answered so before counts as answered."""
        operation = OPERATIONS.get((case.kind, case.status))
        if operation is None:
            if case.status in (AGREED if accept else REFUSED):
                return Answered()
            return AnswerRefused(
                reason=f"a case of kind {case.kind} cannot be answered in state {case.raw_status}"
            )
        params = {"type": operation if accept else operation + 1, "items": [self._item(case, accept, why)]}
        reply = await self._gateway.ask("afterSale.operate", params)
        if reply.refusal.endswith(WRONG_STATE) and await self._stands(case, accept):
            return Answered()
        return _answered(reply)

    def _item(self, case: AfterSale, accept: bool, why: str) -> dict[str, Any]:  # noqa: FBT001 - the answer
        item: dict[str, Any] = {"aftersale_id": case.id}
        if case.version.isdecimal():
            item["update_time"] = int(case.version)
        if not accept:
            item |= {"reason": why, "remark": why}
            if self._config.reject_reason_code is not None:
                item["reject_reason_code"] = self._config.reject_reason_code
        elif OPERATIONS[case.kind, case.status] in SENDS_BACK and self._config.return_address_id is not None:
            item["logistics"] = {"receiver_address_id": self._config.return_address_id}
        return item

    async def _stands(self, case: AfterSale, accept: bool) -> bool:  # noqa: FBT001 - the answer
        """Look whether the case stands as if our answer had been taken."""
        row = await self.fetch(case.id)
        return row is not None and to_after_sale(row, self._config.shop).status in (
            AGREED if accept else REFUSED
        )


def to_after_sale(row: Mapping[str, Any], shop: ShopKey) -> AfterSale:
    """Translate one row of the list. Raises Unmappable naming the field."""
    try:
        theirs = _Item.model_validate(dict(row))
        info, number = theirs.aftersale_info, theirs.order_info.shop_order_id
        return AfterSale(
            id=info.aftersale_id,
            order=OrderKey(channel=shop.channel, shop=shop.shop, number=number),
            kind=KINDS.get(info.aftersale_type, "other"),
            status=STATUSES.get(info.aftersale_status, "unknown"),
            raw_status=info.aftersale_status,
            line="" if info.related_id == number else info.related_id,
            quantity=info.aftersale_num or None,
            refund_fen=info.refund_amount,
            version=str(int(info.update_time.timestamp())),
            waybill=info.return_logistics_code,
            carrier=carrier_named(info.return_logistics_company_name),
            answer_by=info.status_deadline,
            modified_at=info.update_time,
        )
    except ValidationError as error:
        refuse(error)


def _answered(reply: Reply) -> Answered | AnswerRefused:
    if reply.refusal:
        return AnswerRefused(reason=f"the platform answered {reply.reason}")
    items = reply.content.get("items") if isinstance(reply.content, dict) else None
    codes = [item.get("status_code") for item in items or () if isinstance(item, dict)]
    if any(code not in {None, 0, "0"} for code in codes):
        return AnswerRefused(reason=f"the platform answered {codes[0]}")
    return Answered()
