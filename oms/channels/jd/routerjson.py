"""One question to JD's routerjson: system parameters in the query, the business as one JSON text in the form."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from oms.calls import calling
from oms.channels.jd.answers import Refusal, read_object, unpack
from oms.channels.jd.config import ROUTERJSON, JdConfig
from oms.channels.jd.signature import sign
from oms.channels.jd.words import signed_stamp
from oms.http import GONE, Answer, Http
from oms.sessions import Session

BUSINESS = "360buy_param_json"
PROTOCOL = "2.0"


class Routerjson:
    """Asks one shop's questions with a token that is valid; `skew` is what the last answer's date said."""

    def __init__(self, config: JdConfig, http: Http, session: Session, now: Callable[[], datetime]) -> None:
        self._config = config
        self._http = http
        self._session = session
        self._now = now
        self.skew: int | None = None

    async def ask(self, method: str, business: Mapping[str, Any]) -> Mapping[str, Any] | Refusal:
        """Ask one thing. Raises what `answers.unpack` raises; a business refusal is returned."""
        text = json.dumps(business, ensure_ascii=False, separators=(",", ":"))
        return await self._session.ask(lambda token: self._ask(method, text, token))

    async def _ask(self, method: str, business: str, token: str) -> Mapping[str, Any] | Refusal:
        system = {
            "method": method,
            "app_key": self._config.app_key.get_secret_value(),
            "access_token": token,
            "timestamp": signed_stamp(self._now()),
            "v": PROTOCOL,
        }
        secret = self._config.app_secret.get_secret_value()
        system["sign"] = sign(secret, system | {BUSINESS: business})
        with calling(system="jd", interface=method, version=ROUTERJSON, shop=self._config.shop) as call:
            answer = await self._http.ask(
                "POST",
                f"{self._config.router}/routerjson?{urlencode(system)}",
                headers={"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"},
                content=urlencode({BUSINESS: business}).encode(),
            )
            self.skew = answer.skew_seconds(self._now())
            what = f"{self._config.shop}: {method}"
            content = unpack(_judged(answer, what), method, what)
            call.refused(isinstance(content, Refusal))
        return content


def _judged(answer: Answer, what: str) -> Mapping[str, Any]:
    """Read an answer; one that says in the gateway's words what is wrong is heard, whatever its status.

    Raises InterfaceRetired for an address that is gone, though its body may be JSON of somebody else's.
    """
    content = read_object(answer, what)
    if "error_response" not in content and answer.status in GONE:
        answer.check(what)
    return content
