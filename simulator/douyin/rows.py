"""A neutral order in Doudian's words: numbers of its statuses, amounts in fen, times in seconds."""

from datetime import datetime

from simulator.douyin.ciphers import Ciphers, receiver_fields
from simulator.market.order import MarketCase, MarketLine, MarketOrder, MarketParcel
from simulator.wire import Json

SHOP_ID = 1
STATUS = {
    "unpaid": 1, "paid": 2, "part_shipped": 101, "shipped": 3, "received": 5, "cancelled": 4, "refunded": 4,
}  # fmt: skip
DESCRIPTIONS = {
    1: "待确认", 2: "备货中", 101: "部分发货", 3: "已发货", 4: "已取消", 5: "已完成",
    21: "发货前退款完结", 22: "发货后退款完结", 39: "收货后退款完结",
}  # fmt: skip
CASE_STATUS = {"requested": 6, "agreed": 7, "returning": 11, "refused": 27, "refunded": 12, "closed": 28}
REFUND_STATUS = {"refunded": 3, "closed": 4, "refused": 4}


def seconds(moment: datetime | None) -> int:
    """Write a moment; none is 0."""
    return int(moment.timestamp()) if moment else 0


def words_of(order: MarketOrder) -> tuple[int, int]:
    """Return order_status and main_status."""
    if order.status == "refunded":
        return _refunded(order, shipped=order.shipped_at is not None)
    return STATUS[order.status], STATUS[order.status]


def _refunded(order: MarketOrder, *, shipped: bool) -> tuple[int, int]:
    over = order.cancelled_at
    received = order.finished_at is not None and over is not None and order.finished_at < over
    if received or order.status == "received":
        return 5, 39
    return (5, 22) if shipped else (4, 21)


def line_words(order: MarketOrder, line: MarketLine) -> tuple[int, int]:
    """Return the statuses of one sub-order, which may be refunded while the others go on."""
    back = sum(case.amount_fen for case in order.cases if (case.line, case.status) == (line.id, "refunded"))
    if order.status not in {"cancelled", "refunded"} and back and back >= line.draft.total_fen:
        return _refunded(order, shipped=line.shipped > 0)
    if order.status == "part_shipped":
        part = 101 if line.shipped < line.draft.quantity else 3
        word = part if line.shipped else 2
        return word, word
    return words_of(order)


def case_type(order: MarketOrder, case: MarketCase) -> int:
    """Return Doudian's type of an after-sale: money only is another thing before shipping and after."""
    if case.kind == "refund_only":
        return 1 if order.shipped_at and order.shipped_at <= case.created else 2
    return {"return": 0, "exchange": 3, "resend": 7}[case.kind]


def case_info(order: MarketOrder, case: MarketCase | None) -> Json:
    """Show the after-sale of a line; zeros where there is none."""
    if case is None:
        return {"after_sale_status": 0, "after_sale_type": 0, "refund_status": 0}
    return {
        "after_sale_status": CASE_STATUS[case.status],
        "after_sale_type": case_type(order, case),
        "refund_status": REFUND_STATUS.get(case.status, 1),
    }


def order_row(order: MarketOrder, ciphers: Ciphers) -> Json:
    """Show an order as the list and the detail do, malformed if it was told to be."""
    status, main = words_of(order)
    row: Json = {
        "shop_id": SHOP_ID,
        "shop_name": "main",
        "doudian_open_id": f"#buyer{order.draft.buyer.customer_id}#",
        "order_id": order.number,
        "order_level": 2,
        "order_type": 0,
        "trade_type": 0,
        "pay_type": 2 if order.paid else 0,
        "order_status": status,
        "order_status_desc": DESCRIPTIONS[status],
        "main_status": main,
        "main_status_desc": DESCRIPTIONS[main],
        **_times(order),
        "cancel_reason": "",
        "buyer_words": order.draft.note,
        "seller_words": order.memo,
        "seller_remark_stars": 0,
        "order_amount": order.draft.total_fen,
        "pay_amount": order.draft.total_fen,
        "post_amount": order.draft.shipping_fen,
        "promotion_amount": 0,
        "modify_amount": 0,
        **receiver_fields(ciphers, order.number, order.buyer, order.token),
        "logistics_info": [_parcel(order, place, parcel) for place, parcel in enumerate(order.parcels)],
        "sku_order_list": [_line(order, line) for line in order.lines],
        "order_phase_list": [],
    }
    return row | order.raw


def _times(order: MarketOrder) -> Json:
    return {
        "create_time": seconds(order.created),
        "update_time": seconds(order.modified),
        "pay_time": seconds(order.paid_at),
        "finish_time": seconds(order.finished_at),
        "ship_time": seconds(order.shipped_at),
        "exp_ship_time": seconds(order.ship_by),
        "appointment_ship_time": seconds(order.demand.ship_from),
        "order_expire_time": 1800,
    }


def pack_id(order: MarketOrder, place: int) -> str:
    """Name a parcel, whatever its waybill becomes."""
    return f"{order.number}9{place:02d}"


def _line(order: MarketOrder, line: MarketLine) -> Json:
    status, main = line_words(order, line)
    case = next((case for case in reversed(order.cases) if case.line in {"", line.id}), None)
    return {
        "order_id": line.id,
        "parent_order_id": order.number,
        "order_level": 3,
        "order_status": status,
        "main_status": main,
        "product_id": line.draft.product_id,
        "product_id_str": str(line.draft.product_id),
        "sku_id": line.draft.product_id * 10 + 1,
        "out_product_id": "",
        "out_sku_id": line.draft.sku,
        "code": line.draft.sku,
        "product_name": line.draft.name,
        "spec": [{"name": "规格", "value": "默认"}],
        "item_num": line.draft.quantity,
        "origin_amount": line.draft.price_fen,
        "sum_amount": line.draft.total_fen,
        "order_amount": line.draft.total_fen,
        "pay_amount": line.draft.total_fen,
        "post_amount": 0,
        "promotion_amount": 0,
        "create_time": seconds(order.created),
        "update_time": seconds(order.modified),
        "exp_ship_time": seconds(order.ship_by),
        "appointment_ship_time": seconds(order.demand.ship_from),
        "pre_sale_type": int(order.demand.presale),
        "after_sale_info": case_info(order, case),
        "inventory_list": [],
    }


def _parcel(order: MarketOrder, place: int, parcel: MarketParcel) -> Json:
    pieces = [(order.line(line_id), count) for line_id, count in parcel.pieces.items()]
    return {
        "tracking_no": parcel.waybill,
        "company": parcel.company,
        "company_name": parcel.company,
        "ship_time": seconds(parcel.shipped_at),
        "delivery_id": pack_id(order, place),
        "product_info": [
            {
                "product_id": line.draft.product_id,
                "outer_sku_id": line.draft.sku,
                "product_name": line.draft.name,
                "price": line.draft.price_fen,
                "product_count": count,
                "sku_order_id": line.id,
            }
            for line, count in pieces
            if line is not None
        ],
    }
