"""One question to Pinduoduo's gateway: signed, sent, judged, and asked again once when the token had expired."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from oms.calls import calling
from oms.channels.pdd.answers import Reply, judge
from oms.channels.pdd.config import PddConfig
from oms.channels.pdd.interfaces import REFRESH, TIME, Interface
from oms.channels.pdd.signature import sign
from oms.channels.pdd.wire import china_time
from oms.domain.errors import CredentialsExpired, Unavailable
from oms.http import Http
from oms.ports import Token, Tokens
from oms.sessions import Session, refused

PATH = "/api/router"
FORM = {"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8", "Accept": "application/json"}
Params = Mapping[str, str]


def text_of(value: Any) -> str:
    """Write a nested parameter once, as it is both signed and sent."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Gateway:
    """Asks for one shop."""

    def __init__(self, config: PddConfig, http: Http, tokens: Tokens, now: Callable[[], datetime]) -> None:
        self._config = config
        self._http = http
        self._now = now
        self._session = Session(config.shop, config.token, tokens, self._refresh, now)

    async def ask(self, asked: Interface, params: Params | None = None) -> Reply:
        """Ask one thing with the shop's token. Raises the errors of `oms.domain.errors`."""
        return await self._session.ask(lambda access: self._send(asked, params or {}, access))

    async def time(self) -> datetime:
        """Ask the platform for its clock."""
        content = (await self.ask(TIME)).expect(TIME.type)
        try:
            return china_time(content.get("time"))
        except ValueError:
            raise Unavailable(f"{self._config.shop}: {TIME.type} told no time") from None

    async def _send(self, asked: Interface, params: Params, access: str) -> Reply:
        """Send the `type` in the address too, where access logs and proxies can tell questions apart."""
        config = self._config
        whole = {
            "type": asked.type,
            "client_id": config.client_id,
            "timestamp": str(int(self._now().timestamp())),
            "data_type": "JSON",
            "version": config.version,
            **params,
        }
        if access:
            whole["access_token"] = access
        whole["sign"] = sign(config.client_secret.get_secret_value(), whole)
        url = f"{config.url.rstrip('/')}{PATH}?{urlencode({'type': whole.pop('type')})}"
        with calling(system="pdd", interface=asked.type, version=config.version, shop=config.shop) as call:
            answer = await self._http.ask("POST", url, headers=FORM, content=urlencode(whole).encode())
            reply = judge(answer, asked, str(config.shop))
            call.refused(reply.refusal)
        return reply

    async def _refresh(self, old: Token) -> Token:
        if not old.refresh:
            raise refused(self._config.shop, "there is no refresh token")
        try:
            reply = await self._send(REFRESH, {"refresh_token": old.refresh}, "")
        except CredentialsExpired:
            raise refused(self._config.shop, "the refresh token is no longer accepted") from None
        access = reply.content.get("access_token")
        if reply.refusal or not isinstance(access, str) or not access:
            raise refused(self._config.shop, f"the platform answered {reply.refusal or 'without a token'}")
        refresh = reply.content.get("refresh_token")
        return Token(
            access=access,
            refresh=refresh if isinstance(refresh, str) and refresh else old.refresh,
            expires_at=self._end(reply.content),
        )

    def _end(self, content: Mapping[str, Any]) -> datetime | None:
        moment, span = (str(content.get(name, ""))[:12] for name in ("expires_at", "expires_in"))
        if moment.isdecimal() and int(moment):
            return datetime.fromtimestamp(int(moment), UTC)
        return self._now() + timedelta(seconds=int(span)) if span.isdecimal() and int(span) else None
