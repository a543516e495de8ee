"""Group robots of DingTalk, WeCom and Feishu.

Why not through apprise: all three answer HTTP 200 to a message that they did not take, and say so in the body only;
apprise looks at the status. An alert that a robot refused would count as sent (decision 0030).
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from pydantic import BaseModel, ConfigDict, SecretStr

from oms.calls import calling
from oms.domain.errors import Misused, OmsError, Unavailable
from oms.http import Http

LONGEST = 2000
"""Bytes of text; WeCom takes 2,048 and refuses what is longer."""
Kind = Literal["dingtalk", "wecombot", "feishu"]
USUAL: Mapping[str, str] = {
    "dingtalk": "https://oapi.dingtalk.com/robot/send?access_token={}",
    "wecombot": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={}",
    "feishu": "https://open.feishu.cn/open-apis/bot/v2/hook/{}",
}
JSON = {"Content-Type": "application/json; charset=utf-8"}


class RobotAddress(BaseModel):
    """Where a robot listens, and what signs what it hears."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    url: SecretStr
    secret: SecretStr = SecretStr("")


def robot_address(text: str) -> RobotAddress | None:
    """Read an address of a robot; None when it is of something else. Raises Misused when it lacks what it needs.

    Two forms: apprise's (`dingtalk://SECRET@TOKEN`, `wecombot://KEY`, `feishu://TOKEN`), and the address that the
    platform shows, with the kind before it (`dingtalk+https://oapi.dingtalk.com/robot/send?access_token=…&secret=SEC…`).
    """
    kind, _, rest = text.partition("://")
    name, _, scheme = kind.partition("+")
    if name not in USUAL:
        return None
    if not scheme:
        secret, _, token = rest.rpartition("@")
        if not token.strip("/"):
            raise Misused(f"an address {name}:// lacks its token")
        return _address(name, USUAL[name].format(quote(unquote(token.strip("/")), safe="")), unquote(secret))
    if scheme not in {"http", "https"}:
        raise Misused(f"an address of a robot is {name}+https://…")
    parts = urlsplit(f"{scheme}://{rest}")
    query = [(key, value) for key, value in parse_qsl(parts.query) if key != "secret"]
    secret = parse_qs(parts.query).get("secret", [""])[0]
    return _address(name, urlunsplit(parts._replace(query=urlencode(query))), secret)


def _address(kind: str, url: str, secret: str) -> RobotAddress:
    return RobotAddress.model_validate({"kind": kind, "url": url, "secret": secret})


class Robot:
    """Writes into a group chat through its robot; a `Way`."""

    def __init__(self, address: RobotAddress, http: Http, clock: Callable[[], datetime]) -> None:
        self._address, self._http, self._clock = address, http, clock

    async def send(self, title: str, text: str) -> None:
        """Write; the two are one text. Raises an OmsError when the robot did not take it, whatever its HTTP status."""
        body, url = _message(self._address, _cut(f"{title}\n{text}"), self._clock())
        content = json.dumps(body, ensure_ascii=False).encode()
        with calling(system=self._address.kind, interface="robot"):
            try:
                answer = await self._http.ask("POST", url, headers=JSON, content=content)
            except OmsError as error:  # its words name the path, and Feishu's path is the secret
                raise Unavailable(
                    f"{self._address.kind} could not be asked: {type(error).__name__}"
                ) from None
            answer.check(self._address.kind)
            _check(self._address.kind, answer.json)


def _cut(text: str) -> str:
    raw = text.encode()
    return text if len(raw) <= LONGEST else f"{raw[: LONGEST - 3].decode(errors='ignore')}…"


def _message(address: RobotAddress, text: str, at: datetime) -> tuple[dict[str, Any], str]:
    url, secret = address.url.get_secret_value(), address.secret.get_secret_value()
    match address.kind:
        case "dingtalk":
            return {"msgtype": "text", "text": {"content": text}}, _signed_for_dingtalk(url, secret, at)
        case "wecombot":
            return {"msgtype": "text", "text": {"content": text}}, url
        case "feishu":
            body = {"msg_type": "text", "content": {"text": text}}
            return {**body, **_signature_for_feishu(secret, at)}, url


def _signed_for_dingtalk(url: str, secret: str, at: datetime) -> str:
    """Sign as DingTalk's custom robots want it: HMAC-SHA256 of the moment and the secret, a line each, under the secret, base64, escaped."""
    if not secret:
        return url
    moment = round(at.timestamp() * 1000)
    sign = quote(_hmac(secret, f"{moment}\n{secret}"), safe="")
    return f"{url}{'&' if '?' in url else '?'}timestamp={moment}&sign={sign}"


def _signature_for_feishu(secret: str, at: datetime) -> dict[str, str]:
    """Sign as Feishu's custom bots want it: HMAC-SHA256 of nothing under the moment and the secret, a line each."""
    if not secret:
        return {}
    moment = str(int(at.timestamp()))
    return {"timestamp": moment, "sign": _hmac(f"{moment}\n{secret}", "")}


def _hmac(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def _check(kind: Kind, read: Callable[[], Any]) -> None:
    """Take `errcode` (DingTalk, WeCom) or `code` (Feishu) of 0 for taken, and nothing else."""
    try:
        answer = read()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise Unavailable(f"{kind} answered something that is no JSON object")
    names = ("code", "StatusCode") if kind == "feishu" else ("errcode",)
    code = next((answer[name] for name in names if name in answer), None)
    if code != 0:
        raise Unavailable(f"{kind} did not take the notice: {names[0]} {str(code)[:20]}")
