"""The platform's messages (TMC), which we go and get: what is not confirmed comes again."""

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import Any

from oms.channels.taobao.config import TaobaoConfig
from oms.channels.taobao.gateway import Gateway, nested
from oms.channels.taobao.verdict import Refusal
from oms.domain.errors import Misused, Unavailable
from oms.domain.ids import MARK
from oms.http import read_json
from oms.ports import Take, Word

log = logging.getLogger(__name__)

CONSUME = "taobao.tmc.messages.consume"
CONFIRM = "taobao.tmc.messages.confirm"
AT_ONCE = 100
"""Messages taken with one question, of at most 200."""
TAKEN_TOGETHER = 8
IDLE_S = 1.0
"""How long we leave the platform alone when it had nothing to say; it asks for a tenth of that."""


class Messages:
    """Hears one shop's messages; they hold numbers only, so every order they name is read anew."""

    def __init__(self, config: TaobaoConfig, gateway: Gateway, idle_s: float = IDLE_S) -> None:
        self._config = config
        self._gateway = gateway
        self._idle_s = idle_s
        self._group = {"group_name": config.tmc_group} if config.tmc_group else {}

    async def listen(self, take: Take) -> None:
        """Hand on every message and confirm it once taken; runs until cancelled or the platform fails us."""
        while True:
            heard = await self._consume()
            taken = await self._take_all(heard, take)
            if taken:
                await self._confirm(taken)
            if len(taken) < AT_ONCE:
                await asyncio.sleep(self._idle_s)

    async def _consume(self) -> list[Mapping[str, Any]]:
        content = await self._gateway.ask(CONSUME, {**self._group, "quantity": str(AT_ONCE)})
        if isinstance(content, Refusal):
            raise Misused(f"{self._config.shop}: {CONSUME} was refused: {content.code}")
        messages = nested(content, "messages", "tmc_message")
        return [message for message in messages if isinstance(message, dict) and self._is_ours(message)]

    def _is_ours(self, message: Mapping[str, Any]) -> bool:
        return not self._config.seller_id or str(message.get("user_id")) == self._config.seller_id

    async def _take_all(self, messages: list[Mapping[str, Any]], take: Take) -> list[str]:
        gate = asyncio.Semaphore(TAKEN_TOGETHER)

        async def one(message: Mapping[str, Any]) -> str:
            async with gate:
                return await self._take(message, take)

        return list(filter(None, await asyncio.gather(*map(one, messages))))

    async def _take(self, message: Mapping[str, Any], take: Take) -> str:
        """Return the message's id when it may be confirmed; empty when it must come again."""
        event_id = str(message.get("id") or "")
        word = _word(message, event_id)
        if word is not None:
            raw = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode(
                errors="surrogatepass"
            )
            try:
                await take(word, raw)
            except Unavailable:
                log.warning("message.not_taken", extra={"shop": str(self._config.shop), "event_id": event_id})
                return ""
        return event_id

    async def _confirm(self, taken: list[str]) -> None:
        await self._gateway.ask(CONFIRM, {**self._group, "s_message_ids": ",".join(taken)})


def _word(message: Mapping[str, Any], event_id: str) -> Word | None:
    """Read which order a message is about; None when it is about none, or cannot be read: a poll will find it."""
    content = message.get("content")
    try:
        told = read_json(content) if isinstance(content, str) else content
    except ValueError:
        told = None
    number = _mark_in(told, "tid")
    if not number:
        return None
    topic = str(message.get("topic") or "")[:100]
    return Word(number=number, topic=topic, case=_mark_in(told, "refund_id"), event_id=event_id)


def _mark_in(told: object, key: str) -> str:
    """Read a number of theirs that is fit to be asked for; empty when there is none."""
    number = told.get(key) if isinstance(told, dict) else None
    text = str(number) if isinstance(number, int | str) and not isinstance(number, bool) else ""
    return text if MARK.fullmatch(text) else ""
