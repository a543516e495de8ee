"""The message service, asked by HTTP: what is not confirmed in time comes again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from simulator.market.luck import Luck
from simulator.market.market import Event, Market
from simulator.market.order import MarketCase, MarketOrder
from simulator.taobao.answers import wrapped, wrong
from simulator.taobao.trades import required
from simulator.taobao.words import status_of
from simulator.wire import Json, china_stamp, yuan

AGAIN_AFTER = timedelta(seconds=3)
"""Real time after which a message that nobody confirmed is given out again."""
FIRST_ID = 6_160_400_000_000_000_000
FEWEST, MOST = 10, 200
TRADE, REFUND = "taobao_trade_", "taobao_refund_"

TOPICS: Mapping[Event, str] = {
    "created": f"{TRADE}TradeCreate",
    "paid": f"{TRADE}TradeBuyerPay",
    "part_shipped": f"{TRADE}TradePartlySellerShip",
    "shipped": f"{TRADE}TradeSellerShip",
    "received": f"{TRADE}TradeSuccess",
    "cancelled": f"{TRADE}TradeClose",
    "address_wanted": f"{TRADE}TradeChanged",
    "address_changed": f"{TRADE}TradeLogisticsAddressChanged",
    "memo": f"{TRADE}TradeMemoModified",
    "case_created": f"{REFUND}RefundCreated",
    "case_refunded": f"{REFUND}RefundSuccess",
}
CASE_TOPICS = {
    "agreed": f"{REFUND}RefundSellerAgreeAgreement",
    "returning": f"{REFUND}RefundBuyerReturnGoods",
    "refused": f"{REFUND}RefundSellerRefuseAgreement",
    "closed": f"{REFUND}RefundClosed",
}


@dataclass
class _Kept:
    """A message on its way; a copy has the id of its original."""

    body: Json
    due: datetime
    given_out: bool = False


class Messages:
    """The queue of one application; messages hold numbers and states, never people."""

    def __init__(self, market: Market, luck: Luck, app_key: str) -> None:
        """Listen to a market."""
        self._market = market
        self._luck = luck
        self._app_key = app_key
        self._kept: list[_Kept] = []
        self._numbers = 0
        market.announce = self.announce

    @property
    def lost(self) -> int:
        """Count the messages that the noise has swallowed."""
        return self._luck.lost

    def announce(self, event: Event, order: MarketOrder, case: MarketCase | None) -> None:
        """Put a message about an order into the queue, as often and as late as luck has it."""
        self._numbers += 1
        content: Json = {
            "tid": int(order.number),
            "oid": int(order.lines[0].id) if order.lines else int(order.number),
            "status": status_of(order),
            "payment": yuan(order.draft.total_fen),
            "seller_nick": "测试旗舰店",
            "type": "guarantee_trade",
        }
        if case is not None:
            content |= {"refund_id": int(case.id), "refund_fee": yuan(case.amount_fen)}
        body: Json = {
            "id": FIRST_ID + self._numbers,
            "topic": _topic(event, case),
            "pub_app_key": self._app_key,
            "pub_time": china_stamp(self._market.now()),
            "user_id": 2000000001,
            "user_nick": "测试旗舰店",
            "content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
        }
        for late in self._luck.copies():
            self._kept.append(_Kept(body, self._market.now() + timedelta(seconds=late)))

    def consume(self, params: Mapping[str, str]) -> Json:
        """Answer `taobao.tmc.messages.consume`."""
        quantity = params.get("quantity") or "100"
        if not quantity.isdecimal() or not FEWEST <= int(quantity) <= MOST:
            raise wrong("quantity", "最小值：10；最大值：200")
        now = self._market.now()
        due = [kept for kept in self._kept if kept.due <= now][: int(quantity)]
        for kept in due:
            kept.due, kept.given_out = now + AGAIN_AFTER, True
        return wrapped("messages", "tmc_message", [kept.body for kept in due])

    def confirm(self, params: Mapping[str, str]) -> Json:
        """Answer `taobao.tmc.messages.confirm`."""
        ids = required(params, "s_message_ids").split(",")
        if len(ids) > MOST:
            raise wrong("s_message_ids", "最大200个ID")
        done = set(ids)
        self._kept = [kept for kept in self._kept if not (kept.given_out and str(kept.body["id"]) in done)]
        return {"is_success": True}


def _topic(event: Event, case: MarketCase | None) -> str:
    if event == "case_changed":
        return CASE_TOPICS.get(case.status if case else "", f"{TRADE}TradeChanged")
    return TOPICS[event]
