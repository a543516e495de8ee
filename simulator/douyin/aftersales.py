"""After-sales: the list of them, and what a shop may answer in which state."""

from datetime import UTC, datetime
from typing import Literal

from simulator.douyin.access import whole
from simulator.douyin.refusals import Refusal, Refused, business, invalid
from simulator.douyin.rows import CASE_STATUS, REFUND_STATUS, case_type, seconds
from simulator.market.market import Market
from simulator.market.order import MarketCase
from simulator.shipment import name_of
from simulator.wire import Json

MOST_ROWS = 50_000
LARGEST_PAGE = 100
WRONG_STATE = business(20309541, "售后状态错误")
Settled = Literal["agreed", "refused", "refunded", "closed"]
OPERATIONS: dict[int, tuple[str, str, Settled]] = {
    101: ("return", "requested", "agreed"),
    102: ("return", "requested", "refused"),
    111: ("return", "returning", "refunded"),
    112: ("return", "returning", "refused"),
    201: ("refund_only", "requested", "refunded"),
    202: ("refund_only", "requested", "refused"),
    301: ("exchange", "requested", "agreed"),
    302: ("exchange", "requested", "refused"),
    311: ("exchange", "returning", "closed"),
    312: ("exchange", "returning", "refused"),
}
"""Type of an operation: for which kind, in which state, and what comes of it."""


class AfterSales:
    """The after-sale interface of one shop."""

    def __init__(self, market: Market) -> None:
        """Open it."""
        self._market = market

    def search(self, params: Json) -> Json:
        """Answer afterSale/List: by time of change, or one by its id."""
        page, size = whole(params, "page", 0), whole(params, "size", 10)
        if not 0 < size <= LARGEST_PAGE or page < 0 or page * size >= MOST_ROWS:
            raise Refused(invalid(10001, "分页参数超过限制"))
        cases = self._asked_for(params)
        shown = cases[page * size : (page + 1) * size]
        return {
            "items": [self._item(case) for case in shown],
            "has_more": (page + 1) * size < len(cases),
            "page": page,
            "size": size,
            "total": len(cases),
        }

    def _asked_for(self, params: Json) -> list[MarketCase]:
        if "aftersale_id" in params:
            case = self._market.case(str(params["aftersale_id"]))
            return [case] if case else []
        since = datetime.fromtimestamp(whole(params, "update_start_time"), UTC)
        until = datetime.fromtimestamp(whole(params, "update_end_time"), UTC)
        cases = self._market.cases_changed(since, until)
        return cases if params.get("order_by") == ["update_time asc"] else cases[::-1]

    def _item(self, case: MarketCase) -> Json:
        order = self._market.find(case.number)
        line = order.line(case.line) if order else None
        kind = case_type(order, case) if order else 2
        return {
            "aftersale_info": {
                "aftersale_id": case.id,
                "aftersale_order_type": 1,
                "aftersale_type": kind,
                "aftersale_status": CASE_STATUS[case.status],
                "refund_status": REFUND_STATUS.get(case.status, 1),
                "refund_amount": case.amount_fen,
                "refund_post_amount": 0,
                "aftersale_num": order.pieces_of(case) if order and line else 0,
                "related_id": case.line or case.number,
                "apply_time": seconds(case.created),
                "create_time": seconds(case.created),
                "update_time": seconds(case.modified),
                "return_logistics_code": case.waybill,
                "return_logistics_company_name": name_of(case.company),
                "status_deadline": seconds(case.answer_by),
                "remark": case.reason,
            },
            "order_info": {
                "shop_order_id": case.number,
                "related_order_info": [{"sku_order_id": case.line or case.number}],
            },
            "text_part": {},
        }

    def operate(self, params: Json) -> Json:
        """Answer afterSale/operate: one that cannot be answered so spoils the whole call."""
        kind, items = whole(params, "type"), params.get("items")
        if kind not in OPERATIONS or not isinstance(items, list) or not items:
            raise Refused(invalid(11000, "参数错误"))
        done = [(item, self._answerable(kind, item)) for item in items]
        for _, case in done:
            self._market.settle(case, OPERATIONS[kind][2])
        return {
            "items": [
                {"aftersale_id": int(case.id), "status_code": 0, "status_msg": "success"} for _, case in done
            ]
        }

    def _answerable(self, kind: int, item: Json) -> MarketCase:
        case = self._market.case(str(item.get("aftersale_id", "")))
        if case is None:
            raise Refused(Refusal(20000, "isp.service-error:10000", "存在无效的售后单"))
        asked, state, settled = OPERATIONS[kind]
        if (case.kind, case.status) != (asked, state):
            raise Refused(WRONG_STATE)
        if item.get("update_time") not in {None, seconds(case.modified)}:
            raise Refused(WRONG_STATE)
        if settled == "refused" and not (item.get("reason") and item.get("remark")):
            raise Refused(invalid(11000, "拒绝操作必填reason和remark"))
        return case
