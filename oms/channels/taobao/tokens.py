"""Get the next access token with the refresh token, which is good for one time only."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from oms.channels.taobao.gateway import Gateway
from oms.channels.taobao.verdict import Refusal
from oms.domain.errors import CredentialsExpired, Unavailable
from oms.domain.ids import ShopKey
from oms.http import read_json
from oms.ports import Token

METHOD = "taobao.top.auth.token.refresh"


class Renewal:
    """Refreshes the token of one shop, as applications sold on the service market may."""

    def __init__(self, shop: ShopKey, gateway: Gateway, now: Callable[[], datetime]) -> None:
        self._shop = shop
        self._gateway = gateway
        self._now = now

    async def __call__(self, old: Token) -> Token:
        """Return the token that comes after this one. Raises CredentialsExpired when a person must authorise anew."""
        if not old.refresh:
            raise CredentialsExpired(f"{self._shop}: no refresh token: authorise the shop anew")
        try:
            content = await self._gateway.ask(METHOD, {"refresh_token": old.refresh})
        except CredentialsExpired as refused:
            raise CredentialsExpired(f"{refused}: authorise the shop anew") from None
        if isinstance(content, Refusal):
            raise CredentialsExpired(f"{self._shop}: {METHOD}: {content.code}: authorise the shop anew")
        told = _told(content.get("token_result"))
        access, refresh, seconds = told.get("access_token"), told.get("refresh_token"), told.get("expires_in")
        if not isinstance(access, str) or not access:
            raise Unavailable(f"{self._shop}: {METHOD}: the answer holds no token")
        lives = timedelta(seconds=int(seconds)) if str(seconds).isdecimal() and seconds else None
        return Token(
            access=access,
            refresh=refresh if isinstance(refresh, str) and refresh else old.refresh,
            expires_at=self._now() + lives if lives else None,
        )


def _told(result: object) -> dict[str, Any]:
    """Read the result, which is JSON written into a text."""
    try:
        told = read_json(result) if isinstance(result, str) else result
    except ValueError:
        told = None
    return told if isinstance(told, dict) else {}
