"""Taking waybills: a whole order at once, parcel by parcel, and the correction of either."""

from collections import Counter

from simulator.douyin.access import whole
from simulator.douyin.refusals import Refusal, Refused, business, invalid
from simulator.douyin.rows import pack_id
from simulator.douyin.trade import Trade
from simulator.market.market import Market
from simulator.market.order import MarketOrder
from simulator.wire import Json

COMPANIES = frozenset(
    {
        "shunfeng", "yuantong", "zhongtong", "shentong", "yunda", "jd", "ems", "jtexpress", "debangwuliu",
        "youzhengguonei", "huitongkuaidi",
    }
)  # fmt: skip
NOT_TO_SHIP = {
    "unpaid": business(60137, "订单未支付，禁止发货。"),
    "cancelled": business(60021, "订单已取消，禁止发货。"),
    "refunded": business(60068, "该订单已售前退款成功，不能发货。"),
    "received": business(60113, "订单已完结，禁止发货。"),
}
SHIPPED_ALREADY = business(60110, "订单已发货，不允许再次执行发货。")


class Shipping:
    """The shipping interface of one shop."""

    def __init__(self, market: Market, trade: Trade) -> None:
        """Open it."""
        self._market = market
        self._trade = trade
        self._answered: dict[str, Json] = {}
        """Request ids that succeeded, with what was answered."""
        self._in_packs: set[str] = set()

    def add(self, params: Json) -> Json:
        """Answer order/logisticsAdd: everything that is left, in one parcel."""
        order = self._trade.find(params)
        waybill, company = _waybill(params)
        _check_refunds(order)
        self._ship(order, waybill, company, None)
        return {}

    def add_packs(self, params: Json) -> Json:
        """Answer order/logisticsAddMultiPack; a request id that succeeded is answered again and ships nothing."""
        request = str(params.get("request_id") or "")
        if not request:
            raise Refused(
                Refusal(40002, "isv.missing-parameter:50050", "发货请求id不能为空，请检查requestId")
            )
        order, packs = self._trade.find(params), params.get("pack_list")
        if request in self._answered:
            return self._answered[request]
        if not isinstance(packs, list) or not packs:
            raise Refused(business(60036, "发货信息为空。"))
        _check_refunds(order)
        shown = []
        for pack in packs:
            waybill, company = _waybill(pack)
            self._ship(order, waybill, company, _pieces(pack))
            self._in_packs.add(order.number)
            shown.append(
                {
                    "pack_id": pack_id(order, len(order.parcels) - 1),
                    "logistics_code": waybill,
                    "shipped_order_info": pack["shipped_order_info"],
                }
            )
        self._answered[request] = {"pack_list": shown}
        return self._answered[request]

    def edit(self, params: Json) -> Json:
        """Answer order/logisticsEdit, which only knows orders that were sent whole."""
        order = self._trade.find(params)
        waybill, company = _waybill(params)
        if order.number in self._in_packs:
            raise Refused(business(70011, "包裹单号缺失，请修改后重试"))
        if order.status != "shipped":
            raise Refused(business(60021, "该订单的订单状态不允许重新发货"))
        self._market.correct(order, None, waybill, company)
        return {}

    def edit_pack(self, params: Json) -> Json:
        """Answer order/logisticsEditByPack."""
        order = self._trade.find(params)
        waybill, company = _waybill(params)
        named = params.get("pack_id")
        old = next((p.waybill for n, p in enumerate(order.parcels) if pack_id(order, n) == named), None)
        if old is None or order.status not in {"shipped", "part_shipped"}:
            raise Refused(business(10007, "此订单状态不允许重新发货"))
        self._market.correct(order, old, waybill, company)
        return {}

    def companies(self, _params: Json) -> list[Json]:
        """Answer order/logisticsCompanyList."""
        return [{"id": n, "name": code, "code": code} for n, code in enumerate(sorted(COMPANIES), start=1)]

    def _ship(self, order: MarketOrder, waybill: str, company: str, pieces: dict[str, int] | None) -> None:
        outcome = self._market.ship(order, waybill, company, pieces)
        if outcome == "not_to_ship":
            raise Refused(NOT_TO_SHIP.get(order.status, SHIPPED_ALREADY))
        if outcome in {"repeated", "nothing_left"}:
            raise Refused(SHIPPED_ALREADY)
        if outcome == "unknown_line":
            raise Refused(business(60102, "商品单不存在，请仔细检查后重试"))


def _waybill(params: Json) -> tuple[str, str]:
    waybill, company = str(params.get("logistics_code") or ""), str(params.get("company_code") or "")
    if not waybill:
        raise Refused(invalid(60014, "物流单号不能为空"))
    if not company:
        raise Refused(invalid(60083, "物流公司编码(company_code)字段不能为空。"))
    if company not in COMPANIES:
        raise Refused(business(60018, "暂不支持该物流公司或物流商已失效，请检查。"))
    return waybill, company


def _pieces(pack: Json) -> dict[str, int]:
    pieces: Counter[str] = Counter()
    for one in pack.get("shipped_order_info") or ():
        pieces[str(one.get("shipped_order_id", ""))] += whole(one, "shipped_num")
    if not pieces:
        raise Refused(business(60036, "发货信息为空。"))
    return dict(pieces)


def _check_refunds(order: MarketOrder) -> None:
    if any(case.status == "requested" and case.kind != "exchange" for case in order.cases):
        raise Refused(business(60040, "发货订单中有退款申请需要处理，请先处理。"))
