"""Who may ask: the application by its signature, the shop by its token, both within ten minutes of our clock."""

import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from simulator.taobao.answers import Refused, missing
from simulator.taobao.signature import signature
from simulator.wire import CHINA, Json

TOLERANCE = timedelta(minutes=10)
TOKEN_LIFE = timedelta(hours=24)
REQUIRED = ("method", "app_key", "timestamp", "v", "sign", "sign_method")


class Access:
    """The application's key and secret, and the shop's present token."""

    def __init__(self, secrets: Mapping[str, str], now: Callable[[], datetime]) -> None:
        """Begin with the tokens that the configuration names; they live until they are replaced."""
        self._app_key = secrets["app_key"]
        self._app_secret = secrets["app_secret"]
        self._access = secrets["access_token"]
        self._refresh = secrets["refresh_token"]
        self._now = now
        self._renewals = 0
        self._ends: datetime | None = None

    def check(self, params: Mapping[str, str]) -> None:
        """Check the application. Raises Refused."""
        for name in REQUIRED:
            if not params.get(name):
                raise missing(name)
        if params["app_key"] != self._app_key:
            raise Refused(29, "Invalid app Key", "isv.appkey-not-exists")
        if params["v"] != "2.0":
            raise Refused(33, "Invalid version")
        if not self._is_timely(params["timestamp"]):
            raise Refused(31, "Invalid timestamp")
        expected = signature(params, self._app_secret, params["sign_method"])
        if expected is None or not hmac.compare_digest(expected.encode(), params["sign"].encode()):
            raise Refused(25, "Invalid signature")
        if params.get("format", "xml") != "json":
            raise Refused(23, "Invalid format")

    def check_session(self, params: Mapping[str, str]) -> None:
        """Check the shop's token. Raises Refused."""
        session = params.get("session", "")
        if not session:
            raise Refused(26, "Missing session")
        ended = self._ends is not None and self._now() >= self._ends
        if ended or not hmac.compare_digest(session.encode(), self._access.encode()):
            raise expired()

    def refresh(self, refresh_token: str) -> Json:
        """Give new tokens; the refresh token is good for one time. Raises Refused."""
        if refresh_token != self._refresh:
            raise Refused(27, "Invalid session", "refresh-token-not-exist", "refresh_token不存在或已失效")
        self._renewals += 1
        self._access = _next(self._access, self._renewals)
        self._refresh = _next(self._refresh, self._renewals)
        self._ends = self._now() + TOKEN_LIFE
        return {
            "access_token": self._access,
            "refresh_token": self._refresh,
            "expires_in": int(TOKEN_LIFE.total_seconds()),
            "expire_time": int(self._ends.timestamp() * 1000),
            "token_type": "Bearer",
        }

    def _is_timely(self, text: str) -> bool:
        """Take a text of GMT+8, or the milliseconds that the platform's own Python SDK sends."""
        try:
            told = (
                datetime.fromtimestamp(int(text) / 1000, UTC)
                if text.isdecimal()
                else datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
            )
        except (ValueError, OverflowError, OSError):
            return False
        return abs(told - self._now()) <= TOLERANCE


def expired() -> Refused:
    """Refuse a token that has had its day."""
    return Refused(27, "Invalid session", "session-expired", "session expired")


def _next(token: str, renewals: int) -> str:
    return sha256(f"{token}:{renewals}".encode()).hexdigest()
