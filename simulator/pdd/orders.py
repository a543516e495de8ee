"""The simulated interfaces about orders: list, detail, carriers, shipping, decryption."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from simulator.market.market import Market
from simulator.market.order import MarketOrder
from simulator.pdd.answers import MISSING, Complaint
from simulator.pdd.companies import USABLE, company_list
from simulator.pdd.words import PARTS, cipher, order_body, plain
from simulator.wire import Json

LONGEST_WINDOW_S = 1800
LARGEST_PAGE = 100
EVERYTHING = "5"
FIRST_TIME, CORRECTION = "1", "2"
SECRET_TYPES = {"name": 5, "phone": 6, "address": 8}
"""`data_type` of what is decrypted."""
Params = dict[str, str]


class OrderDesk:
    """Answers about the orders of one market."""

    def __init__(self, market: Market, now: Callable[[], datetime], settle_s: int) -> None:
        """Serve a market; windows must end `settle_s` seconds ago, unless that is 0."""
        self._market = market
        self._now = now
        self._settle_s = settle_s

    def listed(self, params: Params) -> Json:
        """Answer `pdd.order.number.list.increment.get`."""
        for name in ("is_lucky_flag", "order_status", "refund_status"):
            number_in(params, name)
        since, until = window_in(params)
        if self._settle_s and until.timestamp() > int(self._now().timestamp()) - self._settle_s:
            raise Complaint(MISSING[0], "参数错误:end_updated_at不能晚于系统时间前3分钟")
        found = [order for order in self._market.changed(since, until) if _wanted(order, params)]
        bodies = [order_body(order) for order in page_in(params, found)]
        if self._market.truncates():
            bodies = bodies[: len(bodies) // 2]
        self._market.stir(found)
        answer: Json = {"order_sn_list": bodies} if bodies else {}
        if params.get("use_has_next") == "true":
            size, page = number_in(params, "page_size", 100), number_in(params, "page", 1)
            return answer | {"has_next": page * size < len(found)}
        return answer | {"total_count": len(found), "has_next": False}

    def detail(self, params: Params) -> Json:
        """Answer `pdd.order.information.get`; of an unknown order it says nothing."""
        order = self._market.find(params.get("order_sn", ""))
        return {"order_info": order_body(order) if order else None}

    def companies(self, _params: Params) -> Json:
        """Answer `pdd.logistics.companies.get`."""
        return {"logistics_companies": company_list()}

    def ship(self, params: Params) -> Json:
        """Answer `pdd.logistics.online.send`: the whole order leaves, or its first waybill is overwritten."""
        order = self._market.find(params.get("order_sn", ""))
        company, waybill = USABLE.get(number_in(params, "logistics_id")), params.get("tracking_number", "")
        if order is None or company is None or not waybill:
            return {"is_success": False}
        if params.get("redelivery_type", FIRST_TIME) == CORRECTION:
            done = bool(order.parcels) and self._market.correct(
                order, order.parcels[0].waybill, waybill, company
            )
            return {"is_success": done}
        return {"is_success": self._market.ship(order, waybill, company, None) == "accepted"}

    def ship_more(self, params: Params) -> Json:
        """Answer `pdd.order.upload.extra.logistics`: further waybills of an order that has left."""
        order = self._market.find(params.get("order_sn", ""))
        tracks = list_in(params, "extra_track_list")
        if order is None or order.status not in {"shipped", "received"}:
            return {"success": False}
        for track in tracks:
            company = USABLE.get(track.get("shipping_id", 0))
            if company is None:
                return {"success": False}
            self._market.ship_beside(order, str(track.get("tracking_number", "")), company)
        return {"success": bool(tracks)}

    def decrypt(self, params: Params) -> Json:
        """Answer `pdd.open.decrypt.batch`; a cipher of another order or address cannot be read."""
        return {"data_decrypt_list": [self._decrypted(wish) for wish in list_in(params, "data_list")[:100]]}

    def trace(self, params: Params) -> Json:
        """Answer `pdd.logistics.ordertrace.get` with nothing: traces come from the carriers here."""
        return {"trace_list": []} if params.get("mail_no") else {}

    def _decrypted(self, wish: Json) -> Json:
        secret, order = str(wish.get("encrypted_data", "")), self._market.find(str(wish.get("data_tag", "")))
        answer = {"data_tag": wish.get("data_tag"), "encrypted_data": secret}
        for part in PARTS if order else ():
            if order and cipher(order, part) == secret:
                self._market.ledger.append(
                    "shop.decrypt", order=order.number, key=f"{order.number}:{part}", outcome="ok"
                )
                read = {"decrypted_data": plain(order, part), "data_type": SECRET_TYPES[part]}
                return answer | read | {"error_code": 0, "error_msg": ""}
        return answer | {"decrypted_data": "", "error_code": 500, "error_msg": "解密失败"}


def _wanted(order: MarketOrder, params: Params) -> bool:
    asked = {name: params[name] for name in ("order_status", "refund_status") if params[name] != EVERYTHING}
    body = order_body(order) if asked else {}
    return all(str(body[name]) == value for name, value in asked.items())


def window_in(params: Params) -> tuple[datetime, datetime]:
    """Read a window, at most half an hour long. Raises Complaint."""
    since, until = (number_in(params, name) for name in ("start_updated_at", "end_updated_at"))
    if not 0 <= until - since <= LONGEST_WINDOW_S:
        raise Complaint(MISSING[0], "参数错误:开始时间结束时间间距不超过30分钟")
    return datetime.fromtimestamp(since, UTC), datetime.fromtimestamp(until, UTC)


def page_in(params: Params, found: list[Any]) -> list[Any]:
    """Cut the wanted page out. Raises Complaint."""
    size, page = number_in(params, "page_size", 100), number_in(params, "page", 1)
    if page < 1 or not 1 <= size <= LARGEST_PAGE:
        raise Complaint(MISSING[0], "参数错误:page")
    return found[(page - 1) * size : page * size]


def number_in(params: Params, name: str, usual: int | None = None) -> int:
    """Read a number. Raises Complaint when it is missing or none."""
    text = params.get(name, "" if usual is None else str(usual))
    if not text.isdecimal():
        raise Complaint(MISSING[0], f"参数错误:{name}")
    return int(text)


def list_in(params: Params, name: str) -> list[Json]:
    """Read a nested list of objects. Raises Complaint."""
    try:
        rows = json.loads(params.get(name, ""))
    except ValueError:
        raise Complaint(MISSING[0], f"参数错误:{name}") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Complaint(MISSING[0], f"参数错误:{name}")
    return rows
