"""The next token, from JD's token interface."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode

from oms.calls import calling
from oms.channels.jd.answers import count, read_object, word
from oms.channels.jd.config import JdConfig
from oms.http import Http
from oms.ports import Token
from oms.sessions import refused

NOT_ACCEPTED = frozenset({400, 401, 403})
"""Statuses that say no more than the body does: the refresh token is not accepted."""


class TokenInterface:
    """Exchanges a refresh token for a new pair of tokens."""

    def __init__(self, config: JdConfig, http: Http, now: Callable[[], datetime]) -> None:
        self._config = config
        self._http = http
        self._now = now

    async def refresh(self, old: Token) -> Token:
        """Ask for the next token. Raises CredentialsExpired when a person must authorise the shop anew."""
        query = urlencode(
            {
                "app_key": self._config.app_key.get_secret_value(),
                "app_secret": self._config.app_secret.get_secret_value(),
                "grant_type": "refresh_token",
                "refresh_token": old.refresh or self._config.refresh_token.get_secret_value(),
            }
        )
        what = f"{self._config.shop}: refresh of the token"
        with calling(system="jd", interface="oauth2/refresh_token", shop=self._config.shop):
            answer = await self._http.ask("POST", f"{self._config.oauth}/oauth2/refresh_token?{query}")
            content = read_object(answer, what)
            access = content.get("access_token")
            if not isinstance(access, str) or not access:
                if answer.status not in NOT_ACCEPTED:
                    answer.check(what)
                code = word(content.get("code"))
                raise refused(self._config.shop, f"JD answered {code}")
        following = content.get("refresh_token")
        life = timedelta(seconds=count(content.get("expires_in"), what))
        return Token(
            access=access,
            refresh=following if isinstance(following, str) and following else old.refresh,
            expires_at=self._now() + life,
        )
