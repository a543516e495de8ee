"""WeChat's e-waybills: a number for a label, whose receiver is as the order shows it, masked."""

from dataclasses import dataclass

from simulator.carrier.roll import Roll, Wish
from simulator.market.market import Market
from simulator.market.order import MarketOrder
from simulator.wechat.answers import Refused, accept
from simulator.wechat.words import COMPANIES, address_body
from simulator.wire import Json

REQUIRED = ("delivery_id", "ewaybill_acct_id", "shop_id", "sender", "receiver", "ec_order_list")
LARGEST_ID = 2**64
TO_SHIP = frozenset({"paid", "part_shipped"})
ORDERED, CANCELLED = 1, 2


@dataclass
class Label:
    """One label, under the id that the shop chose."""

    waybill: str
    company: str
    status: int = ORDERED


class EwaybillCounter:
    """Gives numbers for the orders of one market; an id that was used once is used up."""

    def __init__(self, market: Market, roll: Roll) -> None:
        """Stand between a market and a roll."""
        self._market = market
        self._roll = roll
        self._labels: dict[str, Label] = {}

    def create(self, question: Json) -> Json:
        """Answer `…/ewaybill/biz/order/create`."""
        label_id = _label_id(question)
        if any(not question.get(name) for name in REQUIRED):
            raise Refused(40097)
        if label_id in self._labels:
            raise Refused(10025019)
        number = str(question["ec_order_list"][0].get("ec_order_id"))
        order, company = self._market.find(number), str(question["delivery_id"])
        wish = Wish("wechat", label_id, company, number, order.buyer.phone if order else "")
        errcode = _why_not(order, company, question["receiver"])
        if errcode:
            self._roll.refuse(wish, str(errcode))
            raise Refused(errcode)
        waybill = self._roll.draw(wish).waybill
        self._labels[label_id] = Label(waybill, company)
        return accept(
            ewaybill_order_id=label_id,
            waybill_id=waybill,
            delivery_error_msg="",
            waybill_id_list=[],
        )

    def show(self, question: Json) -> Json:
        """Answer `…/ewaybill/biz/order/get`."""
        label_id = _label_id(question)
        label = self._find(question)
        return accept(
            order_info={
                "ewaybill_order_id": label_id,
                "delivery_id": label.company,
                "waybill_id": label.waybill,
                "status": label.status,
                "path_info": [],
            }
        )

    def cancel(self, question: Json) -> Json:
        """Answer `…/ewaybill/biz/order/cancel`."""
        label = self._find(question)
        if (question.get("waybill_id"), question.get("delivery_id")) != (label.waybill, label.company):
            raise Refused(40097)
        if self._roll.take_back(label.waybill) != "accepted":
            raise Refused(10025012)
        label.status = CANCELLED
        return accept(delivery_error_msg="")

    def _find(self, question: Json) -> Label:
        label = self._labels.get(_label_id(question))
        if label is None:
            raise Refused(10025010)
        return label


def _label_id(question: Json) -> str:
    label_id = question.get("ewaybill_order_id")
    if not isinstance(label_id, str) or not label_id.isdecimal() or int(label_id) >= LARGEST_ID:
        raise Refused(40097)
    return label_id


def _why_not(order: MarketOrder | None, company: str, receiver: Json) -> int:
    if order is None:
        return 100002
    if company not in COMPANIES:
        return 10025005
    if order.status not in TO_SHIP:
        return 10025020
    shown = address_body(order.buyer, order.token, masked=True)
    told = (receiver.get("name"), receiver.get("mobile"), receiver.get("city"))
    return 0 if told == (shown["user_name"], shown["tel_number"], shown["city_name"]) else 10025021
