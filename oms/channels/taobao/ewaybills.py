"""Cainiao's e-waybills, drawn through TOP: the parcel goes to an `oaid`, so that nobody is decrypted.

Source: the platform's metadata of `cainiao.waybill.ii.get` and `.cancel`; facts/protocols.md, section 1. A question
said again with the same trade and the same package id brings the number drawn before. Codes of refusals are not
published; a number that need not be given back any more is known by the platform's words.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from oms.channels.taobao.carriers import company_code
from oms.channels.taobao.gateway import Content, Shop, nested
from oms.channels.taobao.verdict import Refusal
from oms.domain.errors import Misused, Unavailable
from oms.domain.receiver import Receiver
from oms.domain.sender import Sender
from oms.ports import Drawn, DrawRefused, WaybillWish
from oms.waybill_words import is_given_back

DRAW, CANCEL = "cainiao.waybill.ii.get", "cainiao.waybill.ii.cancel"
REQUEST = "param_waybill_cloud_print_apply_new_request"
OF_TAOBAO = "TB"
"""`order_channels_type`, for Tmall's trades too."""
MASK = "***"
"""Name and address are required and not looked at where an oaid stands beside them."""
NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9_]", re.ASCII)
LONGEST_NAME = 100


class Ewaybills:
    """Draws numbers for one shop's trades; the shop's label template and seller number are of its settings."""

    def __init__(self, shop: Shop, template_url: str, seller_id: str) -> None:
        self._shop = shop
        self._template_url = template_url
        self._seller_id = seller_id

    async def draw(self, wish: WaybillWish, sender: Sender, receiver: Receiver) -> Drawn | DrawRefused:
        """Draw a number for the package; asked again, the same one comes back."""
        company = company_code(wish.carrier)
        if company is None:
            return DrawRefused(reason=f"no company code for the carrier {wish.carrier!r}: map it for taobao")
        if not receiver.token:
            return DrawRefused(
                reason="the trade has no oaid: its receiver cannot be named without decryption"
            )
        asked = {
            "cp_code": company,
            "sender": _sent_by(sender),
            "trade_order_info_dtos": [self._package(wish, receiver)],
        }
        answer = await self._shop.ask(DRAW, {REQUEST: json.dumps(asked, ensure_ascii=False)})
        if isinstance(answer, Refusal):
            return DrawRefused(reason=answer.reason)
        return Drawn(waybill=_number(answer, wish.code), carrier=wish.carrier)

    async def give_back(self, waybill: str, carrier: str) -> None:
        """Give a number back; harmless when that was done before. Raises Misused when it was used."""
        answer = await self._shop.ask(
            CANCEL, {"cp_code": company_code(carrier) or "", "waybill_code": waybill}
        )
        refusal = answer.reason if isinstance(answer, Refusal) else ""
        done = not isinstance(answer, Refusal) and answer.get("cancel_result") is True
        if not done and not is_given_back(refusal):
            raise Misused(f"waybill {waybill} cannot be given back: {refusal or 'the platform says no'}")

    def _package(self, wish: WaybillWish, receiver: Receiver) -> Mapping[str, Any]:
        number = wish.order.number
        return {
            "object_id": wish.code,
            "order_info": {"order_channels_type": OF_TAOBAO, "trade_order_list": [number]},
            "package_info": {
                "id": NOT_IN_AN_ID.sub("_", wish.code),
                "items": [
                    {
                        "name": wish.titles.get(piece.sku, piece.sku)[:LONGEST_NAME],
                        "count": piece.quantity,
                    }
                    for piece in wish.pieces
                ],
            },
            "recipient": {
                "address": {
                    "province": receiver.province,
                    "city": receiver.city,
                    "district": receiver.district,
                    "detail": MASK,
                },
                "name": MASK,
                "mobile": MASK,
                "oaid": receiver.token,
                "tid": number,
            },
            "template_url": self._template_url,
            "user_id": int(self._seller_id or 0),
        }


def _sent_by(sender: Sender) -> Mapping[str, Any]:
    place = {
        "province": sender.province,
        "city": sender.city,
        "district": sender.district,
        "detail": sender.address,
    }
    return {"name": sender.name, "mobile": sender.phone, "address": place}


def _number(answer: Content, code: str) -> str:
    for row in nested(answer, "modules", "waybill_cloud_print_response"):
        if isinstance(row, Mapping) and row.get("object_id") == code:
            number = row.get("parent_waybill_code") or row.get("waybill_code")
            if isinstance(number, str) and number.strip():
                return number.strip()
    raise Unavailable(f"{DRAW} {code}: the answer holds no number")
