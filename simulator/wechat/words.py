"""An order and an after-sale in WeChat's words; amounts are fen, times are seconds, people are masked."""

from collections.abc import Mapping
from datetime import datetime
from zlib import crc32

from simulator.market.order import CaseStatus, MarketCase, MarketLine, MarketOrder, MarketParcel, Status
from simulator.people import Person
from simulator.shipment import name_of
from simulator.wire import Json

STATUSES: Mapping[Status, int] = {
    "unpaid": 10, "paid": 20, "part_shipped": 21, "shipped": 30, "received": 100, "refunded": 200,
    "cancelled": 250,
}  # fmt: skip
COMPANIES = {
    "SF": "顺丰速运", "YTO": "圆通快递", "ZTO": "中通快递", "STO": "申通快递", "YD": "韵达快递", "JD": "京东快递",
    "EMS": "中国邮政速递物流", "JTSD": "极兔快递", "DBL": "德邦快递", "YZPY": "邮政快递包裹", "HTKY": "百世快递",
}  # fmt: skip
OPEN_CASES: frozenset[CaseStatus] = frozenset({"requested", "agreed", "returning"})
KINDS = {"refund_only": "REFUND", "return": "RETURN", "exchange": "EXCHANGE", "resend": "RESEND"}
CASE_NUMBERS: Mapping[CaseStatus, int] = {
    "requested": 1, "agreed": 4, "returning": 6, "refused": 8, "refunded": 13, "closed": 2,
}  # fmt: skip
"""Numbers of a kind that the order shows beside an after-sale; nobody says what they mean."""


def product_of(line: MarketLine) -> tuple[str, str]:
    """Name a line's product and SKU: the same article has the same, in every order."""
    article = crc32(line.draft.sku.encode())
    return str(10_000_000_000_000 + article), str(3_500_000_000 + article % 400_000_000)


def seconds(moment: datetime | None) -> int:
    """Write a moment; none is 0."""
    return int(moment.timestamp()) if moment else 0


def order_body(order: MarketOrder) -> Json:
    """Write an order as `/channels/ec/order/get` shows it."""
    draft = order.draft
    goods = draft.total_fen - draft.shipping_fen
    body: Json = {
        "order_id": order.number,
        "openid": f"oBuyer{draft.buyer.customer_id:022d}",
        "unionid": "",
        "status": STATUSES[order.status],
        "create_time": seconds(order.created),
        "update_time": seconds(order.modified),
        "order_detail": {
            "product_infos": [_product(order, line) for line in order.lines],
            "pay_info": _payment(order),
            "price_info": {
                "product_price": goods,
                "order_price": draft.total_fen,
                "freight": draft.shipping_fen,
                "discounted_price": 0,
                "is_discounted": False,
            },
            "delivery_info": _delivery(order),
            "ext_info": {
                "customer_notes": draft.note, "merchant_notes": order.memo, "order_scene": 2,
            },
        },
        "aftersale_detail": _after_sales(order),
    }  # fmt: skip
    return body | order.raw


def case_body(case: MarketCase, order: MarketOrder) -> Json:
    """Write an after-sale as `/channels/ec/aftersale/getaftersaleorder` shows it."""
    line = order.line(case.line) or order.lines[0]
    product_id, sku_id = product_of(line)
    return {
        "after_sale_order_id": case.id,
        "status": case_status(case),
        "openid": f"oBuyer{order.draft.buyer.customer_id:022d}",
        "order_id": case.number,
        "product_info": {"product_id": product_id, "sku_id": sku_id, "count": order.pieces_of(case)},
        "details": {"desc": case.reason, "receive_product": case.kind != "refund_only", "media_id_list": []},
        "refund_info": {"amount": case.amount_fen, "refund_reason": 1},
        "return_info": {
            "waybill_id": case.waybill,
            "delivery_id": case.company,
            "delivery_name": name_of(case.company),
        },
        "create_time": seconds(case.created),
        "update_time": seconds(case.modified),
        "reason": "NO_LONGER_WANT",
        "type": KINDS[case.kind],
    }


