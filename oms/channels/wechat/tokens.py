"""The stable access token: fetched with app id and secret; there is no refresh token."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from oms.channels.wechat.config import WeChatConfig
from oms.channels.wechat.verdict import Reply
from oms.clock import wall_clock
from oms.domain.errors import CredentialsExpired, Unavailable
from oms.ports import Token
from oms.sessions import AHEAD

PATH = "/cgi-bin/stable_token"
FIRST = Token(access="")
"""The shops file holds no token: the first question fetches one."""
SPARE = timedelta(minutes=1)

Send = Callable[[str, Mapping[str, Any]], Awaitable[Reply]]


class StableToken:
    """Fetches the token of one shop.

    Asked again, WeChat gives the same token until shortly before its end. Only when that very token was
    refused do we force a new one, which ends the old one everywhere and may be done twenty times a day.
    """

    def __init__(self, config: WeChatConfig, send: Send, now: Callable[[], datetime] = wall_clock) -> None:
        self._config = config
        self._send = send
        self._now = now

    async def refresh(self, old: Token) -> Token:
        """Return a token that is not the refused one. Raises CredentialsExpired when the keys do not open."""
        token = await self._fetch(force=False)
        if token.access == old.access and not self._ends(old):
            return await self._fetch(force=True)
        return token

    def _ends(self, token: Token) -> bool:
        """Tell whether a token was to be renewed for its age, and not because it was refused."""
        return token.expires_at is not None and self._now() >= token.expires_at - AHEAD

    async def _fetch(self, *, force: bool) -> Token:
        question = {
            "grant_type": "client_credential",
            "appid": self._config.app_id.get_secret_value(),
            "secret": self._config.app_secret.get_secret_value(),
            "force_refresh": force,
        }
        reply = await self._send(PATH, question)
        if reply.refusal:
            raise CredentialsExpired(f"{reply.what}: errcode {reply.refusal}: check app_id and app_secret")
        access, seconds = reply.content.get("access_token"), reply.content.get("expires_in")
        if not isinstance(access, str) or not access or not isinstance(seconds, int):
            raise Unavailable(f"{reply.what}: an answer without a token")
        return Token(access=access, expires_at=self._now() + self._life(seconds))

    def _life(self, seconds: int) -> timedelta:
        """Say how long to use it: one that ends very soon is used until refused, or we would ask at every turn."""
        return max(timedelta(seconds=seconds), AHEAD + SPARE)
