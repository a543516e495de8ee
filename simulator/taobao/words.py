"""An order of the market in the platform's words: masked people, yuan as text, numbers as JSON numbers."""

from hashlib import sha256

from simulator.demand import NOTHING, CourierRule
from simulator.market.order import CaseStatus, MarketCase, MarketLine, MarketOrder
from simulator.shipment import name_of
from simulator.wire import Json, china_stamp, yuan

LINE_REFUNDS: dict[CaseStatus, str] = {
    "requested": "WAIT_SELLER_AGREE",
    "agreed": "WAIT_BUYER_RETURN_GOODS",
    "returning": "WAIT_SELLER_CONFIRM_GOODS",
    "refused": "SELLER_REFUSE_BUYER",
    "refunded": "SUCCESS",
    "closed": "CLOSED",
}
RULES: dict[CourierRule, int] = {"any": 0, "advised": 1, "only": 2, "never": 3}
"""`biz_delivery_type`."""
DISPUTES = {
    "refund_only": "REFUND", "return": "REFUND_AND_RETURN", "exchange": "TMALL_EXCHANGE", "resend": "RESHIP",
}  # fmt: skip


def status_of(order: MarketOrder) -> str:
    """Say how an order stands; one closed after payment has another word than one closed before."""
    match order.status:
        case "unpaid":
            return "WAIT_BUYER_PAY"
        case "paid":
            return "WAIT_SELLER_SEND_GOODS"
        case "part_shipped":
            return "SELLER_CONSIGNED_PART"
        case "shipped":
            return "WAIT_BUYER_CONFIRM_GOODS"
        case "received":
            return "TRADE_FINISHED"
        case _:
            return "TRADE_CLOSED" if order.paid else "TRADE_CLOSED_BY_TAOBAO"


def trade(order: MarketOrder) -> Json:
    """Show an order with everything the platform knows of it."""
    person = order.buyer
    shown: Json = {
        "tid": int(order.number),
        "status": status_of(order),
        "type": "fixed",
        "seller_nick": "测试旗舰店",
        "buyer_nick": f"{person.surname}**",
        "buyer_open_uid": "AA" + sha256(f"buyer:{person.customer_id}".encode()).hexdigest()[:26],
        "payment": yuan(order.draft.total_fen),
        "post_fee": yuan(order.draft.shipping_fen),
        "total_fee": yuan(sum(line.draft.total_fen for line in order.lines)),
        "discount_fee": "0.00",
        "created": china_stamp(order.created),
        "modified": china_stamp(order.modified),
        "shipping_type": "express",
        "seller_flag": 0,
        "seller_memo": order.memo,
        "has_buyer_message": bool(order.draft.note),
        "buyer_message": order.draft.note,
        "receiver_name": f"{person.surname}**",
        "receiver_state": person.province,
        "receiver_city": person.city,
        "receiver_district": person.district,
        "receiver_town": "",
        "receiver_address": "****",
        "receiver_zip": person.postcode,
        "receiver_mobile": f"*******{person.phone[-4:]}",
        "oaid": order.token,
        "num": sum(line.draft.quantity for line in order.lines),
        "orders": {"order": [_line(order, line) for line in order.lines]},
    }
    shown |= _demands(order)
    moments = {
        "pay_time": order.paid_at, "consign_time": order.shipped_at, "end_time": order.finished_at,
        "delivery_time": order.ship_by, "send_time": order.ship_by if order.demand.presale else None,
    }  # fmt: skip
    return shown | {name: china_stamp(moment) for name, moment in moments.items() if moment} | order.raw


