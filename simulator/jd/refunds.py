"""The methods about buyers who want to cancel before the goods have left."""

import contextlib
from datetime import timedelta

from starlette.responses import Response

from simulator.jd.wording import moment_of, responce
from simulator.market.market import Market
from simulator.market.order import MarketCase
from simulator.wire import Json, china_stamp

LARGEST_PAGE, LAST_PAGE = 50, 100
LONGEST_WINDOW = timedelta(days=7)
AGREE, REFUSE = 1, 2
STATES = {"requested": 0, "agreed": 1, "returning": 1, "refused": 2, "refunded": 3, "closed": 11}


class Refunds:
    """Shows and settles the wishes to cancel of one shop; amounts are in fen, unlike everything else at JD."""

    def __init__(self, market: Market) -> None:
        """Know the market."""
        self._market = market

    def search(self, method: str, business: Json) -> Response:
        """List wishes by id, or of a window of at most seven days by application or modification."""
        size, page = _number(business.get("pageSize")), _number(business.get("pageIndex"))
        if not 1 <= size <= LARGEST_PAGE or not 1 <= page <= LAST_PAGE:
            return responce(method, {"queryResult": {"success": False, "errorCode": "10200001"}})
        found = self._wanted(business)
        if found is None:
            return responce(method, {"queryResult": {"success": False, "errorCode": "10200002"}})
        shown = found[(page - 1) * size : page * size]
        result = {"success": True, "totalCount": len(found), "result": [_show(case) for case in shown]}
        return responce(method, {"queryResult": result})

    def reply(self, method: str, business: Json) -> Response:
        """Agree, which cancels the order and gives the money back, or refuse, which unlocks it."""
        case = self._market.case(str(business.get("id")))
        status = _number(business.get("status"))
        complete = bool(business.get("checkUserName")) and bool(business.get("remark"))
        complete &= status != REFUSE or bool(business.get("rejectType"))
        if case is None or case.status != "requested" or status not in {AGREE, REFUSE} or not complete:
            why = "退款单已审核" if case is not None and complete else "参数错误"
            wrong = {"success": False, "errorCode": "10200003", "errorMessage": why}
            return responce(method, {"replyResult": wrong})
        self._market.settle(case, "refunded" if status == AGREE else "refused")
        return responce(method, {"replyResult": {"success": True}})

    def _wanted(self, business: Json) -> list[MarketCase] | None:
        if business.get("ids"):
            named = [self._market.case(one.strip()) for one in str(business["ids"]).split(",")]
            return [case for case in named if case is not None and self._before_shipping(case)]
        by = "modified" if business.get("modifiedStart") else "applyTime"
        since, until = moment_of(business.get(f"{by}Start")), moment_of(business.get(f"{by}End"))
        if since is None or until is None or until - since > LONGEST_WINDOW:
            return None
        if by == "modified":
            cases = self._market.cases_changed(since, until)
        else:
            every = (case for order in self._market for case in order.cases)
            cases = [case for case in every if since <= case.created.replace(microsecond=0) <= until]
        return [case for case in cases if self._before_shipping(case)]

    def _before_shipping(self, case: MarketCase) -> bool:
        order = self._market.find(case.number)
        shipped_at = order.shipped_at if order else None
        return case.kind == "refund_only" and (shipped_at is None or case.created <= shipped_at)


def _show(case: MarketCase) -> Json:
    checked = case.status != "requested"
    return {
        "id": int(case.id),
        "orderId": case.number,
        "buyerId": "enc_pin",
        "buyerName": "张*",
        "applyTime": china_stamp(case.created),
        "checkTime": china_stamp(case.modified) if checked else "",
        "modified": china_stamp(case.modified),
        "applyRefundSum": case.amount_fen,
        "status": STATES[case.status],
        "checkUserName": "",
        "checkRemark": "",
        "reason": case.reason,
        "systemId": 4,
    }


def _number(value: object) -> int:
    with contextlib.suppress(ValueError):
        return int(str(value))
    return 0
