"""Tell WeChat that a parcel left, once, however often we have to try."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from oms.channels.wechat.gateway import Gateway
from oms.channels.wechat.mapping import line_id
from oms.channels.wechat.orders import UNKNOWN
from oms.channels.wechat.verdict import Reply
from oms.ports import ShippedParcel, WriteBackRefused, WrittenBack

CARRIERS: Mapping[str, str] = {
    "sf": "SF",
    "yto": "YTO",
    "zto": "ZTO",
    "sto": "STO",
    "yunda": "YD",
    "jd": "JD",
    "ems": "EMS",
    "jt": "JTSD",
    "deppon": "DBL",
    "postb": "YZPY",
    "ht": "HTKY",
}
"""Our codes in WeChat's, as `/channels/ec/order/deliverycompanylist/new/get` lists them."""
SHIPPABLE = frozenset({"20", "21"})
BY_CARRIER = 1
"""`deliver_type`: handed to a carrier."""
Row = dict[str, Any]


class WriteBack:
    """Writes waybills to one shop. We look before we write: an earlier attempt may have worked unheard."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def tell(self, parcel: ShippedParcel) -> WrittenBack | WriteBackRefused:
        """Write the waybill and what is in the parcel; the order is shipped when nothing is left of it."""
        company = CARRIERS.get(parcel.carrier)
        if company is None:
            return _unknown_carrier(parcel)
        found = await self._gateway.ask("order/get", {"order_id": parcel.order.number})
        if found.refusal:
            return _refused(found)
        order = found.part("order")
        if any(row.get("waybill_id") == parcel.waybill for row in _parcels(order)):
            return WrittenBack()
        if str(order.get("status")) not in SHIPPABLE:
            return WriteBackRefused(
                reason=f"the order's status is {order.get('status')}: it cannot be shipped"
            )
        pieces = _pieces(parcel, order)
        if not pieces:
            return WriteBackRefused(reason="the parcel holds no line of this order")
        return await self._write("order/delivery/send", parcel, [_row(parcel.waybill, company, pieces)])

    async def correct(self, parcel: ShippedParcel, wrong: str) -> WrittenBack | WriteBackRefused:
        """Put the right waybill in the place of the wrong one; all others are said again, as WeChat wants it."""
        company = CARRIERS.get(parcel.carrier)
        if company is None:
            return _unknown_carrier(parcel)
        found = await self._gateway.ask("order/get", {"order_id": parcel.order.number})
        if found.refusal:
            return _refused(found)
        known = _parcels(found.part("order"))
        waybills = [row.get("waybill_id") for row in known]
        if wrong not in waybills:
            if parcel.waybill in waybills:
                return WrittenBack()
            return WriteBackRefused(reason="the order has no parcel of the waybill to be corrected")
        rows = [
            _row(parcel.waybill, company, row.get("product_infos"))
            if row.get("waybill_id") == wrong
            else _row(row.get("waybill_id"), row.get("delivery_id"), row.get("product_infos"))
            for row in known
        ]
        return await self._write("order/deliveryinfo/update", parcel, rows)

    async def _write(
        self, path: str, parcel: ShippedParcel, rows: Sequence[Row]
    ) -> WrittenBack | WriteBackRefused:
        question = {"order_id": parcel.order.number, "delivery_list": list(rows)}
        reply = await self._gateway.ask(path, question)
        return _refused(reply) if reply.refusal else WrittenBack()


def _unknown_carrier(parcel: ShippedParcel) -> WriteBackRefused:
    return WriteBackRefused(
        reason=f"carrier {parcel.carrier!r} has no code at WeChat: map it in writeback.py"
    )


def _refused(reply: Reply) -> WriteBackRefused:
    if reply.refusal in UNKNOWN:
        return WriteBackRefused(reason="WeChat knows no such order")
    return WriteBackRefused(reason=f"WeChat refused with errcode {reply.refusal}")


def _row(waybill: object, company: object, pieces: object) -> Row:
    return {
        "delivery_id": company,
        "waybill_id": waybill,
        "deliver_type": BY_CARRIER,
        "product_infos": pieces,
    }


def _pieces(parcel: ShippedParcel, order: Mapping[str, Any]) -> list[Row]:
    """Say what is in the parcel in the order's own products; what the order does not hold is a gift of ours."""
    wanted: dict[str, int] = defaultdict(int)
    for piece in parcel.pieces:
        wanted[piece.line] += piece.quantity
    rows: list[Row] = []
    for product in _products(order):
        count = wanted.pop(line_id(str(product.get("product_id")), str(product.get("sku_id"))), 0)
        if count:
            same = {name: str(product[name]) for name in ("product_id", "sku_id")}
            rows.append({**same, "product_cnt": count})
    return rows


def _products(order: Mapping[str, Any]) -> list[Row]:
    return _rows(_inside(order, "order_detail").get("product_infos"))


def _parcels(order: Mapping[str, Any]) -> list[Row]:
    delivery = _inside(_inside(order, "order_detail"), "delivery_info")
    return _rows(delivery.get("delivery_product_info"))


def _inside(part: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = part.get(name)
    return found if isinstance(found, dict) else {}


def _rows(value: object) -> list[Row]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
