"""What a Kuaidi100 answer means: HTTP says 200 to everything, so the body decides."""

import re
from typing import Any, NamedTuple

from oms.domain.errors import CredentialsExpired, Misused, RateLimited, Unavailable
from oms.http import Answer

OK = "200"
KEY_REFUSED = frozenset({"503", "600", "601"})
"""Signature wrong, key unknown, key expired."""
BUSY = frozenset({"500", "501", "502"})
STRANGER = re.compile(r"签名|验签|授权|过期|key", re.IGNORECASE)
THEIR_FAULT = re.compile(r"系统|服务器|繁忙|超时|稍后|timeout", re.IGNORECASE)
TOO_OFTEN = re.compile(r"频繁|限流|锁单|次数")
DIGITS = re.compile(r"\d{7,}")
LONGEST_REASON = 120


def judge_tracking(answer: Answer, what: str, *, fine: str) -> dict[str, Any]:
    """Return a trace or receipt; empty when the answer was the one code that is fine.

    Raises what the caller can do about every other answer.
    """
    said = _object(answer, what)
    code = str(said.get("returnCode") or said.get("status") or "")
    if code == OK and said.get("result") is not False:
        return said
    if code == fine:
        return {}
    message = _words(said)
    complaint = f"{what} answered {code or 'no code'} {message}".rstrip()
    if code in KEY_REFUSED:
        raise CredentialsExpired(complaint)
    if TOO_OFTEN.search(message):
        raise RateLimited(complaint)
    if code in BUSY or not code:
        raise Unavailable(complaint)
    raise Misused(complaint)


class LabelAnswer(NamedTuple):
    """What was said about an e-waybill: its content, and a business refusal in words, empty when there is none."""

    refusal: str
    content: dict[str, Any]


def judge_label(answer: Answer, what: str) -> str:
    """Return a business refusal in words, empty when there is none."""
    return read_label(answer, what).refusal


def read_label(answer: Answer, what: str) -> LabelAnswer:
    """Return what was said about an e-waybill. Raises what the caller can do about every other answer."""
    said = _object(answer, what)
    held = said.get("data")
    content = held if isinstance(held, dict) else {}
    if said.get("success") is True:
        return LabelAnswer("", content)
    code, message = str(said.get("code") or said.get("returnCode") or ""), _words(said)
    complaint = f"{what} answered {code or 'no code'} {message}".rstrip()
    if code in KEY_REFUSED or STRANGER.search(message):
        raise CredentialsExpired(complaint)
    if TOO_OFTEN.search(message):
        raise RateLimited(complaint)
    if code in BUSY or not code or THEIR_FAULT.search(message):
        raise Unavailable(complaint)
    return LabelAnswer(f"{code}: {message}", content)


def _object(answer: Answer, what: str) -> dict[str, Any]:
    answer.check(what)
    try:
        said = answer.json()
    except ValueError:
        raise Unavailable(f"{what}: an answer that is not JSON") from None
    if not isinstance(said, dict):
        raise Unavailable(f"{what}: an answer that is no JSON object")
    return said


def _words(said: dict[str, Any]) -> str:
    """Read the message without long numbers, which may be somebody's phone."""
    return DIGITS.sub("***", str(said.get("message") or ""))[:LONGEST_REASON]
