"""What Doudian tells by itself: a signed array of messages, each with a tag and the number of an order."""

import hmac
import logging
from collections.abc import Mapping
from typing import Any

from oms.channels.douyin.config import DouyinConfig
from oms.channels.douyin.signature import event_sign
from oms.domain.errors import Forged, Unmappable
from oms.domain.ids import MARK
from oms.http import read_json
from oms.ports import Call, Heard, Reply, Word

log = logging.getLogger(__name__)

SIGNATURE = "event-sign"
TAKEN = Reply(body='{"code":0,"msg":"success"}')
ABOUT_ORDERS = range(100, 300)
"""Tags of orders and their after-sales; 0 checks our address, others are about goods and shops."""
ADDRESS_WANTED = "111"
LONGEST_ID = 200


def heard(call: Call, config: DouyinConfig) -> Heard:
    """Verify a call and say which orders it is about; they are to be fetched, a message holds none.

    The messages carry no time of sending, so an old one cannot be told by its age: the same `msg_id` is
    the same message. Raises Forged, and Unmappable when none of the messages can be read.
    """
    _verify(call, config)
    words, unreadable = [], 0
    for message in _messages(call.body):
        try:
            word = _word(message)
        except Unmappable:
            unreadable += 1
            continue
        words += [word] if word else []
    if unreadable and not words:
        raise Unmappable("names no order", field="data.p_id")
    if unreadable:
        log.warning("push.unreadable", extra={"shop": str(config.shop), "messages": unreadable})
    return Heard(words=tuple(words), reply=TAKEN)


def _verify(call: Call, config: DouyinConfig) -> None:
    """Check the signature over the body exactly as received. Raises Forged."""
    expected = event_sign(config.app_key, config.app_secret.get_secret_value(), call.body)
    given = call.headers.get(SIGNATURE, "").strip().lower()
    if not hmac.compare_digest(expected.encode(), given.encode(errors="replace")):
        raise Forged("the message's signature does not fit its body")


def _messages(body: bytes) -> list[Mapping[str, Any]]:
    try:
        messages = read_json(body)
    except ValueError:
        raise Unmappable("the message's body is not JSON") from None
    if isinstance(messages, dict):
        messages = [messages]
    if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
        raise Unmappable("the message's body is not a list of objects")
    return messages


def _word(message: Mapping[str, Any]) -> Word | None:
    """Read one message, whose content is JSON or JSON as text; None for one that is not about an order."""
    tag = str(message.get("tag", ""))
    if not (tag.isascii() and tag.isdecimal()) or int(tag[:9]) not in ABOUT_ORDERS:
        return None
    content = message.get("data")
    if isinstance(content, str):
        try:
            content = read_json(content)
        except ValueError:
            raise Unmappable("is not JSON", field="data") from None
    number = _mark_in(content, "p_id")
    if not number:
        raise Unmappable("names no order", field="data.p_id")
    event = message.get("msg_id", message.get("msgId", ""))
    case = _mark_in(content, "aftersale_id")
    wants_address = tag == ADDRESS_WANTED
    return Word(
        number=number, topic=tag, case=case, wants_address=wants_address, event_id=str(event)[:LONGEST_ID]
    )


def _mark_in(content: object, key: str) -> str:
    """Read a number of theirs that is fit to be asked for; empty when there is none."""
    number = content.get(key) if isinstance(content, dict) else None
    text = str(number) if isinstance(number, int | str) and not isinstance(number, bool) else ""
    return text if MARK.fullmatch(text) else ""
