"""What the shop tells by itself: signed JSON of an order, and one unsigned ping when a webhook is set up."""

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, assert_never

from pydantic import Field, SecretStr

from oms.domain.errors import Forged, Unmappable
from oms.domain.model import Fact
from oms.http import read_json
from oms.ports import Call, Heard, Reply, Word

SIGNATURE = "x-wc-webhook-signature"
TOPIC = "x-wc-webhook-topic"
PING = re.compile(rb"webhook_id=\d{1,20}")
CHANGES = frozenset({"order.created", "order.updated", "order.restored"})
DELETION = "order.deleted"


class Kind(StrEnum):
    """What a delivery is about."""

    ORDER = "order"
    """An order, whole, as the list would show it."""
    DELETED = "deleted"
    """An order that went to the trash or for good: fetch it by its number to know which."""
    PING = "ping"
    """Is anybody there? Answer 200; it is not signed and moves nothing."""
    OTHER = "other"
    """Signed, but not about orders: answer 200 and forget it."""


class Delivery(Fact):
    """One call of the shop; `payload` is an order's JSON and full of personal data."""

    kind: Kind
    number: str = ""
    payload: Mapping[str, Any] = Field(default={}, repr=False)


def hear(headers: Mapping[str, str], body: bytes, secret: SecretStr) -> Delivery:
    """Verify and read a call. Raises Forged (answer 401) and Unmappable (answer 400)."""
    if is_ping(headers, body):
        return Delivery(kind=Kind.PING)
    verify(headers, body, secret)
    return read(headers, body)


def heard(call: Call, secret: SecretStr) -> Heard:
    """Verify a call and say which order it is about; one that was deleted is to be fetched."""
    delivery = hear(call.headers, call.body, secret)
    topic = _header(call.headers, TOPIC)
    match delivery.kind:
        case Kind.ORDER:
            words = (Word(number=delivery.number, topic=topic, payload=delivery.payload),)
            return Heard(words=words)
        case Kind.DELETED:
            return Heard(words=(Word(number=delivery.number, topic=topic),))
        case Kind.PING:
            return Heard(reply=Reply(body='{"status": "pong"}'))
        case Kind.OTHER:
            return Heard(reply=Reply(body='{"status": "ignored"}'))
        case _:
            assert_never(delivery.kind)


def is_ping(headers: Mapping[str, str], body: bytes) -> bool:
    """Tell the unsigned greeting `webhook_id=N` of a new webhook from everything else."""
    return not _header(headers, SIGNATURE) and PING.fullmatch(body.strip()) is not None


def verify(headers: Mapping[str, str], body: bytes, secret: SecretStr) -> None:
    """Check the signature over the body exactly as received. Raises Forged."""
    key = secret.get_secret_value().encode()
    expected = b64encode(hmac.new(key, body, hashlib.sha256).digest())
    given = _header(headers, SIGNATURE).encode(errors="replace")
    if not key or not hmac.compare_digest(expected, given):
        raise Forged("the webhook's signature does not fit its body")


def read(headers: Mapping[str, str], body: bytes) -> Delivery:
    """Read a verified call. Raises Unmappable when it is about an order and is no JSON object."""
    topic = _header(headers, TOPIC).strip().lower()
    if topic not in CHANGES and topic != DELETION:
        return Delivery(kind=Kind.OTHER)
    try:
        payload = read_json(body)
    except ValueError:
        raise Unmappable("the webhook's body is not JSON") from None
    if not isinstance(payload, dict):
        raise Unmappable("the webhook's body is not a JSON object")
    number = payload.get("id")
    named = str(number)[:64] if isinstance(number, int | str) else ""
    return Delivery(kind=Kind.DELETED if topic == DELETION else Kind.ORDER, number=named, payload=payload)


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name), "")
