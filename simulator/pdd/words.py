"""An order in Pinduoduo's words: yuan as numbers, times in Chinese time, people masked and encrypted."""

from datetime import datetime
from hashlib import sha256

from simulator.market.order import MarketCase, MarketLine, MarketOrder
from simulator.pdd.companies import USABLE
from simulator.shipment import name_of
from simulator.wire import Json, china_stamp, yuan

NO_CASE = 0
ORDER_STATUS = {
    "unpaid": 1,
    "paid": 1,
    "part_shipped": 2,
    "shipped": 2,
    "received": 3,
    "cancelled": 1,
    "refunded": 1,
}
CASE_TYPE = {"refund_only": 2, "return": 3, "exchange": 4, "resend": 5}
WAITS_FOR_SELLER = {"refund_only": 2, "return": 3, "exchange": 14, "resend": 21}
AGREED = {"refund_only": 4, "return": 7, "exchange": 15, "resend": 22}
CASE_STATUS = {"returning": 3, "refused": 6, "refunded": 10, "closed": 11}
PARTS = ("name", "phone", "address")


def order_body(order: MarketOrder) -> Json:
    """Show an order as list and detail do."""
    lines = [_item(line) for line in order.lines]
    refund = _refund_status(order)
    body: Json = {
        "order_sn": order.number,
        "order_status": 2 if order.parcels and order.status != "received" else ORDER_STATUS[order.status],
        "refund_status": refund,
        "after_sales_status": case_status(order.cases[-1]) if order.cases else NO_CASE,
        "confirm_status": 2 if order.status == "cancelled" else int(order.paid),
        "group_status": int(order.paid),
        "risk_control_status": 0,
        "trade_type": 0,
        "is_lucky_flag": 1,
        "is_pre_sale": int(order.demand.presale),
        "pre_sale_time": _maybe(order.ship_by if order.demand.presale else None),
        "country": "中国",
        "tracking_number": order.parcels[0].waybill if order.parcels else "",
        "logistics_id": company_number(order.parcels[0].company) if order.parcels else 0,
        "remark": order.memo,
        "remark_tag": None,
        "buyer_memo": order.draft.note,
        "order_tag_list": [{"name": "no_trace_delivery", "value": 0}],
        "item_list": lines,
    }
    if order.parcels[1:]:
        body["extra_delivery_list"] = [
            {"tracking_number": parcel.waybill, "logistics_id": company_number(parcel.company)}
            for parcel in order.parcels[1:]
        ]
    return body | _times(order) | _amounts(order) | _receiver(order) | order.raw


def case_body(case: MarketCase, order: MarketOrder) -> Json:
    """Show an after-sale as its list does: here amounts are text."""
    line = order.line(case.line) or order.lines[0]
    item = _item(line)
    return {
        "id": int(case.id),
        "order_sn": case.number,
        "after_sales_type": CASE_TYPE[case.kind],
        "after_sales_status": case_status(case),
        "after_sale_reason": case.reason,
        "refund_amount": yuan(case.amount_fen),
        "order_amount": yuan(order.draft.total_fen),
        "discount_amount": "0.00",
        "goods_id": item["goods_id"],
        "sku_id": str(item["sku_id"]),
        "goods_number": str(order.pieces_of(case)),
        "goods_name": item["goods_name"],
        "goods_price": yuan(line.draft.price_fen),
        "outer_id": item["outer_id"],
        "tracking_number": case.waybill,
        "shipping_name": name_of(case.company),
        "confirm_time": _maybe(order.paid_at),
        "created_time": china_stamp(case.created),
        "updated_time": china_stamp(case.modified),
        "speed_refund_flag": 0,
    }


def case_status(case: MarketCase) -> int:
    """Say how an after-sale stands."""
    if case.status == "requested":
        return WAITS_FOR_SELLER[case.kind]
    return AGREED[case.kind] if case.status == "agreed" else CASE_STATUS[case.status]


def number(fen: int) -> float:
    """Write fen as the JSON number of yuan that Pinduoduo sends."""
    return float(yuan(fen))


def sku_number(sku: str, before: int = 0) -> int:
    """Number a SKU as the platform does; a further line of an order with the same SKU gets its own."""
    return 800_000_000_000 + int(sha256(sku.encode()).hexdigest()[:10], 16) % 10**9 * 100 + before


def cipher(order: MarketOrder, part: str) -> str:
    """Encrypt a part of the receiver: only the platform can tell what it stands for."""
    mark = "$" if part == "phone" else "~"
    opaque = sha256(f"{order.token}:{part}".encode()).hexdigest()[:32]
    return f"{mark}AgAAAA{opaque}{mark}{part}{mark}"


def plain(order: MarketOrder, part: str) -> str:
    """Say what a part of the receiver is."""
    buyer = order.buyer
    return {"name": buyer.name, "phone": buyer.phone, "address": buyer.street}[part]


def company_number(code: str) -> int:
    """Return a carrier's number."""
    return next((number for number, known in USABLE.items() if known == code), 0)


def _times(order: MarketOrder) -> Json:
    return {
        "created_time": china_stamp(order.created),
        "pay_time": _maybe(order.paid_at),
        "confirm_time": _maybe(order.paid_at),
        "updated_at": china_stamp(order.modified),
        "last_ship_time": _maybe(order.ship_by),
        "shipping_time": _maybe(order.shipped_at),
        "receive_time": _maybe(order.finished_at if order.status == "received" else None),
    }


def _amounts(order: MarketOrder) -> Json:
    return {
        "goods_amount": number(sum(line.draft.total_fen for line in order.lines)),
        "discount_amount": 0.0,
        "platform_discount": 0.0,
        "seller_discount": 0.0,
        "postage": number(order.draft.shipping_fen),
        "pay_amount": number(order.draft.total_fen),
        "pay_type": "WEIXIN" if order.paid else "",
        "pay_no": f"PN{order.number}" if order.paid else "",
    }


def _receiver(order: MarketOrder) -> Json:
    """Show ciphers only while the order waits to be shipped, masks always."""
    buyer = order.buyer
    shown: Json = {
        "province": buyer.province,
        "city": buyer.city,
        "town": buyer.district,
        "receiver_name_mask": f"{buyer.name[:1]}*",
        "receiver_phone_mask": f"{buyer.phone[:3]}****{buyer.phone[-4:]}",
        "receiver_address_mask": f"{buyer.street[:1]}****{buyer.street[-1:]}",
        "open_address_id": order.token if order.paid else "",
    }
    waits = order.status == "paid" and not order.raw.get("risk_control_status")
    return shown | {f"receiver_{part}": cipher(order, part) if waits else "" for part in PARTS}


def _refund_status(order: MarketOrder) -> int:
    statuses = {case.status for case in order.cases}
    if statuses & {"requested", "returning"}:
        return 2
    if "agreed" in statuses:
        return 3
    return 4 if "refunded" in statuses else 1


def _item(line: MarketLine) -> Json:
    draft = line.draft
    return {
        "goods_id": 700_000_000_000 + (draft.product_id or sku_number(draft.sku) % 10**9),
        "sku_id": int(line.id),
        "goods_name": draft.name,
        "goods_spec": "",
        "goods_price": number(draft.price_fen),
        "goods_count": draft.quantity,
        "outer_id": draft.sku,
        "outer_goods_id": "",
        "goods_img": "",
    }


def _maybe(moment: datetime | None) -> str | None:
    return china_stamp(moment) if moment else None
