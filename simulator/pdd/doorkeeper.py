"""Who may ask the simulated gateway: the right app, in time, rightly signed, with a token that lives."""

import json
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest

from starlette.requests import Request

from simulator.pdd import answers, signature
from simulator.wire import Json, form_of

TOLERANCE_S = 600
TOKEN_LIVES_S = 86_400
TOKEN_NAMES = ("access_token", "session")
"""The second is what an older client calls it; the platform takes both."""
Params = dict[str, str]


async def params_of(request: Request) -> Params:
    """Read the parameters from the address and the body, be it a form or JSON."""
    body = await request.body()
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            given = json.loads(body or b"{}")
        except ValueError:
            raise answers.Complaint(*answers.MISSING) from None
        return dict(request.query_params) | {name: _text(value) for name, value in given.items()}
    return dict(request.query_params) | form_of(body)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Doorkeeper:
    """Keeps the app's keys and the shop's tokens."""

    def __init__(self, secrets: dict[str, str], now: Callable[[], datetime]) -> None:
        """Let in whoever has these."""
        self.client_id = secrets["app_key"]
        self._secret = secrets["app_secret"]
        self._access = secrets["access_token"]
        self._refresh = secrets["refresh_token"]
        self._now = now
        self._born: float | None = None
        self._generation = 0

    def check(self, params: Params, *, anonymous: bool) -> None:
        """Check the public parameters. Raises Complaint."""
        if params.get("client_id") != self.client_id:
            raise answers.Complaint(*answers.WRONG_CLIENT)
        moment = params.get("timestamp", "")
        if not moment.isdecimal() or abs(self._now().timestamp() - int(moment)) > TOLERANCE_S:
            raise answers.Complaint(*answers.WRONG_TIME)
        expected = signature.question(self._secret, params.items())
        if not compare_digest(expected.encode(), params.get("sign", "").encode()):
            raise answers.Complaint(*answers.WRONG_SIGNATURE)
        token = next((params[name] for name in TOKEN_NAMES if name in params), "")
        if not anonymous and (token != self._access or self._is_old()):
            raise answers.Complaint(*answers.TOKEN_EXPIRED)

    def expire(self) -> None:
        """Let the present token be worth nothing from now on."""
        self._access = ""

    def renew(self, refresh_token: str) -> Json:
        """Give a new pair of tokens for the present refresh token. Raises Complaint."""
        if not compare_digest(refresh_token.encode(), self._refresh.encode()):
            raise answers.Complaint(*answers.TOKEN_EXPIRED)
        self._generation += 1
        self._born = self._now().timestamp()
        self._access, self._refresh = (
            sha256(f"{self._secret}:{kind}:{self._generation}".encode()).hexdigest() for kind in "ar"
        )
        ends = int(self._born) + TOKEN_LIVES_S
        return {
            "access_token": self._access,
            "refresh_token": self._refresh,
            "expires_at": ends,
            "expires_in": TOKEN_LIVES_S,
            "refresh_token_expires_at": ends + 30 * TOKEN_LIVES_S,
            "owner_id": "123456",
            "owner_name": "pdd-shop",
            "scope": [],
        }

    def opens(self, client_id: str, milliseconds: str, digest: str) -> bool:
        """Tell whether a message connection may be opened."""
        if client_id != self.client_id or not milliseconds.isdecimal():
            return False
        if abs(self._now().timestamp() - int(milliseconds) / 1000) > TOLERANCE_S:
            return False
        expected = signature.connection(client_id, milliseconds, self._secret)
        return compare_digest(expected.encode(), digest.encode())

    def _is_old(self) -> bool:
        return self._born is not None and self._now().timestamp() > self._born + TOKEN_LIVES_S
