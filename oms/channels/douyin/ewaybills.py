"""Doudian's e-waybills: the receiver is named by the ciphers of the order, so that nobody is decrypted.

Source: the documents of `logistics/newCreateOrder` (name, mobile and detail "may be ciphers"; an order and package id
said again "bring the old number") and of `logistics/cancelOrder`; facts/protocols.md, section 4.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from oms.channels.douyin.gateway import Gateway
from oms.channels.douyin.mapping import read_order, receiver_of
from oms.channels.douyin.orders import Orders
from oms.channels.douyin.verdict import Reply
from oms.channels.douyin.wire import Order, Region
from oms.channels.douyin.words import company_of
from oms.domain.errors import Misused, Unavailable
from oms.domain.receiver import Receiver
from oms.domain.sender import Sender
from oms.ports import Drawn, DrawRefused, WaybillWish

DRAW, CANCEL = "logistics.newCreateOrder", "logistics.cancelOrder"
CHINA = "CHN"
LONGEST_PACK_ID = 15
CANCELLED_BEFORE = ":1102"
"""End of the refusal to cancel a number twice."""
LONGEST_NAME = 100


class Ewaybills:
    """Draws numbers for one shop's orders."""

    def __init__(self, gateway: Gateway, orders: Orders) -> None:
        self._gateway = gateway
        self._orders = orders

    async def draw(self, wish: WaybillWish, sender: Sender, receiver: Receiver) -> Drawn | DrawRefused:
        """Draw a number for the package; asked again, the same one comes back.

        Raises Unavailable when the order's address is another one meanwhile: take the order in again.
        """
        company = company_of(wish.carrier)
        if company is None:
            return DrawRefused(
                reason=f"no code of the platform for carrier {wish.carrier}: map it in words.py"
            )
        payload = await self._orders.fetch(wish.order.number)
        if payload is None:
            return DrawRefused(reason="the platform knows no such order")
        order = read_order(payload)
        _check_address(order, receiver)
        asked = {
            "logistics_code": company,
            "sender_info": _sent_by(sender),
            "order_infos": [_package(wish, order)],
        }
        reply = await self._gateway.ask(DRAW, asked)
        if reply.refusal:
            return DrawRefused(reason=f"the platform answered {reply.reason}")
        return _answer(reply, wish, self._gateway.about(DRAW))

    async def give_back(self, waybill: str, carrier: str) -> None:
        """Give a number back; harmless when that was done before. Raises Misused when it was used."""
        params = {"logistics_code": company_of(carrier) or carrier, "track_no": waybill}
        reply = await self._gateway.ask(CANCEL, params)
        if reply.refusal.endswith(CANCELLED_BEFORE):
            return
        result = None if reply.refusal else reply.mapping(self._gateway.about(CANCEL)).get("cancel_result")
        if not isinstance(result, dict) or result.get("success") is not True:
            raise Misused(
                f"waybill {waybill} cannot be given back: the platform answered {reply.reason or 'no'}"
            )


def pack_id(code: str) -> str:
    """Name the package in at most fifteen letters and digits, the same for the same delivery order."""
    return hashlib.sha256(code.encode()).hexdigest()[:LONGEST_PACK_ID]


def _check_address(order: Order, receiver: Receiver) -> None:
    present = receiver_of(order)
    if receiver.token and (present is None or present.token != receiver.token):
        raise Unavailable(
            f"order {order.order_id}: its address has changed meanwhile; take the order in again"
        )


def _package(wish: WaybillWish, order: Order) -> Mapping[str, Any]:
    detail = order.post_addr.encrypt_detail or order.mask_post_addr.encrypt_detail
    region = order.post_addr if order.post_addr.province.name else order.mask_post_addr
    return {
        "order_id": wish.order.number,
        "pack_id": pack_id(wish.code),
        "receiver_info": {
            "address": {**_region(region), "detail_address": detail},
            "contact": {"name": order.encrypt_post_receiver, "mobile": order.encrypt_post_tel},
        },
        "items": [
            {
                "item_name": wish.titles.get(piece.sku, piece.sku)[:LONGEST_NAME],
                "item_count": piece.quantity,
            }
            for piece in wish.pieces
        ],
    }


def _region(region: Region) -> Mapping[str, str]:
    return {
        "country_code": CHINA,
        "province_name": region.province.name,
        "city_name": region.city.name,
        "district_name": region.town.name,
        "street_name": region.street.name,
    }


def _sent_by(sender: Sender) -> Mapping[str, Any]:
    place = {
        "country_code": CHINA,
        "province_name": sender.province,
        "city_name": sender.city,
        "district_name": sender.district,
        "detail_address": sender.address,
    }
    return {"address": place, "contact": {"name": sender.name, "mobile": sender.phone}}


def _answer(reply: Reply, wish: WaybillWish, what: str) -> Drawn | DrawRefused:
    """Find our package among those drawn, or why it was not; a call that succeeds may refuse each of them."""
    content, ours = reply.mapping(what), pack_id(wish.code)
    for row in _rows(content.get("ebill_infos")):
        number = str(row.get("track_no") or "").strip()
        if str(row.get("pack_id")) == ours and number:
            return Drawn(waybill=number, carrier=wish.carrier)
    for row in _rows(content.get("err_infos")):
        if str(row.get("pack_id")) == ours:
            return DrawRefused(reason=f"the platform answered {row.get('err_code')}: {row.get('err_msg')}")
    raise Unavailable(f"{what}: the answer says nothing of delivery {wish.code}")


def _rows(value: object) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
