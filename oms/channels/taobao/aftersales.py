"""Refunds, returns and exchanges: list what buyers ask for, and answer it."""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import ValidationError

from oms.channels.taobao.fields import REFUND_FIELDS
from oms.channels.taobao.gateway import Content, Shop, nested
from oms.channels.taobao.listing import page_params, total_of
from oms.channels.taobao.verdict import Refusal
from oms.channels.taobao.wire import Refund
from oms.domain.carriers import carrier_named
from oms.domain.ids import OrderKey, ShopKey
from oms.paging import Numbered, NumberedList, Window, walk_backwards
from oms.ports import AfterSale, Answered, AnswerRefused, Page
from oms.reading import refuse

LIST = "taobao.refunds.receive.get"
DETAIL = "taobao.refund.get"
AGREE = "taobao.rp.refunds.agree"
AGREE_TO_RETURN = "taobao.rp.returngoods.agree"
REFUSE = "taobao.refund.refuse"
PAGE_SIZE = 50
LONGEST = timedelta(days=1)
SHORTEST_WORDS, LONGEST_WORDS = 2, 200
"""How much a refusal must and may say."""
NO_WORDS = "卖家不同意"
SEEN = re.compile(r"(?P<version>\d*)\|(?P<phase>\w*)", re.ASCII)

Kind = Literal["refund_only", "return", "exchange", "resend", "other"]
Status = Literal[
    "requested", "approved", "returning", "received", "refunded", "rejected", "closed", "unknown"
]

STATUSES: Mapping[str, Status] = {
    "WAIT_SELLER_AGREE": "requested",
    "WAIT_BUYER_RETURN_GOODS": "approved",
    "WAIT_SELLER_CONFIRM_GOODS": "returning",
    "WAIT_SELLER_CONSIGN_GOODS": "received",
    "WAIT_BUYER_CONFIRM_EXCHANGE_SELLER_SEND_GOODS": "received",
    "SELLER_REFUSE_BUYER": "rejected",
    "EXCHANGE_TRANSFORM_TO_REFUND": "closed",
    "CLOSED": "closed",
    "SUCCESS": "refunded",
}
AGREED = frozenset({"WAIT_BUYER_RETURN_GOODS", "WAIT_SELLER_CONFIRM_GOODS", "SUCCESS"})
REFUSED = frozenset({"SELLER_REFUSE_BUYER"})


class AfterSales:
    """The after-sales of one shop."""

    def __init__(self, key: ShopKey, shop: Shop, return_address_id: str) -> None:
        self._key = key
        self._shop = shop
        self._return_address_id = return_address_id

    def changed(self, since: datetime, until: datetime) -> AsyncIterator[Page]:
        """Yield every after-sale modified in the window, page by page from the last to the first."""
        return walk_backwards(NumberedList(self._ask_page, _mark, PAGE_SIZE, LONGEST), since, until)

    async def fetch(self, refund_id: str) -> Mapping[str, Any] | None:
        """Return one after-sale with the fields the list shows; None when the platform knows none."""
        if not (refund_id.isascii() and refund_id.isdecimal()):
            return None
        content = await self._shop.ask(DETAIL, {"refund_id": refund_id, "fields": REFUND_FIELDS})
        refund = None if isinstance(content, Refusal) else content.get("refund")
        return refund if isinstance(refund, Mapping) else None

    async def answer(self, case: AfterSale, *, accept: bool, why: str) -> Answered | AnswerRefused:
        """Agree or refuse; when the platform says no, we look whether our answer stands there already."""
        if case.kind not in {"refund_only", "return"}:
            return AnswerRefused(
                reason=f"a case of kind {case.kind} must be answered on the platform's own pages"
            )
        method, params = self._agreement(case) if accept else (REFUSE, _refusal(case, why))
        answer = await self._shop.ask(method, params)
        reason = _no(answer)
        if not reason:
            return Answered()
        stands = await self._status(case.id)
        return Answered() if stands in (AGREED if accept else REFUSED) else AnswerRefused(reason=reason)

    def _agreement(self, case: AfterSale) -> tuple[str, dict[str, str]]:
        """Agree to the return first; the money is agreed to when the goods are back, or need not come back."""
        version, phase = _seen(case)
        if case.kind == "return" and case.status == "requested":
            address = self._return_address_id
            return AGREE_TO_RETURN, {
                "refund_id": case.id, "refund_version": version, "refund_phase": phase,
                "seller_address_id": address,
            }  # fmt: skip
        return AGREE, {"refund_infos": f"{case.id}|{case.refund_fen}|{version}|{phase}"}

    async def _status(self, refund_id: str) -> str:
        content = await self._shop.ask(DETAIL, {"refund_id": refund_id, "fields": "refund_id,status"})
        refund = {} if isinstance(content, Refusal) else content.get("refund")
        return str(refund.get("status", "")) if isinstance(refund, Mapping) else ""

    async def _ask_page(self, window: Window, number: int) -> Numbered:
        params = page_params(window, number, PAGE_SIZE) | {"fields": REFUND_FIELDS}
        content = await self._shop.get(LIST, params)
        found = nested(content, "refunds", "refund")
        rows = tuple(row if isinstance(row, dict) else {"unreadable": row} for row in found)
        return Numbered(rows, total_of(content, number, len(rows), PAGE_SIZE))


