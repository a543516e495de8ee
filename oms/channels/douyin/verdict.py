"""What an answer means: content, a refusal of business, or one of our errors by what can be done about it.

Doudian answers HTTP 200 to nearly everything and says the rest in `code` and `sub_code` (facts/protocols.md,
section 4); answers of before 2022 say `err_no` instead, and during the change both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from oms.domain.errors import (
    CredentialsExpired,
    InterfaceRetired,
    Misused,
    OmsError,
    RateLimited,
    Unavailable,
)
from oms.http import Answer

SERVED = 10000
SERVED_BEFORE = 0
LONGEST_REASON = 80

BY_SUB_CODE: tuple[tuple[str, type[OmsError]], ...] = (
    ("isp.api-service-off", InterfaceRetired),
    ("isv.access-token-", CredentialsExpired),
    ("dop.authorization-", CredentialsExpired),
    ("dop.token-generate-failed", CredentialsExpired),
    ("isv.traffic-limited", RateLimited),
    ("isv.timestamp-", Unavailable),
    ("isv.signature-", Misused),
    ("isv.app-", Misused),
    ("dop.app-", Misused),
    ("isp.", Unavailable),
    ("dop.", Unavailable),
)
"""Beginnings of sub codes, the most telling first."""
BY_CODE: Mapping[int, type[OmsError]] = {
    20000: Unavailable,
    20001: Unavailable,
    30001: Misused,
    30002: Misused,
    40001: Misused,
    40003: Misused,
    50001: Unavailable,
    60000: RateLimited,
    70000: InterfaceRetired,
    80000: Misused,
    90000: Unavailable,
}
"""Codes that are no refusal of business whatever their sub code; 40002, 40004 and 50002 are refusals."""
ADVICE: Mapping[str, str] = {
    "isv.timestamp-": "set our clock",
    "isv.signature-": "check the app secret",
    "isv.app-permissions-": "apply for the interface in the platform's console",
    "dop.authorization-": "the merchant must authorise the app anew",
}
SAID_TO_PASS = ("稍后重试", "系统繁忙")
"""Doudian words some passing troubles of its own as refusals of business."""


@dataclass(frozen=True)
class Reply:
    """What the platform said: its content, or the code and words of a refusal."""

    content: Any = field(default=None, repr=False)
    refusal: str = ""
    said: str = ""

    @property
    def reason(self) -> str:
        """Return the refusal for a person to read."""
        return f"{self.refusal} {self.said}".strip()[:LONGEST_REASON]

    def mapping(self, what: str) -> Mapping[str, Any]:
        """Return an object's content. Raises Misused for a refusal, Unavailable when there is none."""
        if self.refusal:
            raise Misused(f"{what}: the platform refused with {self.reason}")
        if not isinstance(self.content, dict):
            raise Unavailable(f"{what}: the platform answered something that is no object")
        return self.content


def judge(answer: Answer, what: str) -> Reply:
    """Classify an answer by its body first. Raises what the caller can do about it; a refusal is a value."""
    body = _body(answer)
    code = _number(body.get("code", body.get("err_no")))
    if code is None:
        answer.check(what)
        raise Unavailable(f"{what}: HTTP {answer.status} with a body that is not Doudian's")
    if code == SERVED or ("code" not in body and code == SERVED_BEFORE):
        answer.check(what)
        return Reply(body.get("data"))
    sub_code, said = _text(body.get("sub_code")), _text(body.get("sub_msg") or body.get("message"))
    error = _error(code, sub_code, said)
    if error is None:
        return Reply(refusal=sub_code or str(code), said=said)
    named = f"{what}: {code} {sub_code}".rstrip() + _advice(sub_code)
    if issubclass(error, Unavailable):
        raise error(named, retry_after=answer.retry_after)
    raise error(named)


def _error(code: int, sub_code: str, said: str) -> type[OmsError] | None:
    for beginning, error in BY_SUB_CODE:
        if sub_code.startswith(beginning):
            return error
    if code in BY_CODE:
        return BY_CODE[code]
    return Unavailable if any(words in said for words in SAID_TO_PASS) else None


def _advice(sub_code: str) -> str:
    found = (advice for beginning, advice in ADVICE.items() if sub_code.startswith(beginning))
    return "".join(f": {advice}" for advice in found)


def _body(answer: Answer) -> Mapping[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _number(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value[:9])
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
