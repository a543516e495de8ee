"""One question to TOP: signed, sent, and its answer classified by the body, for the status is always 200."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from oms.calls import calling
from oms.channels.taobao.config import TaobaoConfig
from oms.channels.taobao.signature import sign
from oms.channels.taobao.times import stamp
from oms.channels.taobao.verdict import Refusal, judge
from oms.domain.errors import Misused, OmsError, Unavailable
from oms.http import Answer, Http
from oms.sessions import Session

PATH = "/router/rest"
SIGN_METHOD = "hmac-sha256"
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "Accept": "application/json"}

Content = Mapping[str, Any]


class Gateway:
    """Asks as one application; every answer is content, a refusal, or an error of ours."""

    def __init__(self, config: TaobaoConfig, http: Http, now: Callable[[], datetime]) -> None:
        self._config = config
        self._http = http
        self._now = now
        self.clock_skew_s: int | None = None
        """Their clock minus ours, by the Date header of the last answer that had one, in whole seconds."""

    async def ask(self, method: str, params: Mapping[str, str], session: str = "") -> Content | Refusal:
        """Ask one thing; `session` is the shop's access token, for questions that need one."""
        what = f"{self._config.shop}: {method}"
        config = self._config
        with calling(system="taobao", interface=method, version=config.version, shop=config.shop) as call:
            answer = await self._send(method, params, session)
            self._look_at_the_clock(answer)
            content = _read(answer, method, what)
            call.refused(isinstance(content, Refusal))
        return content

    async def _send(self, method: str, params: Mapping[str, str], session: str) -> Answer:
        asked = {
            **{name: value for name, value in params.items() if value},
            "method": method,
            "app_key": self._config.app_key,
            "timestamp": stamp(self._now()),
            "v": self._config.version,
            "format": "json",
            "sign_method": SIGN_METHOD,
            **({"session": session} if session else {}),
        }
        asked["sign"] = sign(asked, self._config.app_secret, SIGN_METHOD)
        del asked["method"]
        url = f"{self._config.base_url.rstrip('/')}{PATH}?{urlencode({'method': method})}"
        return await self._http.ask("POST", url, headers=FORM, content=urlencode(asked).encode())

    def _look_at_the_clock(self, answer: Answer) -> None:
        skew = answer.skew_seconds(self._now())
        if skew is not None:
            self.clock_skew_s = skew


class Shop:
    """Asks in the name of one shop, with an access token that is valid."""

    def __init__(self, gateway: Gateway, session: Session) -> None:
        self.gateway = gateway
        self._session = session

    async def ask(self, method: str, params: Mapping[str, str]) -> Content | Refusal:
        """Ask one thing; an expired token is refreshed once."""
        return await self._session.ask(lambda access: self.gateway.ask(method, params, access))

    async def get(self, method: str, params: Mapping[str, str]) -> Content:
        """Ask for something that there is no business reason to refuse. Raises Misused when it is refused."""
        content = await self.ask(method, params)
        if isinstance(content, Refusal):
            raise Misused(f"{method} was refused: {content.code}")
        return content


def nested(content: Content, outer: str, inner: str) -> list[Any]:
    """Return a doubly nested list; nothing to list is told by leaving the key out. Raises Unavailable."""
    if outer not in content:
        return []
    held = content[outer]
    rows = held.get(inner, []) if isinstance(held, Mapping) else held
    if not isinstance(rows, list):
        raise Unavailable(f"the platform answered {outer} that are no list")
    return rows


def _read(answer: Answer, method: str, what: str) -> Content | Refusal:
    """Classify by the body first; a maintenance page with status 200 is never an empty answer."""
    try:
        told = answer.json()
    except ValueError:
        told = None
    if not isinstance(told, dict):
        answer.check(what)
        raise Unavailable(f"{what}: HTTP {answer.status} with a body that is no JSON object")
    error = told.get("error_response")
    if isinstance(error, dict):
        verdict = judge(error, what)
        if isinstance(verdict, OmsError):
            raise verdict
        return verdict
    answer.check(what)
    content = told.get(f"{method.removeprefix('taobao.').replace('.', '_')}_response")
    if not isinstance(content, dict):
        raise Unavailable(f"{what}: the answer holds no content")
    return content
