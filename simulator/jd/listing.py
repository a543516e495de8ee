"""The methods that show orders: list, single order, and the receiver behind the mask."""

import contextlib
from datetime import datetime, timedelta

from starlette.responses import Response

from simulator.jd.orders import address, show, state_of
from simulator.jd.searching import Asked, Found, refusal_of, search
from simulator.jd.wording import api_result, moment_of, responce
from simulator.market.market import Market
from simulator.wire import Json

LARGEST_PAGE = 100


class Listing:
    """Shows the orders of one shop over routerjson."""

    def __init__(self, market: Market) -> None:
        """Know the market."""
        self._market = market

    def search(self, method: str, business: Json) -> Response:
        """List orders of a window, at most a month, by modification unless `dateType` is 1."""
        states = {state.strip() for state in str(business.get("order_state") or "").split(",")}
        now = self._market.now()
        asked = Asked(
            since=_moment(business, "start_date", now - timedelta(days=30)),
            until=_moment(business, "end_date", now),
            page=_number(business.get("page")),
            size=_number(business.get("page_size")),
            newest_first=str(business.get("sortType")) == "1",
            by_creation=str(business.get("dateType")) == "1",
            wanted=lambda order: "ALL" in states or state_of(order) in states,
        )
        refusal = refusal_of(asked, LARGEST_PAGE)
        if refusal or states == {""}:
            wrong = api_result(10100040, refusal or "订单状态不能为空", "param error")
            return responce(method, {"searchorderinfo_result": {"apiResult": wrong}})
        found = Found([], 0) if self._market.shows_nothing() else search(self._market, asked)
        fields = str(business.get("optional_fields") or "")
        result = {
            "apiResult": api_result(),
            "orderTotal": found.total,
            "orderInfoList": [show(order, fields) for order in found.orders],
        }
        answer = responce(method, {"searchorderinfo_result": result})
        self._market.stir(self._market.changed(asked.since, asked.until))
        return answer

    def get(self, method: str, business: Json) -> Response:
        """Show one order."""
        order = self._market.find(str(business.get("order_id")))
        if order is None:
            wrong = api_result(10100002, "订单不存在", "order not exist")
            return responce(method, {"orderDetailInfo": {"apiResult": wrong}})
        shown = show(order, str(business.get("optional_fields") or ""))
        return responce(method, {"orderDetailInfo": {"apiResult": api_result(), "orderInfo": shown}})

    def decrypt(self, method: str, business: Json) -> Response:
        """Reveal receivers by order and present `oaid`, but not of an order that is called off."""
        wanted = (business.get("getReceiverInfoListReqVO") or {}).get("orderInfos") or []
        shown = []
        for one in wanted:
            order = self._market.find(str(one.get("orderId")))
            if order is None or order.called_off or one.get("oaid") != order.token:
                continue
            shown.append(
                {
                    "orderId": int(order.number),
                    "oaid": order.token,
                    "customerName": order.buyer.name,
                    "consMobilePhone": order.buyer.phone,
                    "customerPhone": "",
                    "address": address(order.buyer),
                    "privacyProtection": False,
                }
            )
        code, message = (0, "成功") if shown else (10100003, "订单不支持解密")
        result = {"code": code, "requestId": "r1", "message": message, "data": shown}
        return responce(method, {"returnType": result})


def _moment(business: Json, name: str, missing: datetime) -> datetime:
    return moment_of(business.get(name)) or missing


def _number(value: object) -> int:
    with contextlib.suppress(ValueError):
        return int(str(value))
    return 0