def to_after_sale(payload: Mapping[str, Any], shop: ShopKey) -> AfterSale:
    """Translate a refund. Raises Unmappable naming the field and not its content."""
    try:
        theirs = Refund.model_validate(dict(payload))
        return AfterSale(
            id=theirs.refund_id,
            order=OrderKey(channel=shop.channel, shop=shop.shop, number=theirs.tid),
            kind=_kind(theirs),
            status=STATUSES.get(theirs.status, "unknown"),
            raw_status=theirs.status,
            line=theirs.oid if theirs.oid != theirs.tid else "",
            quantity=theirs.num,
            refund_fen=theirs.refund_fee,
            version=f"{theirs.refund_version}|{theirs.refund_phase}",
            waybill=theirs.sid,
            carrier=carrier_named(theirs.company_name),
            modified_at=theirs.modified,
        )
    except ValidationError as error:
        refuse(error)


def _kind(theirs: Refund) -> Kind:
    word = theirs.dispute_type.upper()
    if "EXCHANGE" in word:
        return "exchange"
    if "RESHIP" in word:
        return "resend"
    if "REPAIR" in word:
        return "other"
    return "return" if theirs.has_good_return or "RETURN" in word else "refund_only"


def _seen(case: AfterSale) -> tuple[str, str]:
    """Read the version and the phase that the platform wants back, so that we answer what we have seen."""
    match = SEEN.fullmatch(case.version)
    return (match["version"], match["phase"]) if match else ("", "")


def _refusal(case: AfterSale, why: str) -> dict[str, str]:
    version, phase = _seen(case)
    words = why.strip()[:LONGEST_WORDS]
    message = words if len(words) >= SHORTEST_WORDS else NO_WORDS
    return {
        "refund_id": case.id, "refuse_message": message, "refund_version": version, "refund_phase": phase,
    }  # fmt: skip


def _no(answer: Content | Refusal) -> str:
    """Say why the platform did not take an answer; empty when it did."""
    if isinstance(answer, Refusal):
        return answer.reason
    if answer.get("succ") is True or answer.get("is_success") is True:
        return ""
    rows = nested(answer, "results", "refund_mapping_result")
    told = [row.get("message") for row in rows if isinstance(row, Mapping)] + [answer.get("message")]
    return next((str(words) for words in told if words), "the platform did not take it and gave no reason")


def _mark(row: Mapping[str, Any]) -> str:
    number = row.get("refund_id")
    return str(number) if isinstance(number, int | str) else ""
