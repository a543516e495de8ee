"""Who may call Doudian: app key, clock, signature, and an access token that lives seven days."""

import hmac
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from simulator.douyin.refusals import EXPIRED, Refusal, Refused, bad_token, business, invalid
from simulator.douyin.signature import call_sign
from simulator.wire import CHINA, Json

CLOCK_TOLERANCE = timedelta(minutes=10)
ACCESS_LIFE = timedelta(days=7)
REFRESH_LIFE = timedelta(days=14)
RENEWED_FROM = timedelta(hours=1)
"""A token that still lives longer than this is handed out again instead of a new one."""


class Access:
    """The shop's authorisation."""

    def __init__(self, secrets: Mapping[str, str], now: Callable[[], datetime]) -> None:
        """Begin with the tokens of the configuration."""
        self._key, self._secret = secrets["app_key"], secrets["app_secret"]
        self._now = now
        self._generation = 0
        self._access, self._refresh = secrets["access_token"], secrets["refresh_token"]
        self._gone: set[str] = set()
        self._access_until = now() + ACCESS_LIFE
        self._refresh_until = now() + REFRESH_LIFE

    def expire(self) -> None:
        """Let the present access token end now."""
        self._access_until = self._now()

    def admit(self, method: str, query: Mapping[str, str], body: bytes) -> Json:
        """Check a call and return its parameters. Raises Refused."""
        if "app_key" not in query:
            raise Refused(Refusal(40001, "isv.app-id-missing", "认证失败，app_key不存在"))
        if query["app_key"] != self._key:
            raise Refused(Refusal(40003, "isv.app-id-invalid", "认证失败，app_key格式不正确"))
        if query.get("method") != method or query.get("v") != "2":
            raise Refused(Refusal(40003, "isv.parameter-invalid", "method或v不正确"))
        self._check_clock(query.get("timestamp", ""))
        text = body.decode(errors="replace") or query.get("param_json", "")
        if "sign" not in query:
            raise Refused(Refusal(40001, "isv.signature-missing", "获取签名失败"))
        if not hmac.compare_digest(call_sign(self._secret, query, text), query["sign"]):
            raise Refused(Refusal(40003, "isv.signature-invalid", "签名校验失败"))
        if not method.startswith("token."):
            self._check_token(query.get("access_token", ""))
        return _parameters(text)

    def _check_clock(self, text: str) -> None:
        try:
            moment = (
                datetime.fromtimestamp(int(text), UTC)
                if text.isdecimal()
                else datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
            )
        except (ValueError, OverflowError, OSError):
            raise Refused(Refusal(40003, "isv.timestamp-format-error", "时间戳格式错误")) from None
        if abs(self._now() - moment) > CLOCK_TOLERANCE:
            raise Refused(Refusal(40003, "isv.timestamp-invalid", "时间戳不合法"))

    def _check_token(self, token: str) -> None:
        if not token:
            raise Refused(Refusal(40001, "isv.access-token-missing", "access_token不能为空"))
        if token in self._gone or (token == self._access and self._now() >= self._access_until):
            raise Refused(EXPIRED)
        if token != self._access:
            raise Refused(bad_token("no-existed", "access_token不存在，请使用最新的access_token访问"))

    def create(self, params: Json) -> Json:
        """Hand the shop's token to an app that was just authorised."""
        if params.get("grant_type") not in {"authorization_self", "authorization_code"}:
            raise Refused(Refusal(50001, "dop.token-generate-failed:grant-type-invalid", "生成token失败"))
        return self._handed_out()

    def refresh(self, params: Json) -> Json:
        """Give a new token for the refresh token, or the same one while it lives long enough."""
        if params.get("grant_type") != "refresh_token":
            raise Refused(Refusal(50001, "dop.token-generate-failed:grant-type-invalid", "生成token失败"))
        if params.get("refresh_token") != self._refresh:
            raise Refused(business(31009, "生成token失败, token不存在"))
        if self._now() >= self._refresh_until:
            raise Refused(
                Refusal(50001, "dop.token-generate-failed:token-expired", "生成token失败，token已过期")
            )
        if self._access_until - self._now() < RENEWED_FROM:
            self._generation += 1
            self._gone.add(self._access)
            self._access, self._refresh = self._fresh("access"), self._fresh("refresh")
            self._access_until = self._now() + ACCESS_LIFE
            self._refresh_until = self._now() + REFRESH_LIFE
        return self._handed_out()

    def _handed_out(self) -> Json:
        return {
            "access_token": self._access,
            "expires_in": max(int((self._access_until - self._now()).total_seconds()), 0),
            "refresh_token": self._refresh,
            "scope": "SCOPE",
            "shop_id": 1,
            "shop_name": "main",
            "authority_id": "1",
        }

    def _fresh(self, kind: str) -> str:
        return sha256(f"{self._secret}:{kind}:{self._generation}".encode()).hexdigest()[:36]


def _parameters(text: str) -> Json:
    try:
        params = json.loads(text or "{}")
    except ValueError:
        params = None
    if not isinstance(params, dict):
        raise Refused(Refusal(40003, "isv.parameter-format-invalid", "业务参数json解析失败"))
    return params


def whole(params: Json, name: str, usual: int | None = None) -> int:
    """Read a whole number, in figures or as text. Raises Refused."""
    value = params.get(name, usual)
    if isinstance(value, str) and value.lstrip("-").isdecimal():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused(invalid(20011, f"{name}不合法"))
    return value
