"""Messages to the order centre: a signed array with one message, told again while nobody takes it."""

import json
from itertools import count

import httpx

from simulator.douyin.rows import CASE_STATUS, SHOP_ID, case_type, seconds, words_of
from simulator.douyin.signature import event_sign
from simulator.market.luck import Luck
from simulator.market.market import Event
from simulator.market.order import MarketCase, MarketOrder
from simulator.platform import Ground
from simulator.post import Letter, Sheet
from simulator.wire import Json

WAITS_S = (2.0, 10.0, 30.0)
TAGS: dict[Event, int] = {
    "created": 100, "paid": 101, "shipped": 102, "received": 103, "address_changed": 105, "cancelled": 106,
    "part_shipped": 108, "address_wanted": 111, "memo": 113, "case_created": 200, "case_refunded": 206,
}  # fmt: skip
CASE_TAGS = {"agreed": 201, "returning": 203, "refused": 204, "closed": 207}
TIMES: dict[int, str] = {
    100: "create_time", 101: "pay_time", 103: "complete_time", 106: "cancel_time", 111: "apply_time",
}  # fmt: skip


class Pushes:
    """Says what happens to orders, unless the noise swallows it."""

    def __init__(self, ground: Ground) -> None:
        """Know where to call; without an address nothing is said."""
        self._url = ground.config.push_url
        self._key = ground.config.secrets["app_key"]
        self._secret = ground.config.secrets["app_secret"]
        self._postman = ground.postman
        self._now = ground.now
        self._numbers = count(1)
        self.luck = Luck(ground.noise, f"{ground.seed}:douyin:pushes")

    def announce(self, event: Event, order: MarketOrder, case: MarketCase | None) -> None:
        """Tell of a change; every copy of a message carries the same id."""
        if self._url is None:
            return
        tag = CASE_TAGS.get(case.status, 208) if event == "case_changed" and case else TAGS.get(event, 113)
        told = self._about_case(order, case) if case else self._about_order(order, tag)
        mark = f"{next(self._numbers)}:{tag}:{seconds(self._now())}:{self._key}"
        message = {"tag": str(tag), "msg_id": mark, "data": _compact(told)}
        letter_body = _compact([message]).encode()
        for wait in self.luck.copies():
            letter = self._letter(f"douyin {tag} {order.number}", letter_body)
            if wait:
                self._postman.later(letter, wait)
            else:
                self._postman.send(letter)

    def _letter(self, about: str, body: bytes) -> Letter:
        headers = {
            "Content-Type": "application/json",
            "app-id": self._key,
            "event-sign": event_sign(self._key, self._secret, body),
        }
        sheet = Sheet(self._url or "", headers, body)
        return Letter("webhook", about, lambda: sheet, _received, waits=WAITS_S)

    def _about_order(self, order: MarketOrder, tag: int) -> Json:
        told: Json = {
            "p_id": int(order.number),
            "s_ids": [int(line.id) for line in order.lines],
            "shop_id": SHOP_ID,
            "order_status": words_of(order)[0],
            "order_type": 0,
            "biz": 2,
            TIMES.get(tag, "update_time"): seconds(self._now()),
        }
        return told | ({"pay_type": 2, "pay_amount": order.draft.total_fen} if tag == TAGS["paid"] else {})

    def _about_case(self, order: MarketOrder, case: MarketCase) -> Json:
        return {
            "p_id": int(order.number),
            "s_id": int(case.line or order.number),
            "shop_id": SHOP_ID,
            "aftersale_id": int(case.id),
            "aftersale_status": CASE_STATUS[case.status],
            "aftersale_type": case_type(order, case),
            "refund_amount": case.amount_fen,
            "refund_post_amount": 0,
            "update_time": seconds(case.modified),
        }


def _compact(what: object) -> str:
    return json.dumps(what, ensure_ascii=False, separators=(",", ":"))


def _received(answer: httpx.Response) -> bool:
    try:
        said = answer.json()
    except ValueError:
        return False
    return answer.status_code == 200 and isinstance(said, dict) and said.get("code") == 0
