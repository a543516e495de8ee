"""Receivers of Doudian orders: revealed when a parcel is about to leave, and changed on the buyer's wish."""

from typing import Any

from oms.channels.douyin.gateway import Gateway
from oms.channels.douyin.mapping import read_order, receiver_of, street_address
from oms.channels.douyin.orders import Orders
from oms.channels.douyin.wire import Order
from oms.domain.errors import Misused, Unavailable
from oms.domain.receiver import Receiver
from oms.ports import Answered, AnswerRefused

AGREED = 0
REASONS = range(1001, 1006)
BEING_SHIPPED = 1005
"""The usual reason of a refusal: the order has reached the shipping step."""
AGREED_BEFORE, REFUSED_BEFORE = ":50040", ":50041"
"""Ends of the refusals for a wish that has been answered."""


class Addresses:
    """Answers and reveals; what it reveals is personal data and goes nowhere but to its caller."""

    def __init__(self, gateway: Gateway, orders: Orders) -> None:
        self._gateway = gateway
        self._orders = orders

    async def answer(self, number: str, *, accept: bool, why: str) -> Answered | AnswerRefused:
        """Agree or refuse; `why` may be one of the platform's own reasons, 1001 to 1005."""
        reason = int(why) if why.isascii() and why.isdecimal() and int(why) in REASONS else BEING_SHIPPED
        params = {"order_id": number, "is_approved": AGREED if accept else reason}
        reply = await self._gateway.ask("order.addressConfirm", params)
        said_before = AGREED_BEFORE if accept else REFUSED_BEFORE
        if not reply.refusal or reply.refusal.endswith(said_before):
            return Answered()
        return AnswerRefused(reason=f"the platform answered {reply.reason}")

    async def reveal(self, number: str, receiver: Receiver) -> Receiver:
        """Decrypt name, phone and address of an order, unless its address is another one meanwhile.

        Raises Unavailable when it is: take the order in again, then ask again; Misused when the platform
        will not decrypt.
        """
        payload = await self._orders.fetch(number)
        if payload is None:
            raise Misused(f"{self._gateway.about('order.batchDecrypt')}: no order {number}")
        order = read_order(payload)
        present = receiver_of(order)
        if receiver.token and (present is None or present.token != receiver.token):
            raise Unavailable(f"order {number}: its address has changed meanwhile; take the order in again")
        ciphers = (
            order.encrypt_post_receiver,
            order.encrypt_post_tel,
            order.post_addr.encrypt_detail or order.mask_post_addr.encrypt_detail,
        )
        name, phone, detail = await self._decrypt(number, ciphers)
        return _plain(order, receiver, name, phone, detail)

    async def _decrypt(self, number: str, ciphers: tuple[str, str, str]) -> tuple[str, str, str]:
        method = "order.batchDecrypt"
        asked = [{"auth_id": number, "cipher_text": cipher} for cipher in ciphers if cipher]
        if not asked:
            raise Misused(f"order {number} holds nothing to decrypt")
        content = (await self._gateway.ask(method, {"cipher_infos": asked})).mapping(
            self._gateway.about(method)
        )
        found = content.get("decrypt_infos")
        rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
        texts = dict(filter(None, map(_decrypted, rows)))
        if any(one["cipher_text"] not in texts for one in asked):
            raise Misused(f"{self._gateway.about(method)}: order {number} was not decrypted in whole")
        name, phone, detail = (texts.get(cipher, "") for cipher in ciphers)
        return name, phone, detail


def _decrypted(row: dict[str, Any]) -> tuple[str, str] | None:
    cipher, text, error = row.get("cipher_text"), row.get("decrypt_text"), row.get("err_no")
    if error not in {None, 0, "0"} or not isinstance(cipher, str) or not isinstance(text, str) or not text:
        return None
    return cipher, text


def _plain(order: Order, masked: Receiver, name: str, phone: str, detail: str) -> Receiver:
    region = order.post_addr if order.post_addr.province.name else order.mask_post_addr
    changes = {"name": name, "phone": phone, "address": street_address(region, detail)}
    return masked.model_copy(update={key: value for key, value in changes.items() if value})