def _demands(order: MarketOrder) -> Json:
    """Say what is demanded of the shipping, line by line; only the single trade tells it."""
    demand = order.demand
    if demand == NOTHING:
        return {}
    promised = {
        name: china_stamp(moment)
        for name, moment in {
            "promise_outbound_time": demand.ship_by,
            "promise_collect_time": demand.ship_by,
        }.items()
        if moment
    }
    advice: Json = {"biz_delivery_type": RULES[demand.rule], "type": "00", "consign_type": "SC", **promised}
    if demand.couriers:
        listed = "black_delivery_cps" if demand.rule == "never" else "delivery_cps"
        advice[listed] = ",".join(demand.couriers)
    lines = [{"trade_id": int(order.number), "sub_trade_id": int(line.id), **advice} for line in order.lines]
    return {"new_presell": demand.presale, "logistics_infos": {"logistics_info": lines}}


def chosen(shown: Json, fields: str) -> Json:
    """Keep what was asked for; of the lines one gets all, however they were asked for."""
    wanted = {name.strip().partition(".")[0] for name in fields.split(",")}
    return {name: value for name, value in shown.items() if name in wanted}


def _line(order: MarketOrder, line: MarketLine) -> Json:
    draft, waybill = line.draft, _waybill(order, line)
    postage = order.draft.shipping_fen if len(order.lines) == 1 else 0
    shown: Json = {
        "oid": int(line.id),
        "num_iid": 600_000_000_000 + draft.product_id,
        "sku_id": str(5_000_000_000_000 + draft.product_id),
        "outer_iid": draft.sku,
        "outer_sku_id": draft.sku,
        "title": draft.name,
        "price": yuan(draft.price_fen),
        "num": draft.quantity,
        "total_fee": yuan(draft.total_fen),
        "payment": yuan(draft.total_fen + postage),
        "discount_fee": "0.00",
        "divide_order_fee": yuan(draft.total_fen),
        "part_mjz_discount": "0.00",
        "status": _line_status(order, line),
        "refund_status": _refund_status(order, line),
    }
    return shown | ({"invoice_no": waybill, "logistics_company": "快递"} if waybill else {})


def _line_status(order: MarketOrder, line: MarketLine) -> str:
    if any(_ends(case, line) for case in order.cases):
        return "TRADE_CLOSED"
    if order.status == "part_shipped":
        return "WAIT_BUYER_CONFIRM_GOODS" if line.shipped >= line.draft.quantity else "WAIT_SELLER_SEND_GOODS"
    return status_of(order)


def _ends(case: MarketCase, line: MarketLine) -> bool:
    return case.status == "refunded" and case.line == line.id and case.amount_fen >= line.draft.total_fen


def _refund_status(order: MarketOrder, line: MarketLine) -> str:
    about = [case for case in order.cases if case.line in {"", line.id}]
    return LINE_REFUNDS[about[-1].status] if about else "NO_REFUND"


def _waybill(order: MarketOrder, line: MarketLine) -> str:
    return next((parcel.waybill for parcel in reversed(order.parcels) if line.id in parcel.pieces), "")


def refund(case: MarketCase, order: MarketOrder) -> Json:
    """Show an after-sale; one about a whole order is told by its first line, as the platform has none other."""
    line = order.line(case.line) or order.lines[0]
    whole = len(order.lines) == 1
    shown: Json = {
        "refund_id": case.id,
        "tid": int(order.number),
        "oid": int(order.number) if whole else int(line.id),
        "status": LINE_REFUNDS[case.status],
        "order_status": status_of(order),
        "good_status": "BUYER_NOT_RECEIVED" if order.shipped_at is None else "BUYER_RECEIVED",
        "has_good_return": case.kind == "return",
        "refund_phase": "aftersale" if order.status == "received" else "onsale",
        "refund_version": version_of(case),
        "dispute_type": DISPUTES[case.kind],
        "refund_fee": yuan(case.amount_fen),
        "num": order.pieces_of(case),
        "reason": case.reason,
        "created": china_stamp(case.created),
        "modified": china_stamp(case.modified),
    }
    back = {"sid": case.waybill, "company_name": name_of(case.company)}
    return shown | (back if case.waybill else {})


def version_of(case: MarketCase) -> int:
    """Number the states of an after-sale as the platform does: by the time of the last change."""
    return int(case.created.timestamp()) * 1000 + case.version
