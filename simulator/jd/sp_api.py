"""SP-API, as far as it is known: two paths that show orders.

Paths, headers, signature and the words of paging and errors are JD's; the shape of an order is routerjson's,
and the HTTP statuses of errors are assumed, for no public source has either.
"""

import contextlib
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.jd.access import Access
from simulator.jd.orders import show
from simulator.jd.searching import Asked, refusal_of, search
from simulator.jd.wording import Wrong
from simulator.market.market import Market
from simulator.wire import CHINA, Json

ORDERS = "/rest/sp-order/v0/orders"
LARGEST_PAGE = 50
STATUSES = {"19": 401, "2": 429, "15": 404, "1": 500}


class SpApi:
    """Shows the orders of one shop over SP-API."""

    def __init__(self, market: Market, access: Access) -> None:
        """Know the market, and who may call."""
        self._market = market
        self._access = access

    async def list_orders(self, request: Request) -> Response:
        """List orders by modification, times in epoch milliseconds."""
        query = dict(request.query_params)
        try:
            self._access.admit_headers(request.headers, query)
        except Wrong as wrong:
            return failure(wrong.code)
        asked = Asked(
            since=_moment(query.get("updateStartTime")),
            until=_moment(query.get("updateEndTime")),
            page=_number(query.get("page")),
            size=_number(query.get("pageSize")),
        )
        refusal = refusal_of(asked, LARGEST_PAGE)
        if refusal:
            return _answer({"success": False, "errorList": [{"code": "400", "message": refusal}]}, 400)
        found = search(self._market, asked)
        paging = {"currentPage": asked.page, "pageSize": asked.size, "totalItems": found.total}
        shown = [show(order) for order in found.orders]
        answer = _answer({"success": True, "data": shown, "paginationData": paging, "errorList": []})
        self._market.stir(self._market.changed(asked.since, asked.until))
        return answer

    async def get_order(self, request: Request) -> Response:
        """Show one order; an unknown one is nothing."""
        number = request.path_params["order_id"]
        try:
            self._access.admit_headers(request.headers, dict(request.query_params) | {"orderId": number})
        except Wrong as wrong:
            return failure(wrong.code)
        order = self._market.find(number)
        return _answer({"success": True, "data": show(order) if order else None, "errorList": []})


def failure(code: str) -> Response:
    """Answer an error in the words of SP-API; codes are those of routerjson, for its own are not known."""
    errors = [{"code": f"9990000{code:0>4}", "message": "request refused"}]
    return _answer({"success": False, "data": None, "errorList": errors}, STATUSES.get(code, 400))


def _answer(content: Json, status: int = 200) -> Response:
    return JSONResponse(content, status_code=status)


def _moment(millis: str | None) -> datetime:
    return datetime.fromtimestamp(_number(millis) / 1000, CHINA)


def _number(text: str | None) -> int:
    with contextlib.suppress(ValueError):
        return int(text or "")
    return 0
