"""The simulated e-waybills of Pinduoduo: a number for a package, whose receiver is named by the order's ciphers."""

import json
from typing import Any

from simulator.carrier.roll import Roll, Wish
from simulator.market.market import Market
from simulator.market.order import MarketOrder
from simulator.pdd.answers import MISSING, Complaint
from simulator.pdd.companies import USABLE
from simulator.pdd.words import cipher
from simulator.wire import Json

Params = dict[str, str]
REQUEST = "param_waybill_cloud_print_apply_new_request"
NOT_SUBSCRIBED = (50101, "商家未开通该快递公司电子面单服务")
NO_ORDER = (50102, "订单不存在")
NOT_TO_SHIP = (50103, "订单状态不允许取号")
WRONG_RECEIVER = (50104, "收件人信息与订单不一致")
USED = (50105, "面单已揽收，不允许取消")
UNKNOWN = (50106, "面单号不存在")


class EwaybillDesk:
    """Gives numbers for the orders of one market. The numbers of its refusals are invented: none are published."""

    def __init__(self, market: Market, roll: Roll) -> None:
        """Stand between a market and a roll."""
        self._market = market
        self._roll = roll

    def draw(self, params: Params) -> Json:
        """Answer `pdd.waybill.get`."""
        asked = _asked(params)
        packages = asked.get("trade_order_info_dtos")
        if not isinstance(packages, list) or not packages:
            raise Complaint(MISSING[0], "参数错误:trade_order_info_dtos")
        return {"modules": [self._draw(asked, package) for package in packages]}

    def cancel(self, params: Params) -> Json:
        """Answer `pdd.waybill.cancel`; a number cancelled before is cancelled."""
        match self._roll.take_back(params.get("waybill_code", "")):
            case "unknown":
                raise Complaint(*UNKNOWN)
            case "used":
                raise Complaint(*USED)
            case _:
                return {"cancel_result": True}

    def _draw(self, asked: Json, package: Any) -> Json:
        try:
            number = str(package["order_info"]["trade_order_list"][0])
            pack = str(package["package_info"]["id"])
            receiver = package["recipient"]
            complete = package["object_id"] and package["template_url"] and package["user_id"]
            sender = all(
                asked["sender"]["address"][name] for name in ("province", "city", "district", "detail")
            )
            told = (receiver["name"], receiver["mobile"], receiver["address"]["detail"])
        except (KeyError, TypeError, IndexError):
            raise Complaint(MISSING[0], f"参数错误:{REQUEST}") from None
        if not complete or not sender or not asked["sender"].get("name"):
            raise Complaint(MISSING[0], f"参数错误:{REQUEST}")
        order, company = self._market.find(number), str(asked.get("wp_code", ""))
        wish = Wish("pdd", f"{number}/{pack}", company, number, order.buyer.phone if order else "")
        no = _refusal(order, company, told)
        if no is not None:
            self._roll.refuse(wish, no[1])
            raise Complaint(*no)
        waybill = self._roll.draw(wish).waybill
        return {
            "object_id": package["object_id"],
            "waybill_code": waybill,
            "parent_waybill_code": "",
            "print_data": json.dumps({"encryptedData": "…"}, ensure_ascii=False),
        }


def _refusal(order: MarketOrder | None, company: str, told: tuple[str, str, str]) -> tuple[int, str] | None:
    if company not in USABLE.values():
        return NOT_SUBSCRIBED
    if order is None:
        return NO_ORDER
    if order.status != "paid":
        return NOT_TO_SHIP
    if told != tuple(cipher(order, part) for part in ("name", "phone", "address")):
        return WRONG_RECEIVER
    return None


def _asked(params: Params) -> Json:
    try:
        asked = json.loads(params.get(REQUEST, ""))
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise Complaint(MISSING[0], f"参数错误:{REQUEST}")
    return asked
