"""The methods that take waybills: of whole orders, of parts, and corrections."""

from collections import Counter

from starlette.responses import Response

from simulator.jd.orders import sku_id, state_of
from simulator.jd.wording import Wrong, operator_result, responce
from simulator.market.market import Market, Shipped
from simulator.market.order import MarketOrder, MarketParcel
from simulator.wire import Json

COMPANIES = frozenset({"467", "465", "1327", "463", "470", "1499", "3046", "2087", "773574", "2170", "1748"})
"""The carriers that the merchant has a contract with."""
WRONG_STATE = ("10400001", "订单状态不正确，不能出库")
NOT_YOURS = ("10400005", "物流公司不是商家签约的物流公司")
OUTCOMES: dict[Shipped, tuple[str, str]] = {
    "accepted": ("0", "成功"),
    "repeated": ("10400002", "订单已出库，请勿重复操作"),
    "not_to_ship": WRONG_STATE,
    "nothing_left": ("10400003", "出库数量超过可出库数量"),
    "unknown_line": ("10400004", "订单中没有该商品"),
}


class Shipping:
    """Takes the waybills of one shop."""

    def __init__(self, market: Market) -> None:
        """Know the market."""
        self._market = market

    def ship(self, method: str, business: Json) -> Response:
        """Ship a whole order, in one parcel or several; an order already shipped in part is refused."""
        order = self._market.find(str(business.get("orderId")))
        if order is None:
            return _operated(method, "10400000", "订单不存在")
        pairs = _pairs(str(business.get("logiCoprId") or ""), str(business.get("logiNo") or ""))
        if not pairs or any(company not in COMPANIES for company, _ in pairs):
            return _operated(method, *NOT_YOURS)
        (company, first), *others = pairs
        if first not in order.waybills and (order.status != "paid" or state_of(order) == "LOCKED"):
            order.write_back_calls += 1
            return _operated(method, *WRONG_STATE)
        outcome = self._market.ship(order, first, company, None)
        if outcome == "accepted":
            for other_company, waybill in others:
                order.parcels.append(MarketParcel(waybill, other_company, {}, self._market.now()))
                order.waybills.add(waybill)
        return _operated(method, *OUTCOMES[outcome])

    def ship_part(self, method: str, business: Json) -> Response:
        """Ship named pieces of orders; each order succeeds or fails by itself."""
        succeeded: list[int] = []
        failed: list[Json] = []
        for shipment in (business.get("request") or {}).get("data") or []:
            for number in shipment.get("orderIds") or []:
                code, why = self._part(str(number), shipment.get("deliveryNumberDtoList") or [])
                if code == "0":
                    succeeded.append(int(number))
                else:
                    failed.append({"code": int(code), "orderId": int(number), "failReason": why})
        result = {"successList": succeeded, "failList": failed}
        return responce(method, {"response": {"code": 200, "msg": "success", "data": result}})

    def _part(self, number: str, parcels: list[Json]) -> tuple[str, str]:
        order = self._market.find(number)
        if order is None or len(parcels) != 1 or len(parcels[0].get("deliveryNums") or []) != 1:
            return ("10400000", "订单不存在" if order is None else "每次只能出库一个包裹")
        company, waybill = str(parcels[0].get("deliveryId")), str(parcels[0]["deliveryNums"][0])
        if company not in COMPANIES:
            return NOT_YOURS
        if waybill not in order.waybills and state_of(order) != "WAIT_SELLER_STOCK_OUT":
            order.write_back_calls += 1
            return WRONG_STATE
        pieces = Counter[str]()
        for goods in parcels[0].get("partialShipmentGoodsList") or []:
            pieces[_line(order, goods)] += int(goods.get("num") or 0)
        return OUTCOMES[self._market.ship(order, waybill, company, pieces)]

    def correct(self, method: str, business: Json) -> Response:
        """Exchange waybills of an order that is shipped as a whole; as many as there were."""
        order = self._market.find(str(business.get("order_id")))
        pairs = _pairs(str(business.get("logistics_id") or ""), str(business.get("waybill") or ""))
        if order is None or order.status != "shipped" or len(pairs) != len(order.parcels):
            raise Wrong("10400014")
        kept = {waybill for _, waybill in pairs}
        gone = [parcel.waybill for parcel in order.parcels if parcel.waybill not in kept]
        new = [pair for pair in pairs if pair[1] not in order.waybills]
        for wrong, (company, waybill) in zip(gone, new, strict=True):
            self._market.correct(order, wrong, waybill, company)
        return responce(method, {})


def _operated(method: str, code: str, why: str) -> Response:
    return responce(method, {"sopjosshipment_result": operator_result(code, why)})


def _pairs(companies: str, waybills: str) -> list[tuple[str, str]]:
    """Read `467|463` and `1,2|3`: as many groups as carriers, or it means nothing."""
    groups = [[waybill for waybill in group.split(",") if waybill] for group in waybills.split("|")]
    named = companies.split("|")
    if len(named) != len(groups) or not all(groups):
        return []
    return [(company, waybill) for company, group in zip(named, groups, strict=True) for waybill in group]


def _line(order: MarketOrder, goods: Json) -> str:
    """Find the line that a SKU and its `skuUuid` mean; an unknown one is its own name."""
    uuid = str(goods.get("skuUuid") or "")
    for line in order.lines:
        if sku_id(line) == str(goods.get("skuId")) and uuid in {"", line.id}:
            return line.id
    return "unknown"
