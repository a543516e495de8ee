"""Pinduoduo's e-waybills: the receiver is named by the ciphers of the order, so that nobody is decrypted.

Source: `pdd.waybill.get` and `pdd.waybill.cancel` of the platform's documents; facts/protocols.md, section 3. That the
recipient's name, phone and address may be the order's own ciphers, and that the same order and package id bring the
same number again, is how those who print labels use it; the documents do not say so.
"""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from oms.channels.pdd.carriers import COMPANY_OF
from oms.channels.pdd.gateway import Gateway, text_of
from oms.channels.pdd.interfaces import ORDER, Interface
from oms.channels.pdd.reveal import Place
from oms.domain.errors import Misused, Unavailable
from oms.domain.sender import Sender
from oms.ports import Drawn, DrawRefused, WaybillWish

DRAW = Interface("pdd.waybill.get", "pdd_waybill_get_response")
CANCEL = Interface("pdd.waybill.cancel", "pdd_waybill_cancel_response")
REQUEST = "param_waybill_cloud_print_apply_new_request"
OF_PDD = "PDD"
NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9_]", re.ASCII)
LONGEST_NAME = 100


class Ewaybills:
    """Draws numbers for one mall's orders; the mall's label template and number are of its settings."""

    def __init__(self, gateway: Gateway, template_url: str, mall_id: str) -> None:
        self._gateway = gateway
        self._template_url = template_url
        self._mall_id = mall_id

    async def draw(self, wish: WaybillWish, sender: Sender) -> Drawn | DrawRefused:
        """Draw a number for the package; asked again, the same one comes back."""
        company = COMPANY_OF.get(wish.carrier)
        if company is None:
            return DrawRefused(
                reason=f"no carrier of Pinduoduo is mapped to {wish.carrier!r}: add it to COMPANY_OF"
            )
        place = await self._place(wish.order.number)
        if not all((place.receiver_name, place.receiver_phone, place.receiver_address)):
            return DrawRefused(
                reason="Pinduoduo shows the order's receiver only while it waits to be shipped"
            )
        asked = {
            "need_encrypt": True,
            "wp_code": company.code,
            "sender": _sent_by(sender),
            "trade_order_info_dtos": [self._package(wish, place)],
        }
        reply = await self._gateway.ask(DRAW, {REQUEST: text_of(asked)})
        if reply.refusal:
            return DrawRefused(reason=f"Pinduoduo answered {reply.refusal}")
        return Drawn(waybill=_number(reply.content, wish.code), carrier=wish.carrier)

    async def give_back(self, waybill: str, carrier: str) -> None:
        """Give a number back; given back twice, it is given back once. Raises Misused when it was used."""
        company = COMPANY_OF.get(carrier)
        params = {"waybill_code": waybill, "wp_code": company.code if company else ""}
        reply = await self._gateway.ask(CANCEL, params)
        if reply.refusal or reply.content.get("cancel_result") is not True:
            raise Misused(
                f"waybill {waybill} cannot be given back: Pinduoduo answered {reply.refusal or 'no'}"
            )

    async def _place(self, number: str) -> Place:
        content = (await self._gateway.ask(ORDER, {"order_sn": number})).expect(f"order {number}")
        if not content.get("order_info"):
            raise Misused(f"Pinduoduo knows no order {number}")
        try:
            return Place.model_validate(content["order_info"])
        except ValidationError:
            raise Unavailable(f"order {number}: the platform's answer holds no receiver") from None

    def _package(self, wish: WaybillWish, place: Place) -> Mapping[str, Any]:
        items = [
            {"name": wish.titles.get(piece.sku, piece.sku)[:LONGEST_NAME], "count": piece.quantity}
            for piece in wish.pieces
        ]
        return {
            "object_id": wish.code,
            "order_info": {"order_channels_type": OF_PDD, "trade_order_list": [wish.order.number]},
            "package_info": {"id": NOT_IN_AN_ID.sub("_", wish.code), "items": items},
            "recipient": {
                "name": place.receiver_name,
                "mobile": place.receiver_phone,
                "address": {
                    "province": place.province,
                    "city": place.city,
                    "district": place.town,
                    "detail": place.receiver_address,
                },
            },
            "template_url": self._template_url,
            "user_id": int(self._mall_id or 0),
        }


def _sent_by(sender: Sender) -> Mapping[str, Any]:
    place = {
        "province": sender.province,
        "city": sender.city,
        "district": sender.district or sender.city,
        "detail": sender.address,
    }
    return {"name": sender.name, "mobile": sender.phone, "address": place}


def _number(content: Mapping[str, Any], code: str) -> str:
    rows = content.get("modules")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and row.get("object_id") == code:
            number = row.get("parent_waybill_code") or row.get("waybill_code")
            if isinstance(number, str) and number.strip():
                return number.strip()
    raise Unavailable(f"{DRAW.type} {code}: the answer holds no number")
