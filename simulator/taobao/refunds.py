"""After-sales: listed, looked at, agreed to and refused."""

from collections.abc import Mapping

from simulator.market.market import Market
from simulator.market.order import MarketCase
from simulator.taobao.answers import business, wrapped, wrong
from simulator.taobao.trades import page, required, window
from simulator.taobao.words import chosen, refund, version_of
from simulator.wire import Json

NOT_WAITING = "退款状态不对，不能进行该操作"


class Refunds:
    """The after-sales of one market."""

    def __init__(self, market: Market) -> None:
        """Stand in front of a market."""
        self._market = market

    def list_changed(self, params: Mapping[str, str]) -> Json:
        """Answer `taobao.refunds.receive.get`, newest first."""
        fields = required(params, "fields")
        found = self._market.cases_changed(*window(params))[::-1]
        rows, paging = page(found, params)
        return paging | wrapped("refunds", "refund", [chosen(self._show(case), fields) for case in rows])

    def detail(self, params: Mapping[str, str]) -> Json:
        """Answer `taobao.refund.get`."""
        return {"refund": chosen(self._show(self._case(params)), required(params, "fields"))}

    def agree(self, params: Mapping[str, str]) -> Json:
        """Answer `taobao.rp.refunds.agree`: the money goes back."""
        parts = required(params, "refund_infos").split("|")
        if len(parts) < 3:
            raise wrong("refund_infos", "格式：refund_id|amount|version|phase")
        case = self._market.case(parts[0])
        why = "退款不存在" if case is None else _against(case, parts[1], parts[2])
        if case is not None and not why:
            self._market.settle(case, "refunded")
        row = {"refund_id": parts[0], "succ": not why, "message": why or "操作成功"}
        outcome = {
            "succ": not why,
            "msg_code": "OP_FAILURE_UE" if why else "OP_SUCC",
            "message": row["message"],
        }
        return outcome | wrapped("results", "refund_mapping_result", [row])

    def agree_to_return(self, params: Mapping[str, str]) -> Json:
        """Answer `taobao.rp.returngoods.agree`: the buyer may send it back."""
        case = self._case(params)
        if case.status != "requested" or case.kind == "refund_only":
            raise business("refund-status-error", NOT_WAITING)
        self._market.settle(case, "agreed")
        return {"is_success": True}

    def refuse(self, params: Mapping[str, str]) -> Json:
        """Answer `taobao.refund.refuse`."""
        case = self._case(params)
        if not 2 <= len(required(params, "refuse_message")) <= 200:
            raise wrong("refuse_message", "长度2-200")
        if case.status != "requested":
            raise business("refund-status-error", NOT_WAITING)
        if params.get("refund_version") not in {None, "", str(version_of(case))}:
            raise business("refund-version-error", "退款版本号不匹配")
        self._market.settle(case, "refused")
        shown = chosen(self._show(case), "refund_id,status,modified")
        return {"is_success": True, "refund": shown}

    def _case(self, params: Mapping[str, str]) -> MarketCase:
        case = self._market.case(required(params, "refund_id"))
        if case is None:
            raise business("refund-not-exist", "退款不存在")
        return case

    def _show(self, case: MarketCase) -> Json:
        order = self._market.find(case.number)
        if order is None:
            raise business("trade-not-exist", "交易不存在")
        return refund(case, order)


def _against(case: MarketCase, amount: str, version: str) -> str:
    """Say what speaks against giving the money back, if anything does."""
    if case.status not in {"requested", "returning"} or (
        case.kind == "return" and case.status == "requested"
    ):
        return NOT_WAITING
    if amount != str(case.amount_fen):
        return "退款金额不匹配"
    return "" if version in {"", str(version_of(case))} else "退款版本号不匹配"
