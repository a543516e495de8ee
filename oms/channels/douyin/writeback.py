"""Tell Doudian that a parcel left, once, however often we have to try; and put a wrong waybill right."""

from collections import Counter
from typing import Any

from oms.channels.douyin.gateway import Gateway
from oms.channels.douyin.mapping import read_order, status_word
from oms.channels.douyin.orders import Orders
from oms.channels.douyin.verdict import Reply
from oms.channels.douyin.wire import Order
from oms.channels.douyin.words import CALLED_OFF, company_of
from oms.ports import ShippedParcel, WriteBackRefused, WrittenBack

NEEDS_PACK = ":70011"
"""End of the refusal to correct an order that was sent parcel by parcel as if it had been sent whole."""
UNKNOWN = WriteBackRefused(reason="the platform knows no such order")


class WriteBack:
    """Writes waybills to one shop; looks before it writes, for an answer may have been lost."""

    def __init__(self, gateway: Gateway, orders: Orders) -> None:
        self._gateway = gateway
        self._orders = orders

    async def tell(self, parcel: ShippedParcel) -> WrittenBack | WriteBackRefused:
        """Write the waybill: of the whole order when it is the only parcel, else of the pieces in it."""
        company = company_of(parcel.carrier)
        if company is None:
            return _unmapped(parcel.carrier)
        payload = await self._orders.fetch(parcel.order.number)
        if payload is None:
            return UNKNOWN
        order = read_order(payload)
        known = _waybills(order)
        if parcel.waybill in known:
            return WrittenBack()
        if status_word(order) in CALLED_OFF:
            return WriteBackRefused(reason=f"the platform's order is called off ({order.main_status})")
        if parcel.last and not known:
            return _told(await self._whole(parcel, company))
        return _told(await self._part(parcel, company))

    async def correct(self, parcel: ShippedParcel, wrong: str) -> WrittenBack | WriteBackRefused:
        """Put the parcel's waybill in the place of the wrong one."""
        company = company_of(parcel.carrier)
        if company is None:
            return _unmapped(parcel.carrier)
        payload = await self._orders.fetch(parcel.order.number)
        if payload is None:
            return UNKNOWN
        order = read_order(payload)
        known = _waybills(order)
        if wrong not in known:
            written = parcel.waybill in known
            return WrittenBack() if written else WriteBackRefused(reason="the platform knows no such waybill")
        change = {
            "order_id": order.order_id,
            "company_code": company,
            "logistics_code": parcel.waybill,
        }
        if len(known) == 1:
            reply = await self._gateway.ask("order.logisticsEdit", change)
            if not reply.refusal.endswith(NEEDS_PACK):
                return _told(reply)
        return _told(
            await self._gateway.ask("order.logisticsEditByPack", {**change, "pack_id": known[wrong]})
        )

    async def _whole(self, parcel: ShippedParcel, company: str) -> Reply:
        params = {
            "order_id": parcel.order.number,
            "company_code": company,
            "logistics_code": parcel.waybill,
        }
        return await self._gateway.ask("order.logisticsAdd", params)

    async def _part(self, parcel: ShippedParcel, company: str) -> Reply:
        """Write some pieces; the platform answers the same request id again without shipping again."""
        params: dict[str, Any] = {
            "order_id": parcel.order.number,
            "request_id": parcel.idempotency_key,
            "pack_list": [
                {
                    "company_code": company,
                    "logistics_code": parcel.waybill,
                    "shipped_order_info": _pieces(parcel),
                }
            ],
        }
        return await self._gateway.ask("order.logisticsAddMultiPack", params)


def _pieces(parcel: ShippedParcel) -> list[dict[str, Any]]:
    pieces = Counter[str]()
    for piece in parcel.pieces:
        pieces[piece.line] += piece.quantity
    return [{"shipped_order_id": line, "shipped_num": count} for line, count in pieces.items()]


def _waybills(order: Order) -> dict[str, str]:
    """Return the waybills the platform knows, each with the platform's id of its parcel."""
    return {parcel.tracking_no: parcel.delivery_id for parcel in order.logistics_info if parcel.tracking_no}


def _told(reply: Reply) -> WrittenBack | WriteBackRefused:
    if reply.refusal:
        return WriteBackRefused(reason=f"the platform answered {reply.reason}")
    return WrittenBack()


def _unmapped(carrier: str) -> WriteBackRefused:
    return WriteBackRefused(reason=f"no code of the platform for carrier {carrier}: map it in words.py")
