"""An order in JD's words: everything is text, names and phones are masked, times are GMT+8."""

from datetime import datetime
from hashlib import sha256

from simulator.market.order import MarketLine, MarketOrder
from simulator.people import Person
from simulator.wire import Json, china_stamp, yuan

REMARKS = {
    "NOT_PAY": "等待付款",
    "WAIT_SELLER_STOCK_OUT": "等待出库",
    "WAIT_GOODS_RECEIVE_CONFIRM": "等待确认收货",
    "FINISHED_L": "完成",
    "TRADE_CANCELED": "取消",
    "LOCKED": "已锁定",
}
STATES = {
    "unpaid": "NOT_PAY",
    "paid": "WAIT_SELLER_STOCK_OUT",
    "part_shipped": "WAIT_SELLER_STOCK_OUT",
    "shipped": "WAIT_GOODS_RECEIVE_CONFIRM",
    "received": "FINISHED_L",
    "cancelled": "TRADE_CANCELED",
    "refunded": "TRADE_CANCELED",
}
ENDINGS = ("省", "市", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区")


def state_of(order: MarketOrder) -> str:
    """Locked while the buyer waits for an answer to the wish to cancel; received is received, whatever follows."""
    if order.status == "refunded" and order.finished_at and order.cancelled_at:
        return "FINISHED_L" if order.finished_at < order.cancelled_at else "TRADE_CANCELED"
    waits = any(case.status == "requested" for case in order.cases)
    if waits and order.status in {"paid", "part_shipped"}:
        return "LOCKED"
    return STATES[order.status]


def show(order: MarketOrder, fields: str = "") -> Json:
    """Show an order; with a comma list of fields, just these and its number."""
    whole = {**_head(order), **_amounts(order), **_waybills(order)}
    whole["consigneeInfo"] = _consignee(order.buyer)
    whole["itemInfoList"] = [_item(line) for line in order.lines]
    if fields:
        named = {"orderId", *(field.strip() for field in fields.split(","))}
        whole = {name: value for name, value in whole.items() if name in named}
    return whole | order.raw


def _head(order: MarketOrder) -> Json:
    state = state_of(order)
    return {
        "orderId": order.number,
        "venderId": "10000",
        "orderType": "22",
        "payType": "4-在线支付",
        "orderState": state,
        "orderStateRemark": REMARKS[state],
        "deliveryType": "任意时间",
        "invoiceInfo": "不需要开具发票",
        "orderRemark": order.draft.note,
        "venderRemark": order.memo,
        "orderStartTime": china_stamp(order.created),
        "orderEndTime": _maybe(order.finished_at),
        "paymentConfirmTime": _maybe(order.paid_at),
        "modified": china_stamp(order.modified),
        "pin": f"enc_{_opaque(f'pin{order.draft.buyer.customer_id}')}",
        "open_id_buyer": f"oid{_opaque(f'buyer{order.draft.buyer.customer_id}')}",
        "oaid": order.token,
        "returnOrder": "0",
        "parentOrderId": "0",
        "directParentOrderId": "0",
        "orderSource": "移动端订单",
        "storeOrder": "",
    }


def _amounts(order: MarketOrder) -> Json:
    goods = sum(line.draft.total_fen for line in order.lines)
    return {
        "orderTotalPrice": yuan(goods),
        "orderSellerPrice": yuan(goods),
        "orderPayment": yuan(order.draft.total_fen),
        "freightPrice": yuan(order.draft.shipping_fen),
        "sellerDiscount": "0.00",
        "balanceUsed": "0.00",
        "couponDetailList": [],
    }


def _waybills(order: MarketOrder) -> Json:
    """Join the waybills of one carrier with commas, and the carriers with bars."""
    companies = dict.fromkeys(parcel.company for parcel in order.parcels)
    groups = (
        ",".join(parcel.waybill for parcel in order.parcels if parcel.company == company)
        for company in companies
    )
    return {"logisticsId": "|".join(companies), "waybill": "|".join(groups)}


def sku_id(line: MarketLine) -> str:
    """JD's own number of an article."""
    return str(100_000_000_000 + int(_opaque(line.draft.sku), 16) % 10_000_000_000)


def address(person: Person) -> str:
    """The whole address in one line."""
    return f"{_province(person)}{person.city}{person.district}{person.street}"


def _item(line: MarketLine) -> Json:
    return {
        "skuId": sku_id(line),
        "skuUuid": line.id,
        "wareId": "200000000001",
        "outerSkuId": line.draft.sku,
        "skuName": line.draft.name,
        "jdPrice": yuan(line.draft.price_fen),
        "itemTotal": str(line.draft.quantity),
        "giftPoint": "0",
        "productNo": "",
        "newStoreId": "0",
    }


def _consignee(person: Person) -> Json:
    phone = f"*******{person.phone[-4:]}"
    return {
        "fullname": person.name[:1] + "*" * (len(person.name) - 1),
        "telephone": phone,
        "mobile": phone,
        "fullAddress": f"{_province(person)}{person.city}{person.district}****",
        "province": _province(person),
        "city": person.city,
        "county": person.district,
        "town": "",
    }


def _province(person: Person) -> str:
    """JD names provinces without what they are."""
    ending = next(
        (end for end in sorted(ENDINGS, key=len, reverse=True) if person.province.endswith(end)), ""
    )
    return person.province.removesuffix(ending)


def _maybe(moment: datetime | None) -> str:
    return china_stamp(moment) if moment else ""


def _opaque(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12]
