"""Tell the platform that a parcel left, once, however often we have to try.

Whole lines go the usual way. For a line that leaves in pieces the platform has a newer call, which counts.
"""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from oms.channels.taobao.carriers import company_code
from oms.channels.taobao.gateway import Content, Shop
from oms.channels.taobao.trades import Trades
from oms.channels.taobao.verdict import Refusal
from oms.channels.taobao.wire import Trade
from oms.domain.errors import Unavailable
from oms.ports import ShippedParcel, WriteBackRefused, WrittenBack

SEND = "taobao.logistics.offline.send"
SEND_PIECES = "alibaba.ascp.logistics.offline.send"
RESEND = "taobao.logistics.consign.resend"
SENT_ALREADY = "isv.logistics-offline-service-error:B04"
"""Sent before, or closed: which of both only a look at the trade tells."""
CALLED_OFF = frozenset({"TRADE_CLOSED", "TRADE_CLOSED_BY_TAOBAO"})
WAITING = frozenset({"WAIT_SELLER_SEND_GOODS", "SELLER_CONSIGNED_PART"})


class _Lines(NamedTuple):
    """The lines of a trade by what became of them."""

    status: str
    waybills: Mapping[str, str]
    """Line to waybill, of the lines that left, be it in part."""
    waiting: Mapping[str, int]
    """Line to pieces ordered, of the lines that are to be sent, be it the rest of them."""

    def under(self, waybill: str) -> tuple[str, ...]:
        """List the lines that left under a waybill."""
        return tuple(line for line, known in self.waybills.items() if known == waybill)


class WriteBack:
    """Writes the waybills of one shop; it looks before it writes, for an earlier answer may have been lost."""

    def __init__(self, shop: Shop, trades: Trades) -> None:
        self._shop = shop
        self._trades = trades

    async def tell(self, parcel: ShippedParcel) -> WrittenBack | WriteBackRefused:
        """Write the waybill onto the parcel's lines, or onto all that wait if it is the last."""
        lines = await self._look(parcel.order.number)
        if isinstance(lines, WriteBackRefused) or parcel.waybill in lines.waybills.values():
            return lines if isinstance(lines, WriteBackRefused) else WrittenBack()
        if lines.status in CALLED_OFF:
            return WriteBackRefused(reason=f"the platform's order is {lines.status}")
        company = company_code(parcel.carrier)
        if company is None:
            return _unmapped(parcel)
        answer = await self._send(parcel, company, lines)
        if isinstance(answer, Refusal) and answer.code == SENT_ALREADY:
            return await self._look_again(parcel, answer)
        return answer if isinstance(answer, WriteBackRefused) else _verdict(answer)

    async def _send(
        self, parcel: ShippedParcel, company: str, lines: _Lines
    ) -> Content | Refusal | WriteBackRefused:
        ours: Counter[str] = Counter()
        for piece in parcel.pieces:
            ours[piece.line] += piece.quantity
        leaving = tuple(line for line in lines.waiting if parcel.last or line in ours)
        if not leaving:
            return _nothing_left(lines)
        halves = [line for line in leaving if 0 < ours[line] < lines.waiting[line]]
        if halves:
            return await self._shop.ask(SEND_PIECES, _pieces(parcel, company, leaving, halves, ours))
        whole = not lines.waybills and len(leaving) == len(lines.waiting)
        return await self._shop.ask(SEND, _params(parcel, company, () if whole else leaving))

    async def correct(self, parcel: ShippedParcel, wrong: str) -> WrittenBack | WriteBackRefused:
        """Put the parcel's waybill onto the lines that left under the wrong one."""
        lines = await self._look(parcel.order.number)
        if isinstance(lines, WriteBackRefused) or parcel.waybill in lines.waybills.values():
            return lines if isinstance(lines, WriteBackRefused) else WrittenBack()
        company, mistaken = company_code(parcel.carrier), lines.under(wrong)
        if company is None:
            return _unmapped(parcel)
        if not mistaken:
            return WriteBackRefused(reason=f"the platform knows no parcel {wrong} of this order")
        whole = len(mistaken) == len(lines.waybills) and not lines.waiting
        return _verdict(await self._shop.ask(RESEND, _params(parcel, company, () if whole else mistaken)))

    async def _look(self, number: str) -> _Lines | WriteBackRefused:
        found = await self._trades.fetch(number)
        if found is None:
            return WriteBackRefused(reason="the platform knows no such order")
        return _lines(found)

    async def _look_again(self, parcel: ShippedParcel, refusal: Refusal) -> WrittenBack | WriteBackRefused:
        lines = await self._look(parcel.order.number)
        if isinstance(lines, WriteBackRefused):
            return lines
        if parcel.waybill in lines.waybills.values():
            return WrittenBack()
        return WriteBackRefused(reason=refusal.reason)


def _lines(found: Mapping[str, Any]) -> _Lines:
    try:
        theirs = Trade.model_validate(dict(found))
    except ValidationError:
        raise Unavailable("the platform answered a trade that cannot be read") from None
    gone = {line.oid: line.invoice_no.strip() for line in theirs.orders if line.invoice_no.strip()}
    waiting = {line.oid: line.num for line in theirs.orders if (line.status or theirs.status) in WAITING}
    return _Lines(theirs.status, gone, waiting)


def _params(parcel: ShippedParcel, company: str, split: tuple[str, ...]) -> dict[str, str]:
    params = {"tid": parcel.order.number, "out_sid": parcel.waybill, "company_code": company}
    return params | ({"is_split": "1", "sub_tid": ",".join(split)} if split else {})


def _pieces(
    parcel: ShippedParcel, company: str, leaving: tuple[str, ...], halves: list[str], ours: Counter[str]
) -> dict[str, str]:
    """Say how many of each line leave; without a number the platform takes all there is of it.

    `consign_status` names the line that is (not yet) complete; the platform's page shows one, so a parcel
    with pieces of several lines names them in a list.
    """
    goods = [{"sub_tid": line} | ({"num": ours[line]} if ours[line] else {}) for line in leaving]
    told = [{"sub_tid": line, "is_part_consign": not parcel.last} for line in halves]
    package = {"out_sid": parcel.waybill, "company_code": company, "goods": goods}
    return {
        "tid": parcel.order.number,
        "consign_type": "1",
        "consign_pkgs": json.dumps([package]),
        "consign_status": json.dumps(told[0] if len(told) == 1 else told),
    }


def _verdict(answer: Content | Refusal) -> WrittenBack | WriteBackRefused:
    if isinstance(answer, Refusal):
        return WriteBackRefused(reason=answer.reason)
    shipping, result = answer.get("shipping"), answer.get("result")
    if isinstance(shipping, Mapping) and shipping.get("is_success") is True:
        return WrittenBack()
    if isinstance(result, Mapping) and result.get("success") is True:
        return WrittenBack()
    return WriteBackRefused(reason="the platform did not take the waybill and gave no reason")


def _nothing_left(lines: _Lines) -> WriteBackRefused:
    if lines.waybills:
        return WriteBackRefused(reason="its lines left under another waybill already")
    return WriteBackRefused(
        reason=f"the platform's order is {lines.status}: none of its lines is to be shipped"
    )


def _unmapped(parcel: ShippedParcel) -> WriteBackRefused:
    return WriteBackRefused(reason=f"no company code for the carrier {parcel.carrier!r}: map it for taobao")
