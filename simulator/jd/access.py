"""Who may call: application, time, signature and token, for both of JD's protocols."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from simulator.jd.signature import jd_sign, same
from simulator.jd.wording import Wrong
from simulator.wire import CHINA, Json

TOLERANCE = timedelta(minutes=6)
TOKEN_LIFE = timedelta(days=1)
STAMP = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(\.\d{3})?([+-]\d{4})?")
SIGNED_HEADERS = ("X-JOS-App-Key", "X-JOS-Access-Token", "X-JOS-Timestamp")


class Access:
    """Knows one application and the one shop that has authorised it."""

    def __init__(self, secrets: Mapping[str, str], now: Callable[[], datetime]) -> None:
        """Begin with the tokens of the configuration, which do not expire by themselves."""
        self._app_key, self._app_secret = secrets["app_key"], secrets["app_secret"]
        self._token, self._ends = secrets["access_token"], datetime.max.replace(tzinfo=CHINA)
        self._refreshing = {secrets["refresh_token"]}
        self._issued = 0
        self._now = now

    def admit(self, fields: Mapping[str, str]) -> None:
        """Let a routerjson call pass. Raises Wrong with JD's code."""
        for name, code in (("method", "14"), ("v", "4"), ("timestamp", "7"), ("sign", "11")):
            if not fields.get(name):
                raise Wrong(code)
        if fields["v"] != "2.0":
            raise Wrong("5")
        self._check_time(_moment(fields["timestamp"]))
        signed = {name: value for name, value in fields.items() if name != "sign"}
        self._check_sign(fields.get("app_key", ""), fields["sign"], signed)
        self.check_token(fields.get("access_token", ""))

    def admit_headers(self, headers: Mapping[str, str], others: Mapping[str, str]) -> None:
        """Let an SP-API call pass; `others` are the query and what stands in the path."""
        signed = {name: headers.get(name.lower(), "") for name in SIGNED_HEADERS}
        app_key, token, millis = signed.values()
        if not re.fullmatch(r"\d{13}", millis):
            raise Wrong("8")
        self._check_time(datetime.fromtimestamp(int(millis) / 1000, CHINA))
        self._check_sign(app_key, headers.get("x-jos-sign", ""), {**signed, **others})
        self.check_token(token)

    def check_token(self, token: str) -> None:
        """Accept the newest access token only, while it lives."""
        if not same(token, self._token) or self._now() > self._ends:
            raise Wrong("19")

    def refresh(self, query: Mapping[str, str]) -> Json | None:
        """Exchange a refresh token for a new pair; None for anything but the right keys."""
        right = same(query.get("app_key", ""), self._app_key)
        right &= same(query.get("app_secret", ""), self._app_secret)
        right &= query.get("grant_type") == "refresh_token"
        if not right or query.get("refresh_token") not in self._refreshing:
            return None
        self._issued += 1
        self._token, again = self._new("access"), self._new("refresh")
        self._refreshing.add(again)
        self._ends = self._now() + TOKEN_LIFE
        return {
            "access_token": self._token,
            "expires_in": int(TOKEN_LIFE.total_seconds()),
            "refresh_token": again,
            "scope": "snsapi_base",
            "open_id": "oidshop0001",
        }

    def _new(self, kind: str) -> str:
        return sha256(f"{self._app_secret}:{kind}:{self._issued}".encode()).hexdigest()[:36]

    def _check_time(self, moment: datetime | None) -> None:
        if moment is None or abs(self._now() - moment) > TOLERANCE:
            raise Wrong("8")

    def _check_sign(self, app_key: str, given: str, signed: Mapping[str, str]) -> None:
        if not same(app_key, self._app_key) or not same(given, jd_sign(self._app_secret, signed)):
            raise Wrong("12")


def _moment(text: str) -> datetime | None:
    """Read `yyyy-MM-dd HH:mm:ss[.SSS][+0800]`; without an offset it is GMT+8."""
    match = STAMP.fullmatch(text)
    if match is None:
        return None
    try:
        return datetime.strptime(match[1] + (match[3] or "+0800"), "%Y-%m-%d %H:%M:%S%z")
    except ValueError:
        return None
