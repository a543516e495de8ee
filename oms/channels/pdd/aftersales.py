"""What buyers want after the sale: listed in half hours, answered where Pinduoduo lets a program answer."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field, StrictInt, StrictStr, ValidationError

from oms.channels.pdd.answers import Reply
from oms.channels.pdd.gateway import Gateway, text_of
from oms.channels.pdd.interfaces import REFUND_AGREE, REFUNDS, RETURN_AGREE
from oms.channels.pdd.listing import EVERY_AFTER_SALE, LONGEST, PAGE_SIZE, numbered_page, span
from oms.channels.pdd.wire import MaybePrice, Stamp, State, Text, whole
from oms.domain.carriers import carrier_named
from oms.domain.ids import Mark, OrderKey, ShopKey
from oms.paging import Numbered, NumberedList, Window, walk_backwards
from oms.ports import AfterSale, Answered, AnswerRefused, Page
from oms.reading import Wire, refuse

Status = Literal[
    "requested", "approved", "returning", "received", "refunded", "rejected", "closed", "unknown"
]
Kind = Literal["refund_only", "return", "exchange", "resend", "other"]
KINDS: Mapping[int, Kind] = {2: "refund_only", 3: "return", 4: "exchange", 5: "resend"}
WAITS_FOR_US, OVER = frozenset({2, 3, 14, 21, 32}), frozenset({11, 12, 13, 16, 17, 24, 25})
STATUSES: Mapping[int, Status] = {
    **dict.fromkeys(WAITS_FOR_US, "requested"),
    **dict.fromkeys((4, 5, 7, 15, 18, 22, 27, 31), "approved"),
    **dict.fromkeys((6, 9), "rejected"),
    10: "refunded",
    **dict.fromkeys(OVER, "closed"),
}
"""`after_sales_status`; 8, where the platform itself decides, stays unknown: nobody waits for us."""
RETURN_WAITS = 3


class Case(Wire):
    """One after-sale of the list."""

    id: StrictInt | StrictStr
    order_sn: Mark
    after_sales_type: State = 0
    after_sales_status: State
    refund_amount: MaybePrice = 0
    sku_id: Text = ""
    goods_number: Text = ""
    tracking_number: Annotated[Text, Field(max_length=64)] = ""
    shipping_name: Text = ""
    updated_time: Stamp


class AfterSales:
    """Lists and answers the after-sales of one shop."""

    def __init__(self, gateway: Gateway, shop: ShopKey, return_address_id: str) -> None:
        self._gateway = gateway
        self._shop = shop
        self._return_address_id = return_address_id

    def changed(self, since: datetime, until: datetime) -> AsyncIterator[Page]:
        """Yield every after-sale modified in the window, walked like the orders."""
        return walk_backwards(NumberedList(self._ask_page, case_mark, PAGE_SIZE, LONGEST), since, until)

    async def fetch(self, case: str, order: str, now: datetime) -> Mapping[str, Any] | None:
        """Return one after-sale as the list shows it; None when the platform knows none.

        The list, which an order's number narrows to that order: what `pdd.refund.information.get` answers
        is in no public source that we could hold it against.
        """
        found = await self._ask_page(Window(now - LONGEST, now), 1, {"order_sn": order})
        return next((row for row in found.rows if case_mark(row) == case), None)

    async def _ask_page(
        self, window: Window, number: int, more: Mapping[str, str] = MappingProxyType({})
    ) -> Numbered:
        params = {"after_sales_status": EVERY_AFTER_SALE, "after_sales_type": EVERY_AFTER_SALE, **more}
        return await numbered_page(self._gateway, REFUNDS, "refund_list", params | span(window, number))

    async def answer(self, case: AfterSale, *, accept: bool, why: str) -> Answered | AnswerRefused:
        """Say yes; for a no Pinduoduo wants a person, pictures and words in its backend.

        A yes to a return lets the buyer send the goods; the money goes back with a second yes when they came.
        """
        if not accept:
            return AnswerRefused(reason="Pinduoduo takes a refusal only in its merchant backend")
        request = {"order_sn": case.order.number, "after_sales_id": case.id, "operate_desc": why[:200]}
        if case.kind == "refund_only" or (case.kind == "return" and case.status in {"returning", "received"}):
            return _answered(await self._gateway.ask(REFUND_AGREE, {"request": text_of(request)}))
        if case.kind != "return":
            return AnswerRefused(
                reason=f"Pinduoduo takes the answer to {case.kind} only in its merchant backend"
            )
        if not self._return_address_id:
            return AnswerRefused(
                reason="set return_address_id in the shop's options: a return needs an address"
            )
        request["return_address_id"] = self._return_address_id
        return _answered(await self._gateway.ask(RETURN_AGREE, {"request": text_of(request)}))


def case_mark(row: Mapping[str, Any]) -> str:
    """Name the after-sale a row is about; empty for a row that names none."""
    return str(row.get("id", ""))


def _answered(reply: Reply) -> Answered | AnswerRefused:
    """Read the two ways in which these interfaces say that it worked."""
    if reply.refusal:
        return AnswerRefused(reason=f"Pinduoduo answered {reply.refusal}")
    result = reply.content.get("result")
    inner = result if isinstance(result, dict) else {}
    if True in {inner.get("succ"), inner.get("success")}:
        return Answered()
    return AnswerRefused(reason="Pinduoduo did not take it: look at the after-sale in its merchant backend")


def to_after_sale(row: Mapping[str, Any], shop: ShopKey) -> AfterSale:
    """Translate an after-sale. Raises Unmappable naming the field and never its content."""
    try:
        theirs = Case.model_validate(dict(row))
    except ValidationError as error:
        refuse(error)
    status = STATUSES.get(theirs.after_sales_status, "unknown")
    if theirs.after_sales_status == RETURN_WAITS and theirs.tracking_number:
        status = "returning"
    pieces = whole(theirs.goods_number)
    return AfterSale(
        id=str(theirs.id),
        order=OrderKey(channel=shop.channel, shop=shop.shop, number=theirs.order_sn),
        kind=KINDS.get(theirs.after_sales_type, "other"),
        status=status,
        raw_status=str(theirs.after_sales_status),
        line=theirs.sku_id,
        quantity=pieces if pieces > 0 else None,
        refund_fen=theirs.refund_amount,
        waybill=theirs.tracking_number,
        carrier=carrier_named(theirs.shipping_name),
        modified_at=theirs.updated_time,
    )
