"""Doudian's e-waybills: a number for a package, whose receiver is named by the order's ciphers."""

from typing import Any

from simulator.carrier.roll import Roll, Wish
from simulator.douyin.ciphers import Ciphers
from simulator.douyin.refusals import Refusal, Refused, business, invalid
from simulator.douyin.shipping import COMPANIES
from simulator.market.market import Market
from simulator.market.order import MarketOrder
from simulator.wire import Json

MOST = 50
LONGEST_PACK_ID = 15
TO_SHIP = frozenset({"paid", "part_shipped"})
MISSING = invalid(1000, "拼接参数异常")
CANCELLED_BEFORE = business(1102, "重复取消")
COLLECTED = business(1105, "已揽收，无法取消")
UNKNOWN = business(8018, "未获取到订单信息")


class Ewaybills:
    """Gives numbers for the orders of one market; a call may succeed and refuse single packages."""

    def __init__(self, market: Market, ciphers: Ciphers, roll: Roll) -> None:
        """Stand between a market and a roll."""
        self._market = market
        self._ciphers = ciphers
        self._roll = roll

    def draw(self, params: Json) -> Json:
        """Answer logistics/newCreateOrder."""
        packages = params.get("order_infos")
        if not isinstance(packages, list) or not 0 < len(packages) <= MOST:
            raise Refused(MISSING)
        try:
            sender = params["sender_info"]
            complete = sender["contact"]["name"] and sender["address"]["province_name"]
        except (KeyError, TypeError):
            complete = ""
        if not complete:
            raise Refused(invalid(4006, "寄件人姓名不能为空"))
        drawn: list[Json] = []
        refused: list[Json] = []
        for package in packages:
            done, row = self._draw(str(params.get("logistics_code", "")), package)
            (drawn if done else refused).append(row)
        return {"ebill_infos": drawn, "err_infos": refused}

    def cancel(self, params: Json) -> Json:
        """Answer logistics/cancelOrder."""
        match self._roll.take_back(str(params.get("track_no", ""))):
            case "unknown":
                raise Refused(UNKNOWN)
            case "used":
                raise Refused(COLLECTED)
            case "repeated":
                raise Refused(CANCELLED_BEFORE)
            case _:
                return {"cancel_result": {"success": True}}

    def _draw(self, company: str, package: Any) -> tuple[bool, Json]:
        try:
            number, pack = str(package["order_id"]), str(package.get("pack_id", ""))
            contact, place = package["receiver_info"]["contact"], package["receiver_info"]["address"]
            told = (str(contact["name"]), str(contact["mobile"]), str(place["detail_address"]))
            complete = all(item["item_name"] and item["item_count"] for item in package["items"])
        except (KeyError, TypeError):
            raise Refused(MISSING) from None
        if not complete or len(pack) > LONGEST_PACK_ID or not pack.replace("_", "").isalnum():
            raise Refused(MISSING)
        order = self._market.find(number)
        if order is None:
            raise Refused(Refusal(50002, "isv.business-failed:15002", "订单信息不存在"))
        wish = Wish("douyin", f"{number}/{pack}", company, number, order.buyer.phone)
        no = self._why_not(order, company, told)
        if no is not None:
            self._roll.refuse(wish, no[1])
            return False, {"order_id": number, "pack_id": pack, "err_code": no[0], "err_msg": no[1]}
        waybill = self._roll.draw(wish).waybill
        return True, {
            "order_id": number,
            "pack_id": pack,
            "track_no": waybill,
            "sort_code": "571-A1 00",
            "sub_waybill_codes": "",
            "company": company,
        }

    def _why_not(
        self, order: MarketOrder, company: str, told: tuple[str, str, str]
    ) -> tuple[str, str] | None:
        if company not in COMPANIES:
            return "10711", "电子面单订购关系不存在"
        if order.status not in TO_SHIP:
            return "10702", "订单状态不允许取号"
        person = (order.buyer.name, order.buyer.phone, order.buyer.street)
        if tuple(self._ciphers.reveal(order.number, text) for text in told) != person:
            return "10703", "收件人信息解密失败"
        return None
