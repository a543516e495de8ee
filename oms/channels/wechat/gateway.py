"""One question to WeChat, with a token that lives."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from oms.calls import calling
from oms.channels.wechat.config import WeChatConfig
from oms.channels.wechat.tokens import FIRST, StableToken
from oms.channels.wechat.verdict import Reply, judge
from oms.http import Http
from oms.ports import Tokens
from oms.sessions import Session

SHOP = "/channels/ec/"


class Gateway:
    """Asks for one shop, with a token that lives. What is neither content nor a refusal is an error of ours."""

    def __init__(self, config: WeChatConfig, http: Http, tokens: Tokens) -> None:
        self._http = http
        self._shop = config.shop
        self._base = config.base_url.rstrip("/")
        stable = StableToken(config, self._send)
        self._session = Session(config.shop, FIRST, tokens, stable.refresh)

    async def ask(self, path: str, question: Mapping[str, Any]) -> Reply:
        """Ask one thing below `/channels/ec/`; a refused token is renewed once."""

        async def with_token(access: str) -> Reply:
            return await self._send(f"{SHOP}{path}", question, access)

        return await self._session.ask(with_token)

    async def _send(self, path: str, question: Mapping[str, Any], access: str = "") -> Reply:
        query = f"?{urlencode({'access_token': access})}" if access else ""
        with calling(system="wechat", interface=path.removeprefix(SHOP).lstrip("/"), shop=self._shop) as call:
            answer = await self._http.ask(
                "POST",
                f"{self._base}{path}{query}",
                headers={"Content-Type": "application/json", "Accept": "application/json"},
                content=json.dumps(question, ensure_ascii=False).encode(errors="replace"),
            )
            reply = judge(answer, f"{self._shop}: POST {path}")
            call.refused(reply.refusal)
        return reply
