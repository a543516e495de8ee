"""Pinduoduo's messages, over a WebSocket that we keep: each is confirmed once it is taken in."""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from oms.channels.pdd.config import PddConfig
from oms.channels.pdd.signature import pmc_digest
from oms.domain.errors import OmsError, Unavailable
from oms.domain.ids import MARK
from oms.ports import Take, Word

log = logging.getLogger(__name__)

HEARTBEAT_S = 7.0
"""The platform wants one each five to ten seconds."""
PATIENCE_S = 10.0
LARGEST_FRAME = 1024 * 1024
GATEWAY_HOST, MESSAGE_HOST = "gw-api.pinduoduo.com", "message-api.pinduoduo.com"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
COMMON, ACK, FAIL, HEARTBEAT = "Common", "Ack", "Fail", "HeartBeat"
ORDER_TOPICS = ("pdd_trade_", "pdd_refund_")


class Pmc:
    """Listens for one shop."""

    def __init__(
        self, config: PddConfig, now: Callable[[], datetime], *, heartbeat_s: float = HEARTBEAT_S
    ) -> None:
        self._config = config
        self._now = now
        self._heartbeat_s = heartbeat_s

    async def listen(self, take: Take) -> None:
        """Hand on every message in turn, until cancelled. Raises Unavailable when the connection fails or ends."""
        who = f"{self._config.shop}: Pinduoduo's messages"
        try:
            address = self._address()
            async with connect(
                address, proxy=None if urlsplit(address).hostname in LOOPBACK else True,
                open_timeout=PATIENCE_S, close_timeout=1, max_size=LARGEST_FRAME,
            ) as socket:  # fmt: skip
                log.info("pmc.connected", extra={"shop": str(self._config.shop)})
                await self._serve(socket, take)
        except (WebSocketException, OSError, TimeoutError) as error:
            raise Unavailable(f"{who}: {type(error).__name__}") from None
        raise Unavailable(f"{who}: the platform ended the connection")

    def _address(self) -> str:
        """Write where to connect, signed for this moment."""
        config = self._config
        base = config.pmc_url or config.url.replace("http", "ws", 1).replace(GATEWAY_HOST, MESSAGE_HOST)
        milliseconds = str(self._milliseconds())
        digest = pmc_digest(config.client_id, milliseconds, config.client_secret.get_secret_value())
        return f"{base.rstrip('/')}/message/{config.client_id}/{milliseconds}/{digest}"

    def _milliseconds(self) -> int:
        return int(self._now().timestamp() * 1000)

    async def _serve(self, socket: ClientConnection, take: Take) -> None:
        heart = asyncio.create_task(self._beat(socket))
        try:
            async for frame in socket:
                await self._hear(socket, frame if isinstance(frame, bytes) else frame.encode(), take)
        finally:
            heart.cancel()
            with suppress(asyncio.CancelledError, ConnectionClosed):
                await heart

    async def _beat(self, socket: ClientConnection) -> None:
        while True:
            await socket.send(json.dumps({"commandType": HEARTBEAT, "time": self._milliseconds()}))
            await asyncio.sleep(self._heartbeat_s)

    async def _hear(self, socket: ClientConnection, raw: bytes, take: Take) -> None:
        frame = _object(raw)
        message = frame.get("message")
        if frame.get("commandType") != COMMON or not isinstance(message, dict):
            return
        if self._config.mall_id and str(message.get("mallID", "")) != self._config.mall_id:
            return
        outcome = await self._taken(frame, message, raw, take)
        answer = {
            "id": frame.get("id"), "commandType": outcome, "time": self._milliseconds(),
            "sendTime": frame.get("sendTime"), "type": message.get("type"), "mallID": message.get("mallID"),
        }  # fmt: skip
        await socket.send(json.dumps(answer))

    async def _taken(
        self, frame: Mapping[str, Any], message: Mapping[str, Any], raw: bytes, take: Take
    ) -> str:
        """Hand a message on; one that is not about orders is confirmed unread, one that fails comes again."""
        topic, event = str(message.get("type", ""))[:80], str(frame.get("id", ""))[:64]
        if not topic.startswith(ORDER_TOPICS):
            return ACK
        content = _object(message.get("content"))
        number, case = content.get("tid"), content.get("refund_id")
        named = str(case) if isinstance(case, int | str) and MARK.fullmatch(str(case)) else ""
        try:
            if not isinstance(number, str) or not number:
                log.warning("pmc.unreadable", extra={"shop": str(self._config.shop), "event": event})
                return FAIL
            await take(Word(number=number, topic=topic, case=named, event_id=event), raw)
        except OmsError as error:
            log.warning(
                "pmc.not_taken",
                extra={"shop": str(self._config.shop), "event": event, "reason": type(error).__name__},
            )
            return FAIL
        return ACK


def _object(text: object) -> Mapping[str, Any]:
    """Read a JSON object; anything else is an empty one."""
    try:
        read = json.loads(text) if isinstance(text, bytes | str) else text
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}
