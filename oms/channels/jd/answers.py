"""What JD's answers mean: errors are told apart by the body, for the HTTP status is nearly always 200."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from oms.domain.errors import (
    CredentialsExpired,
    InterfaceRetired,
    Misused,
    OmsError,
    RateLimited,
    Unavailable,
)
from oms.http import Answer, read_json

MEANINGS: Mapping[str, tuple[type[OmsError], str]] = {
    "2": (RateLimited, "the app has called too often"),
    "4": (Misused, "the protocol's version is missing"),
    "5": (InterfaceRetired, "the protocol's version is not spoken any more"),
    "7": (Misused, "the time is missing"),
    "8": (Misused, "the time is refused: set this machine's clock, JD allows six minutes"),
    "11": (Misused, "the signature is missing"),
    "12": (Misused, "the signature is refused: check app_key and app_secret"),
    "14": (InterfaceRetired, "the method's name is missing"),
    "15": (InterfaceRetired, "JD has no such method any more"),
    "19": (CredentialsExpired, "the access token is not accepted"),
}
"""Codes of `error_response` [2+]; any other short one is the platform's own trouble, a long one a refusal."""
SHORTEST_BUSINESS_CODE = 5
LONGEST_REASON = 80
FINE = frozenset({"0", "200"})


@dataclass(frozen=True)
class Refusal:
    """What JD will not do, in its own words; asking again changes nothing."""

    code: str
    why: str

    def __str__(self) -> str:
        """Read as a reason for people."""
        return f"JD answered {self.code}: {self.why}" if self.why else f"JD answered {self.code}"


def read_object(answer: Answer, what: str) -> Mapping[str, Any]:
    """Read the JSON object an answer holds; amounts written as numbers stay the text they are.

    Raises Unavailable for HTML and other garbage, whatever its status, and what the status says.
    """
    content = _json(answer.body)
    if isinstance(content, dict):
        return content
    answer.check(what)
    raise Unavailable(f"{what}: HTTP {answer.status} with a body that is no JSON object")


def unpack(content: Mapping[str, Any], method: str, what: str) -> Mapping[str, Any] | Refusal:
    """Take the answer out of its envelope, whose key JD misspells `…_responce`.

    Raises RateLimited, CredentialsExpired, InterfaceRetired, Misused or Unavailable for an error of the
    platform; a business refusal is returned.
    """
    error = content.get("error_response")
    if isinstance(error, dict):
        return judge(error, what)
    key = method.replace(".", "_").removeprefix("360buy_")
    found = (
        content.get(f"{name}{ending}")
        for name in (method.replace(".", "_"), key)
        for ending in ("_responce", "_response")
    )
    inner = next((part for part in found if isinstance(part, dict)), None)
    if inner is None:
        raise Unavailable(f"{what}: an answer to another question")
    return inner if str(inner.get("code", "0")) in FINE else judge(inner, what)


def judge(error: Mapping[str, Any], what: str) -> Refusal:
    """Raise what the caller can do about an error of the platform; return it when it is a refusal."""
    code = word(error.get("code"))
    if code in MEANINGS:
        kind, meaning = MEANINGS[code]
        raise kind(f"{what}: {meaning} (code {code})")
    if len(code) < SHORTEST_BUSINESS_CODE:
        raise Unavailable(f"{what}: JD answered code {code}")
    return Refusal(code, reason(error))


def refused(result: object) -> Refusal | None:
    """Tell whether the result inside an answer is a refusal: `success` is a boolean, or a text of one."""
    if not isinstance(result, dict) or str(result.get("success", "")).lower() == "true":
        return None
    code = next((result[name] for name in ("errorCode", "numberCode", "code") if result.get(name)), "no code")
    return Refusal(word(code), reason(result))


def reason(error: Mapping[str, Any]) -> str:
    """Return JD's own words, shortened; they are about orders and states, not people."""
    names = (
        "zh_desc",
        "chineseErrCode",
        "failReason",
        "errorMessage",
        "message",
        "msg",
        "en_desc",
        "englishErrCode",
    )
    found = next((error[name] for name in names if isinstance(error.get(name), str) and error[name]), "")
    return str(found)[:LONGEST_REASON]


def word(code: object) -> str:
    """Read a code, which may be a number, as a short text."""
    return str(code)[:32] if isinstance(code, str | int) else ""


def count(value: object, what: str) -> int:
    """Read a number that may be written as text. Raises Unavailable."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not (text.isascii() and text.isdecimal()):
        raise Unavailable(f"{what}: the list does not say how many orders there are")
    return int(text[:12])


def _json(body: bytes) -> Any:
    try:
        return read_json(body, amounts_as_text=True)
    except ValueError:
        return None
