"""After-sales: listed, shown, agreed to and refused."""

from simulator.market.market import Market
from simulator.market.order import MarketCase
from simulator.wechat.answers import Refused, accept
from simulator.wechat.words import case_body
from simulator.wire import Json


class AfterSaleCounter:
    """Serves questions about single after-sales; every method raises Refused."""

    def __init__(self, market: Market) -> None:
        """Serve a market's after-sales."""
        self._market = market

    def show(self, question: Json) -> Json:
        """Answer `/channels/ec/aftersale/getaftersaleorder`."""
        case = self._find(question)
        order = self._market.find(case.number)
        if order is None:
            raise Refused(100002)
        return accept(after_sale_order=case_body(case, order))

    def agree(self, question: Json) -> Json:
        """Answer `/channels/ec/aftersale/acceptapply`: money goes back at once, goods must come first."""
        case = self._find(question)
        if case.status == "requested":
            self._market.settle(case, "refunded" if case.kind == "refund_only" else "agreed")
        elif case.status == "returning":
            self._market.settle(case, "refunded")
        else:
            raise Refused(10021102)
        return accept()

    def refuse(self, question: Json) -> Json:
        """Answer `/channels/ec/aftersale/rejectapply`."""
        case = self._find(question)
        if not question.get("reject_reason"):
            raise Refused(40097)
        if case.status not in {"requested", "returning"}:
            raise Refused(10021102)
        self._market.settle(case, "refused")
        return accept()

    def _find(self, question: Json) -> MarketCase:
        number = question.get("after_sale_order_id")
        case = self._market.case(number) if isinstance(number, str) else None
        if case is None:
            raise Refused(100002)
        return case
