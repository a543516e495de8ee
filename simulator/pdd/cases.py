"""The simulated interfaces about after-sales: list, agree to a refund, agree to a return."""

import json
from typing import Any

from simulator.market.market import Market
from simulator.market.order import MarketCase
from simulator.pdd.answers import MISSING, Complaint
from simulator.pdd.orders import number_in, page_in, window_in
from simulator.pdd.words import CASE_TYPE, case_body, case_status
from simulator.wire import Json

ALL = 1
Params = dict[str, str]


class CaseDesk:
    """Answers about the after-sales of one market."""

    def __init__(self, market: Market) -> None:
        """Serve a market."""
        self._market = market

    def listed(self, params: Params) -> Json:
        """Answer `pdd.refund.list.increment.get`; an order's number outdoes every other condition."""
        status, kind = number_in(params, "after_sales_status"), number_in(params, "after_sales_type")
        since, until = window_in(params)
        if params.get("order_sn"):
            order = self._market.find(params["order_sn"])
            found = list(order.cases) if order else []
        else:
            found = [
                case
                for case in self._market.cases_changed(since, until)
                if status in {ALL, case_status(case)} and kind in {ALL, CASE_TYPE[case.kind]}
            ]
        rows = [self._row(case) for case in page_in(params, found)]
        answer: Json = {"refund_list": rows} if rows else {}
        return answer | {"total_count": len(found)}

    def agree(self, params: Params) -> Json:
        """Answer `pdd.refund.agree`: the money goes back."""
        case = self._asked(params)
        fits = case is not None and (case.kind, case.status) in {
            ("refund_only", "requested"), ("return", "returning"), ("return", "agreed"),
        }  # fmt: skip
        if case is not None and fits:
            self._market.settle(case, "refunded")
        done = case is not None and case.status == "refunded"
        message = "退款操作成功" if done else "售后单状态已变更，请刷新后重试"
        return {"result": {"succ": done, "message": message}}

    def agree_to_return(self, params: Params) -> Json:
        """Answer `pdd.refund.returngoods.agree`: the buyer may send the goods."""
        case = self._asked(params)
        known_address = bool(_request(params).get("return_address_id"))
        if case is not None and known_address and (case.kind, case.status) == ("return", "requested"):
            self._market.settle(case, "agreed")
        done = case is not None and known_address and case.status in {"agreed", "returning", "refunded"}
        return {"success": done, "error_code": 0, "error_msg": "", "result": {"success": done}}

    def _asked(self, params: Params) -> MarketCase | None:
        request = _request(params)
        case = self._market.case(str(request.get("after_sales_id", "")))
        return case if case and case.number == request.get("order_sn") else None

    def _row(self, case: MarketCase) -> Json:
        order = self._market.find(case.number)
        return case_body(case, order) if order else {}


def _request(params: Params) -> dict[str, Any]:
    try:
        request = json.loads(params.get("request", ""))
    except ValueError:
        raise Complaint(MISSING[0], "参数错误:request") from None
    if not isinstance(request, dict):
        raise Complaint(MISSING[0], "参数错误:request")
    return request
