"""Find orders, whichever of JD's two protocols the shop's file chose."""

from collections.abc import Mapping
from typing import Any, Protocol

from oms.channels.jd.answers import Refusal, count, refused
from oms.channels.jd.routerjson import Routerjson
from oms.channels.jd.sp_api import ORDERS, SpApi
from oms.channels.jd.words import stamp
from oms.domain.errors import Unavailable
from oms.paging import Numbered, Window

PAGE_SIZE = 50
"""JD allows a hundred; some of its gateways only fifty, and do not say so."""
MOST_PAGES = 100
"""Beyond it JD shows empty pages [1]."""
SEARCH = "jingdong.pop.order.search"
GET = "jingdong.pop.order.get"
NO_SUCH_ORDER = ("不存在", "not exist")
WANTED = (
    "orderId,venderId,orderType,payType,orderTotalPrice,orderSellerPrice,orderPayment,freightPrice,"
    "sellerDiscount,balanceUsed,orderState,orderStateRemark,orderRemark,orderStartTime,orderEndTime,"
    "paymentConfirmTime,modified,pin,open_id_buyer,oaid,parentOrderId,storeOrder,waybill,logisticsId,"
    "consigneeInfo,itemInfoList,couponDetailList"
)
"""The list and the single order are asked for the same fields, so that they say the same."""


class FindsOrders(Protocol):
    """Lists orders by the time they were modified, and finds one."""

    async def page(self, window: Window, number: int, size: int = PAGE_SIZE) -> Numbered:
        """One page of everything modified in a window, both bounds included; the first page is 1."""

    async def find(self, number: str) -> Mapping[str, Any] | None:
        """The order; None when JD says that it knows none."""


class RouterjsonOrders:
    """Orders as `jingdong.pop.order.search` and `.get` show them."""

    def __init__(self, router: Routerjson) -> None:
        self._router = router

    async def page(self, window: Window, number: int, size: int = PAGE_SIZE) -> Numbered:
        """One page, the least recently modified first; Unavailable for what is not the list we asked for."""
        business = {
            "start_date": stamp(window.since),
            "end_date": stamp(window.until),
            "order_state": "ALL",
            "optional_fields": WANTED,
            "page": str(number),
            "page_size": str(size),
            "sortType": "0",
        }
        answer = await self._router.ask(SEARCH, business)
        if isinstance(answer, Refusal):
            raise Unavailable(f"{SEARCH}: {answer}")
        result = answer.get("searchorderinfo_result")
        if not isinstance(result, dict):
            raise Unavailable(f"{SEARCH}: an answer without a result")
        refusal = refused(result.get("apiResult"))
        if refusal is not None:
            raise Unavailable(f"{SEARCH}: {refusal}")
        return _numbered(result.get("orderInfoList"), count(result.get("orderTotal"), SEARCH), SEARCH)

    async def find(self, number: str) -> Mapping[str, Any] | None:
        """The order; None when JD says in words that there is none [M: its code for that is not known]."""
        answer = await self._router.ask(GET, {"order_id": number, "optional_fields": WANTED})
        if isinstance(answer, Refusal):
            return _none_for(answer)
        detail = answer.get("orderDetailInfo")
        if not isinstance(detail, dict):
            raise Unavailable(f"{GET}: an answer without a result")
        refusal = refused(detail.get("apiResult"))
        if refusal is not None:
            return _none_for(refusal)
        order = detail.get("orderInfo")
        return order if isinstance(order, dict) else None


class SpOrders:
    """Orders as SP-API's listOrders and the order's own path show them."""

    def __init__(self, gateway: SpApi) -> None:
        self._gateway = gateway

    async def page(self, window: Window, number: int, size: int = PAGE_SIZE) -> Numbered:
        """One page; times are epoch milliseconds, and the last whole second is included to its end."""
        query = {
            "updateStartTime": str(int(window.since.timestamp()) * 1000),
            "updateEndTime": str(int(window.until.timestamp()) * 1000),
            "page": str(number),
            "pageSize": str(size),
        }
        answer = await self._gateway.get(ORDERS, query)
        paging = answer.get("paginationData")
        total = count(paging.get("totalItems") if isinstance(paging, dict) else None, ORDERS)
        return _numbered(answer.get("data"), total, ORDERS)

    async def find(self, number: str) -> Mapping[str, Any] | None:
        """The order; None when the answer holds none."""
        order = (await self._gateway.get(ORDERS, {}, orderId=number)).get("data")
        return order if isinstance(order, dict) and order else None


def _none_for(refusal: Refusal) -> Mapping[str, Any] | None:
    if any(words in refusal.why for words in NO_SUCH_ORDER):
        return None
    raise Unavailable(f"{GET}: {refusal}")


def _numbered(rows: object, total: int, what: str) -> Numbered:
    """Read the rows; a list that is missing is empty, which must fit the count in the end."""
    if rows is not None and not isinstance(rows, list):
        raise Unavailable(f"{what}: the list of orders is none")
    return Numbered(tuple(row if isinstance(row, dict) else {"unreadable": row} for row in rows or ()), total)


def mark(row: Mapping[str, Any]) -> str:
    """Name the order a row is about."""
    number = row.get("orderId")
    return str(number) if isinstance(number, int | str) else ""