def case_status(case: MarketCase) -> str:
    """Say how far an after-sale is."""
    refund = case.kind == "refund_only"
    return {
        "requested": "MERCHANT_PROCESSING",
        "agreed": "PLATFORM_REFUNDING" if refund else "USER_WAIT_RETURN",
        "returning": "MERCHANT_WAIT_RECEIPT",
        "refused": "MERCHANT_REJECT_REFUND" if refund else "MERCHANT_REJECT_RETURN",
        "refunded": "MERCHANT_REFUND_SUCCESS" if refund else "MERCHANT_RETURN_SUCCESS",
        "closed": "USER_CANCELD",
    }[case.status]


def address_body(person: Person, token: str, *, masked: bool) -> Json:
    """Write where the goods go: masked, except after decoding."""
    hidden = f"{person.phone[:3]}****{person.phone[-4:]}"
    return {
        "user_name": f"{person.surname}**" if masked else person.name,
        "postal_code": person.postcode,
        "province_name": person.province,
        "city_name": person.city,
        "county_name": person.district,
        "detail_info": f"{person.street[:3]}******" if masked else person.street,
        "house_number": "",
        "tel_number": hidden if masked else person.phone,
        "use_tel_number": 0,
        "hash_code": token,
    }


def _product(order: MarketOrder, line: MarketLine) -> Json:
    product_id, sku_id = product_of(line)
    cases = [case for case in order.cases if case.line in {line.id, ""}]
    body: Json = {
        "product_id": product_id,
        "sku_id": sku_id,
        "sku_code": line.draft.sku,
        "title": line.draft.name,
        "thumb_img": "",
        "sku_cnt": line.draft.quantity,
        "sale_price": line.draft.price_fen,
        "market_price": line.draft.price_fen,
        "real_price": line.draft.total_fen,
        "on_aftersale_sku_cnt": line.draft.quantity if any(c.status in OPEN_CASES for c in cases) else 0,
        "finish_aftersale_sku_cnt": line.draft.quantity if any(c.status == "refunded" for c in cases) else 0,
        "sku_attrs": [],
        "sku_deliver_info": {"stock_type": int(order.demand.presale)},
        "product_unique_id": line.id,
    }
    return body | ({"delivery_deadline": seconds(order.ship_by)} if order.ship_by else {})


def _payment(order: MarketOrder) -> Json:
    body: Json = {"prepay_id": f"wx{order.number}", "prepay_time": seconds(order.created)}
    if order.paid:
        body |= {
            "pay_time": seconds(order.paid_at),
            "transaction_id": f"42{order.number}",
            "payment_method": 1,
        }
    return body


def _delivery(order: MarketOrder) -> Json:
    body: Json = {
        "address_info": address_body(order.buyer, order.token, masked=True),
        "delivery_product_info": [_parcel(order, parcel) for parcel in order.parcels],
        "deliver_method": 0,
    }
    if order.wanted_address is not None:
        body["address_under_review"] = address_body(order.wanted_address, "", masked=True)
        body["address_apply_time"] = seconds(order.wished_at)
    if order.status in {"shipped", "received"}:
        body["ship_done_time"] = seconds(order.shipped_at)
    return body


def _parcel(order: MarketOrder, parcel: MarketParcel) -> Json:
    rows = []
    for line_id, pieces in parcel.pieces.items():
        line = order.line(line_id)
        if line is not None:
            product_id, sku_id = product_of(line)
            rows.append({"product_id": product_id, "sku_id": sku_id, "product_cnt": pieces})
    return {
        "waybill_id": parcel.waybill,
        "delivery_id": parcel.company,
        "delivery_name": COMPANIES.get(parcel.company, ""),
        "delivery_time": seconds(parcel.shipped_at),
        "deliver_type": 1,
        "product_infos": rows,
    }


def _after_sales(order: MarketOrder) -> Json:
    body: Json = {"on_aftersale_order_cnt": sum(case.status in OPEN_CASES for case in order.cases)}
    if order.cases:
        body["aftersale_order_list"] = [
            {"aftersale_order_id": case.id, "status": CASE_NUMBERS[case.status]} for case in order.cases
        ]
    return body
