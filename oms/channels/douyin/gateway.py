"""One question to Doudian: signed, sent, and its answer judged."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from oms.calls import calling
from oms.channels.douyin.config import DouyinConfig
from oms.channels.douyin.signature import SIGN_METHOD, call_sign, param_json
from oms.channels.douyin.verdict import Reply, judge
from oms.domain.errors import CredentialsExpired, Unavailable
from oms.http import Http
from oms.ports import Token, Tokens
from oms.sessions import Session, first_token

HEADERS = {"Content-Type": "application/json", "Accept": "application/json", "x-open-no-old-err-code": "1"}
"""The last one asks for the new envelope only; the old one is understood all the same."""


class Gateway:
    """Asks one shop's interface, with a token that is valid."""

    def __init__(self, config: DouyinConfig, http: Http, tokens: Tokens, now: Callable[[], datetime]) -> None:
        self._config = config
        self._http = http
        self._now = now
        self._base = config.base_url.rstrip("/")
        first = first_token(config.access_token, config.refresh_token)
        self._session = Session(config.shop, first, tokens, self._refresh, now)
        self.clock_skew_s: int | None = None
        """Their clock minus ours when they last answered, in whole seconds."""

    async def ask(self, method: str, params: Mapping[str, Any]) -> Reply:
        """Ask with the present token, refreshed when it has ended.

        Raises the errors of `oms.domain.errors`; a refusal of business is a value.
        """
        return await self._session.ask(lambda access: self._send(method, params, access))

    def about(self, method: str) -> str:
        """Name a question in an error."""
        return f"{self._config.shop}: {method}"

    async def _send(self, method: str, params: Mapping[str, Any], access: str) -> Reply:
        body, moment = param_json(params), self._now()
        query = {
            "app_key": self._config.app_key,
            "method": method,
            "sign_method": SIGN_METHOD,
            "timestamp": str(int(moment.timestamp())),
            "v": self._config.api_version,
        }
        query["sign"] = call_sign(self._config.app_secret.get_secret_value(), query, body)
        if access:
            query["access_token"] = access
        url = f"{self._base}/{method.replace('.', '/')}?{urlencode(query)}"
        version, shop = self._config.api_version, self._config.shop
        with calling(system="douyin", interface=method, version=version, shop=shop) as call:
            answer = await self._http.ask("POST", url, headers=HEADERS, content=body.encode())
            self.clock_skew_s = answer.skew_seconds(self._now())
            reply = judge(answer, self.about(method))
            call.refused(reply.refusal)
        return reply

    async def _refresh(self, old: Token) -> Token:
        """Trade the refresh token (14 days) for a new access token (7 days)."""
        given = old.refresh or self._config.refresh_token.get_secret_value()
        params = {"grant_type": "refresh_token", "refresh_token": given}
        what = self.about("token.refresh")
        reply = await self._send("token.refresh", params, "")
        if reply.refusal:
            raise CredentialsExpired(
                f"{what}: refused with {reply.refusal}: the merchant must authorise the app anew"
            )
        content = reply.mapping(what)
        access, life = content.get("access_token"), content.get("expires_in")
        if not isinstance(access, str) or not access or isinstance(life, bool) or not isinstance(life, int):
            raise Unavailable(f"{what}: the answer holds no token")
        refresh = content.get("refresh_token")
        return Token(
            access=access,
            refresh=refresh if isinstance(refresh, str) and refresh else given,
            expires_at=self._now() + timedelta(seconds=life),
        )
