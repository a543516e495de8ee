"""Tell the order centre about changed orders: sealed, signed at the moment of sending, and tried again."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from html import escape
from random import Random
from urllib.parse import urlencode

import httpx

from simulator.market.luck import Luck
from simulator.market.market import Event
from simulator.market.order import MarketCase, MarketOrder
from simulator.platform import Ground
from simulator.post import Letter, Sheet
from simulator.wechat.signature import seal, signed
from simulator.wechat.words import case_status, seconds
from simulator.wire import Json

WAITS_S = (0.0, 0.0, 10.0, 60.0)
"""WeChat goes on for three and a half hours; a run is over before."""
ACCOUNT = "gh_0123456789ab"
EXTRAS: Mapping[Event, int] = {"address_wanted": 4, "address_changed": 2, "memo": 3}
"""What else may change, and the `type` that says so."""
AS_TEXT = frozenset({"pay", "confirm", "cancel"})
"""Events whose order number is a text; in the others it is a number."""


class Pushes:
    """The shop's message push; `as_xml` is what the shop chose in its console."""

    def __init__(self, ground: Ground) -> None:
        """Know where to call and with which keys."""
        self._url = ground.config.push_url
        self._secrets: Mapping[str, str] = ground.config.secrets
        self._postman = ground.postman
        self._now: Callable[[], datetime] = ground.now
        self._random = Random(f"{ground.seed}:wechat:nonces")
        self._luck = Luck(ground.noise, f"{ground.seed}:wechat:pushes")
        self.as_xml = ground.config.options.get("push_format") == "xml"

    @property
    def lost(self) -> int:
        """How many messages went missing."""
        return self._luck.lost

    def announce(self, event: Event, order: MarketOrder, case: MarketCase | None) -> None:
        """Tell of a change, in as many copies as the noise makes of it."""
        if self._url is None:
            return
        message = self.message(event, order, case)
        about = f"{message['Event']} {order.number}"
        for delay in self._luck.copies():
            letter = Letter("webhook", about, lambda: self.sheet(message), _received, waits=WAITS_S)
            if delay:
                self._postman.later(letter, delay)
            else:
                self._postman.send(letter)

    def message(self, event: Event, order: MarketOrder, case: MarketCase | None) -> Json:
        """Write a message; an order's number is now a number and now a text, as WeChat has it."""
        name, inside = _inside(event, order, case)
        key = (
            "finder_shop_aftersale_status_update" if name == "channels_ec_aftersale_update" else "order_info"
        )
        return {
            "ToUserName": ACCOUNT,
            "FromUserName": f"oBuyer{order.draft.buyer.customer_id:022d}",
            "CreateTime": seconds(self._now()),
            "MsgType": "event",
            "Event": name,
            key: inside,
        }

    def sheet(self, message: Json, timestamp: int | None = None) -> Sheet:
        """Seal and sign a message, now unless told when."""
        text = _xml(message) if self.as_xml else json.dumps(message, ensure_ascii=False)
        app_id, token = self._secrets["app_id"], self._secrets["token"]
        random16 = f"{self._random.getrandbits(64):016x}".encode()
        sealed = seal(text, self._secrets["aes_key"], app_id, random16)
        stamp = str(seconds(self._now()) if timestamp is None else timestamp)
        nonce = str(self._random.randint(10**8, 10**10))
        query = {
            "signature": signed(token, stamp, nonce),
            "timestamp": stamp,
            "nonce": nonce,
            "encrypt_type": "aes",
            "msg_signature": signed(token, stamp, nonce, sealed),
        }
        envelope = {"ToUserName": ACCOUNT, "Encrypt": sealed}
        body = _xml(envelope) if self.as_xml else json.dumps(envelope)
        media = "text/xml" if self.as_xml else "application/json"
        url = self._url or ""
        return Sheet(
            f"{url}{'&' if '?' in url else '?'}{urlencode(query)}", {"Content-Type": media}, body.encode()
        )


def _inside(event: Event, order: MarketOrder, case: MarketCase | None) -> tuple[str, Json]:
    """Name an event and say what is in it."""
    if case is not None:
        inside: Json = {"status": case_status(case), "after_sale_order_id": case.id, "order_id": order.number}
        return "channels_ec_aftersale_update", inside
    if event in EXTRAS:
        inside = {"order_id": int(order.number), "type": EXTRAS[event]}
        return "channels_ec_order_ext_info_update", inside
    changes: Mapping[str, tuple[str, Json]] = {
        "paid": ("pay", {"pay_time": str(seconds(order.paid_at))}),
        "part_shipped": ("deliver", {"finish_delivery": 0}),
        "shipped": ("deliver", {"finish_delivery": 1}),
        "received": ("confirm", {"confirm_type": "1"}),
        "cancelled": ("cancel", {"cancel_type": "1"}),
    }
    name, more = changes.get(event, ("new", {}))
    number = order.number if name in AS_TEXT else int(order.number)
    return f"channels_ec_order_{name}", {"order_id": number, **more}


def _xml(message: Json) -> str:
    return f"<xml>{''.join(_element(name, content) for name, content in message.items())}</xml>"


def _element(name: str, content: object) -> str:
    if isinstance(content, dict):
        inner = "".join(_element(key, value) for key, value in content.items())
    elif isinstance(content, str):
        inner = f"<![CDATA[{content}]]>"
    else:
        inner = escape(str(content))
    return f"<{name}>{inner}</{name}>"


def _received(answer: httpx.Response) -> bool:
    return answer.status_code == 200 and answer.text.strip() == "success"
