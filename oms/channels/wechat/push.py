"""What WeChat tells by itself: sealed JSON or XML that names an order; the order itself must be fetched."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from oms.channels.wechat.config import WeChatConfig
from oms.channels.wechat.signature import unseal, verify_query
from oms.domain.errors import Forged, Unmappable
from oms.domain.ids import MARK
from oms.domain.model import Moment
from oms.http import read_json
from oms.ports import Call, Heard, Reply, Word

TOO_OLD = timedelta(minutes=10)
SUCCESS = Reply(body="success", media="text/plain")
ABOUT_ORDERS = "channels_ec_order_"
INSIDES: Mapping[str, str] = {
    "channels_ec_aftersale_update": "finder_shop_aftersale_status_update",
    "channels_ec_present_aftersale_update": "finder_shop_present_aftersale_status_update",
}
"""Where the other events that concern an order name it."""
EXTRAS, ADDRESS_WANTED = "_ext_info_update", "4"
"""The event about what is beside the order itself, and its type for a wish for another address."""
SECONDS = re.compile("[0-9]{1,10}")
MARK_LENGTH = 32


def heard(call: Call, config: WeChatConfig, now: Moment) -> Heard:
    """Verify a call and say which order it is about.

    Raises Forged for a wrong signature, another app's message, plain text, and a time stamp more than ten
    minutes off; Unmappable for an order's event that names none.
    """
    if call.method.upper() == "GET":
        verify_query(call.query, "signature", config.token)
        _check_age(call.query, now)
        return Heard(reply=Reply(body=call.query.get("echostr", ""), media="text/plain"))
    sealed = _object(call.body).get("Encrypt")
    if not isinstance(sealed, str):
        raise Forged("the push is not sealed: choose the safe mode (安全模式) in the shop's console")
    verify_query(call.query, "msg_signature", config.token, sealed)
    _check_age(call.query, now)
    event = _object(unseal(sealed, config.aes_key, config.app_id))
    return Heard(words=_words(event), reply=SUCCESS)


def _check_age(query: Mapping[str, str], now: Moment) -> None:
    """The time stamp is signed, so an old one means that somebody says again what he has overheard."""
    text = query.get("timestamp", "")
    said = datetime.fromtimestamp(int(text), UTC) if SECONDS.fullmatch(text) else None
    if said is None or abs(now - said) > TOO_OLD:
        raise Forged(
            "the push's time stamp is more than ten minutes off: it was recorded, or a clock is wrong"
        )


def _words(event: Mapping[str, Any]) -> tuple[Word, ...]:
    topic = str(event.get("Event", ""))
    inside = "order_info" if topic.startswith(ABOUT_ORDERS) else INSIDES.get(topic)
    if inside is None:
        return ()
    about = event.get(inside)
    number = about.get("order_id") if isinstance(about, dict) else None
    named = str(number)[:65] if isinstance(number, int | str) and not isinstance(number, bool) else ""
    if MARK.fullmatch(named) is None:
        raise Unmappable("names no order", field=f"{inside}.order_id")
    case = _case_of(about)
    mark = _mark(event, topic, named, about)
    return (
        Word(number=named, topic=topic, case=case, wants_address=_wants_address(topic, about), event_id=mark),
    )


def _wants_address(topic: str, about: object) -> bool:
    """Tell whether the buyer asks for another address: the extra of type 4 (用户发起申请修改收货地址)."""
    return topic.endswith(EXTRAS) and isinstance(about, dict) and str(about.get("type")) == ADDRESS_WANTED


def _case_of(about: object) -> str:
    """Name the after-sale an event is about; empty when it is about none."""
    case = about.get("after_sale_order_id") if isinstance(about, dict) else None
    text = str(case) if isinstance(case, int | str) and not isinstance(case, bool) else ""
    return text if MARK.fullmatch(text) else ""


def _mark(event: Mapping[str, Any], topic: str, number: str, about: object) -> str:
    """Name a message, for WeChat does not: the same content at the same second is the same message."""
    parts = [event.get("CreateTime"), topic, number, event.get("FromUserName"), about]
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:MARK_LENGTH]


def _object(body: bytes) -> Mapping[str, Any]:
    """Read JSON or XML, whichever the console was told to send; what is neither is empty."""
    if body.lstrip()[:1] == b"<":
        try:
            root: Element = fromstring(body, forbid_dtd=True)
        except (ParseError, DefusedXmlException, ValueError, LookupError):
            return {}
        return {child.tag: _content(child) for child in root}
    try:
        content = read_json(body)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _content(element: Element) -> Any:
    if len(element):
        return {child.tag: _content(child) for child in element}
    return (element.text or "").strip()
