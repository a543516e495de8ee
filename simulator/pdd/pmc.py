"""Pinduoduo's message channel: a WebSocket on which every message waits to be confirmed, and comes again."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from time import monotonic

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from simulator.faults import Faults
from simulator.market.luck import Luck
from simulator.market.market import Event
from simulator.market.order import MarketCase, MarketOrder
from simulator.pdd.doorkeeper import Doorkeeper
from simulator.wire import Json

MALL = 123456
AGAIN_AFTER_S, AGAIN_AFTER_FAILURE_S = 5.0, 1.0
"""The real platform waits ten minutes and gives up after fourteen times; nobody here has the time."""
MOST_COPIES = 10
SILENCE_S = 30.0
"""A client that sends no heartbeat for this long is hung up on."""
LATE_S = 2.0
FIRST_ID = 1_000_001
TOPICS: dict[Event, str] = {
    "paid": "pdd_trade_TradeConfirmed",
    "part_shipped": "pdd_trade_TradeSellerShip",
    "shipped": "pdd_trade_TradeSellerShip",
    "received": "pdd_trade_TradeSuccess",
    "address_changed": "pdd_trade_TradeLogisticsAddressChanged",
    "memo": "pdd_trade_TradeMemoModified",
    "case_created": "pdd_refund_RefundCreated",
    "case_refunded": "pdd_refund_RefundAgreeAgreement",
}
CASE_TOPICS = {"agreed": "pdd_refund_RefundAgreeAgreement", "returning": "pdd_refund_RefundBuyerReturnGoods"}


@dataclass
class Message:
    """Something told, until it is confirmed."""

    frame: Json
    due: float
    sent: bool = False


@dataclass
class Pmc:
    """Everything not yet confirmed, and who listens."""

    doorkeeper: Doorkeeper
    luck: Luck
    faults: Faults
    now: Callable[[], datetime]
    waiting: dict[int, Message] = field(default_factory=dict)
    listeners: int = 0
    heartbeats: int = 0
    failed: int = 0

    def __post_init__(self) -> None:
        """Start with nothing to tell."""
        self._ids = count(FIRST_ID)
        self._news = asyncio.Event()

    def route(self, prefix: str) -> WebSocketRoute:
        """Show where to listen."""
        return WebSocketRoute(f"{prefix}/message/{{client_id}}/{{ms}}/{{digest}}", self.serve)

    def announce(self, event: Event, order: MarketOrder, case: MarketCase | None) -> None:
        """Tell of an event, unless Pinduoduo has no message for it or the message gets lost."""
        topic = TOPICS.get(event)
        if event == "case_changed" and case is not None:
            topic = CASE_TOPICS.get(case.status, "pdd_refund_RefundClosed")
        if topic is None:
            return
        content: Json = {"mall_id": MALL, "tid": order.number}
        if case is not None:
            content |= {"refund_id": int(case.id), "refund_fee": case.amount_fen}
        self._tell(topic, order.number, content)

    def _tell(self, topic: str, number: str, content: Json) -> None:
        fault = self.faults.draw("webhook", f"{topic} {number}")
        copies = self.luck.copies()
        if fault is not None:
            late = LATE_S if fault.seconds is None else fault.seconds
            copies = {"delay": (late,), "hang": (late,), "reorder": (late,), "duplicate": (0.0, 0.0)}.get(
                fault.kind, ()
            )
        message_id = next(self._ids)
        stamp = int(self.now().timestamp() * 1000)
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        message = {"type": topic, "mallID": MALL, "content": text}
        for copy, delay in enumerate(copies):
            frame = {
                "id": message_id, "commandType": "Common", "time": stamp, "sendTime": stamp, "message": message,
            }  # fmt: skip
            self.waiting[message_id * MOST_COPIES + copy] = Message(frame, monotonic() + delay)
        self._news.set()

    async def serve(self, socket: WebSocket) -> None:
        """Talk with one client for as long as it wants."""
        path = socket.path_params
        if not self.doorkeeper.opens(path["client_id"], path["ms"], path["digest"]):
            await socket.close(code=1008)
            return
        await socket.accept()
        self.listeners += 1
        for message in self.waiting.values():
            if message.sent:
                message.due = monotonic()
        talking = asyncio.create_task(self._talk(socket))
        try:
            while True:
                self._hear(await asyncio.wait_for(socket.receive_text(), SILENCE_S))
        except (WebSocketDisconnect, TimeoutError, ValueError):
            pass
        finally:
            self.listeners -= 1
            talking.cancel()
            await asyncio.gather(talking, return_exceptions=True)
        if socket.client_state is WebSocketState.CONNECTED:
            await socket.close()

    async def _talk(self, socket: WebSocket) -> None:
        while True:
            self._news.clear()
            for message in list(self.waiting.values()):
                if message.due <= monotonic():
                    message.due, message.sent = monotonic() + AGAIN_AFTER_S, True
                    frame = message.frame | {"sendTime": int(self.now().timestamp() * 1000)}
                    await socket.send_text(json.dumps(frame, ensure_ascii=False))
            next_due = min(
                (message.due for message in self.waiting.values()), default=monotonic() + SILENCE_S
            )
            try:
                await asyncio.wait_for(self._news.wait(), max(next_due - monotonic(), 0.01))
            except TimeoutError:
                continue

    def _hear(self, text: str) -> None:
        frame = json.loads(text)
        kind, first = frame.get("commandType"), int(frame.get("id") or 0) * MOST_COPIES
        self.heartbeats += kind == "HeartBeat"
        self.failed += kind == "Fail"
        for key in range(first, first + MOST_COPIES):
            message = self.waiting.get(key)
            if message is None or not message.sent:
                continue
            if kind == "Ack":
                del self.waiting[key]
            elif kind == "Fail":
                message.due = monotonic() + AGAIN_AFTER_FAILURE_S
                self._news.set()
