"""Cainiao's e-waybills: a number for a package of a trade, whose receiver is named by the trade's oaid."""

import json
from collections.abc import Mapping
from typing import Any

from simulator.carrier.roll import Roll, Wish
from simulator.market.market import Market
from simulator.market.order import MarketOrder
from simulator.taobao.answers import Refused, business, wrapped, wrong
from simulator.taobao.logistics import COMPANIES
from simulator.taobao.trades import required
from simulator.wire import Json

MOST = 10
TO_SHIP = frozenset({"paid", "part_shipped"})


class Ewaybills:
    """Gives numbers for the trades of one market."""

    def __init__(self, market: Market, roll: Roll) -> None:
        """Stand between a market and a roll."""
        self._market = market
        self._roll = roll

    def draw(self, params: Mapping[str, str]) -> Json:
        """Answer `cainiao.waybill.ii.get`."""
        asked = _asked(params)
        packages = asked.get("trade_order_info_dtos")
        if not isinstance(packages, list) or not 0 < len(packages) <= MOST:
            raise wrong("trade_order_info_dtos", "数量限制为10")
        modules = [self._draw(str(asked.get("cp_code", "")), asked, package) for package in packages]
        return wrapped("modules", "waybill_cloud_print_response", modules)

    def cancel(self, params: Mapping[str, str]) -> Json:
        """Answer `cainiao.waybill.ii.cancel`."""
        required(params, "cp_code")
        match self._roll.take_back(required(params, "waybill_code")):
            case "unknown":
                raise business("waybill-not-exist", "面单号不存在")
            case "used":
                raise business("waybill-used", "面单号已经被揽收，不能取消")
            case "repeated":
                raise business("waybill-cancelled", "面单号已取消，请勿重复操作")
            case _:
                return {"cancel_result": True}

    def _draw(self, company: str, asked: Json, package: Any) -> Json:
        try:
            number = str(package["order_info"]["trade_order_list"][0])
            pack, items = str(package["package_info"]["id"]), package["package_info"]["items"]
            oaid = str(package["recipient"].get("oaid", ""))
            complete = package["object_id"] and package["template_url"] and package["user_id"] and items
            sender = asked["sender"]["address"]["province"] and asked["sender"]["address"]["detail"]
        except (KeyError, TypeError, IndexError):
            raise wrong("param_waybill_cloud_print_apply_new_request", "必填字段缺失") from None
        order = self._market.find(number)
        wish = Wish("taobao", f"{number}/{pack}", company, number, order.buyer.phone if order else "")
        if not complete or not sender or not pack.replace("_", "").isalnum():
            raise wrong("param_waybill_cloud_print_apply_new_request", "必填字段缺失")
        no = _refusal(order, company, oaid)
        if no is not None:
            self._roll.refuse(wish, str(no))
            raise no
        return {
            "object_id": package["object_id"],
            "waybill_code": self._roll.draw(wish).waybill,
            "cp_code": company,
            "print_data": json.dumps({"encryptedData": "AES:…"}, ensure_ascii=False),
        }


def _refusal(order: MarketOrder | None, company: str, oaid: str) -> Refused | None:
    if company not in COMPANIES:
        return business("cp-not-subscribed", "商家未开通该物流公司的电子面单服务")
    if order is None:
        return business("trade-not-exist", "交易不存在")
    if order.status not in TO_SHIP:
        return business("trade-status-error", "订单状态不允许获取电子面单")
    if oaid != order.token:
        return business("oaid-not-match", "收件人信息与OAID不匹配，请重新获取订单")
    return None


def _asked(params: Mapping[str, str]) -> Json:
    name = "param_waybill_cloud_print_apply_new_request"
    try:
        asked = json.loads(required(params, name))
    except ValueError:
        raise wrong(name, "JSON格式错误") from None
    if not isinstance(asked, dict):
        raise wrong(name, "JSON格式错误")
    return asked
