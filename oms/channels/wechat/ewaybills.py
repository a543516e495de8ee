"""WeChat's e-waybills: the receiver is named as the order shows it, masked, so that nobody is decoded.

Source: the documents and samples of `/channels/ec/logistics/ewaybill/biz/order/{create,get,cancel}`; the receiver is
"as in the shop's order", and developers show masked ones. `ewaybill_order_id` is of our choice, a whole number of 64
bits: we make it of the delivery order's code, and a number drawn before is asked for by it.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from oms.channels.wechat.gateway import Gateway
from oms.channels.wechat.verdict import Reply
from oms.channels.wechat.writeback import CARRIERS
from oms.domain.errors import Misused, Unavailable
from oms.domain.receiver import Receiver
from oms.domain.sender import Sender
from oms.domain.stock import Piece
from oms.ports import Drawn, DrawRefused, WaybillWish

PATH = "logistics/ewaybill/biz/order"
DRAWN_ALREADY = 10025019
"""A label of this id exists."""
UNKNOWN_LABEL = 10025010
CANCELLED = 2
"""`status` of a label that was given back."""
LONGEST_NAME = 100


class Account:
    """The merchant's account at a courier, as WeChat numbers it."""

    def __init__(self, shop_id: str, account_id: str, site_code: str) -> None:
        self.fields: Mapping[str, str] = {"shop_id": shop_id, "ewaybill_acct_id": account_id} | (
            {"site_code": site_code} if site_code else {}
        )


class Ewaybills:
    """Draws numbers for one shop's orders."""

    def __init__(self, gateway: Gateway, account: Account) -> None:
        self._gateway = gateway
        self._account = account

    async def draw(self, wish: WaybillWish, sender: Sender, receiver: Receiver) -> Drawn | DrawRefused:
        """Draw a number; asked again, the label of before is looked up."""
        company = CARRIERS.get(wish.carrier)
        if company is None:
            return DrawRefused(
                reason=f"carrier {wish.carrier!r} has no code at WeChat: map it in writeback.py"
            )
        question = {
            "ewaybill_order_id": label_id(wish.code),
            "delivery_id": company,
            **self._account.fields,
            "sender": _sent_by(sender),
            "receiver": _received_by(receiver),
            "ec_order_list": [{"ec_order_id": int(wish.order.number), "goods_list": _goods(wish)}],
        }
        reply = await self._gateway.ask(f"{PATH}/create", question)
        if reply.refusal == DRAWN_ALREADY:
            return await self._drawn_before(wish)
        if reply.refusal:
            return DrawRefused(reason=f"WeChat refused with errcode {reply.refusal}")
        return _drawn(reply.content, wish, reply.what)

    async def give_back(self, code: str, waybill: str, carrier: str) -> None:
        """Give a number back; harmless when that was done before. Raises Misused when it was used."""
        question = {
            "ewaybill_order_id": label_id(code),
            "delivery_id": CARRIERS.get(carrier, ""),
            "waybill_id": waybill,
        }
        reply = await self._gateway.ask(f"{PATH}/cancel", question)
        if not reply.refusal or reply.refusal == UNKNOWN_LABEL:
            return
        if (await self._look(code)).get("status") != CANCELLED:
            raise Misused(
                f"waybill {waybill} cannot be given back: WeChat refused with errcode {reply.refusal}"
            )

    async def _drawn_before(self, wish: WaybillWish) -> Drawn | DrawRefused:
        label = await self._look(wish.code)
        if label.get("status") == CANCELLED:
            return DrawRefused(reason="WeChat gave a number for this delivery before, and it was given back")
        return _drawn(label, wish, f"{PATH}/get")

    async def _look(self, code: str) -> Mapping[str, Any]:
        reply: Reply = await self._gateway.ask(f"{PATH}/get", {"ewaybill_order_id": label_id(code)})
        return reply.part("order_info")


def label_id(code: str) -> str:
    """Name a label by a whole number of 63 bits, the same for the same delivery order."""
    return str(int.from_bytes(hashlib.sha256(code.encode()).digest()[:8]) >> 1)


def _drawn(label: Mapping[str, Any], wish: WaybillWish, what: str) -> Drawn:
    number = label.get("waybill_id")
    if not isinstance(number, str) or not number.strip():
        raise Unavailable(f"{what}: the answer holds no number for delivery {wish.code}")
    return Drawn(waybill=number.strip(), carrier=wish.carrier)


def _goods(wish: WaybillWish) -> list[Mapping[str, Any]]:
    return [_good(piece, wish.titles.get(piece.sku, piece.sku)[:LONGEST_NAME]) for piece in wish.pieces]


def _good(piece: Piece, name: str) -> Mapping[str, Any]:
    """Name the product and SKU of a line, whose id we made of them; gifts of ours have none."""
    product, _, sku = piece.line.partition("-")
    named = {"good_name": name, "good_count": piece.quantity}
    if not (product.isdecimal() and sku.isdecimal()):
        return named
    return named | {"product_id": int(product), "sku_id": int(sku)}


def _received_by(receiver: Receiver) -> Mapping[str, str]:
    return {
        "name": receiver.name,
        "mobile": receiver.phone,
        "province": receiver.province,
        "city": receiver.city,
        "county": receiver.district,
        "street": "",
        "address": receiver.address,
    }


def _sent_by(sender: Sender) -> Mapping[str, str]:
    return {
        "name": sender.name,
        "mobile": sender.phone,
        "province": sender.province,
        "city": sender.city,
        "county": sender.district,
        "street": "",
        "address": sender.address,
    }
