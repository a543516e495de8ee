"""What WeChat's answers mean: judged by `errcode`, for HTTP says 200 to everything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from oms.domain.errors import CredentialsExpired, InterfaceRetired, Misused, RateLimited, Unavailable
from oms.http import Answer

TOKEN_REFUSED = frozenset({40001, 40014, 42001})
BUSY = -1
RETIRED = 40066
FORBIDDEN = frozenset({48001, 48004})
DAY_IS_FULL = 45009
MINUTE_IS_FULL = 45011
NOT_FROM_HERE = frozenset({40164, 45035, 61004})
HTTP_NOT_FROM_HERE = 403
OUR_FAULT = frozenset({40013, 40097, 41001, 41002, 43001, 43002, 43003, 44002, 47001, 606006})


@dataclass(frozen=True)
class Reply:
    """What the platform said: its content, or the errcode of a refusal that asking again does not change."""

    content: Mapping[str, Any] = field(default_factory=dict, repr=False)
    refusal: int = 0
    what: str = ""
    told_at: datetime | None = None
    """The platform's clock, by the Date header."""

    def part(self, name: str) -> Mapping[str, Any]:
        """Return an object of the content. Raises Misused for a refusal, Unavailable when there is none."""
        self.accepted()
        found = self.content.get(name)
        if not isinstance(found, dict):
            raise Unavailable(f"{self.what}: an answer without {name}")
        return found

    def accepted(self) -> None:
        """Pass unless the platform refused. Raises Misused."""
        if self.refusal:
            raise Misused(f"{self.what}: refused with errcode {self.refusal}")


def judge(answer: Answer, what: str) -> Reply:
    """Sort an answer: content, refusal, or the error that says what to do."""
    content = _object_of(answer)
    errcode = _errcode_of(content)
    if errcode is None or (errcode == 0 and answer.status >= HTTP_NOT_FROM_HERE):
        _complain_of_http(answer, what)
        raise Unavailable(f"{what}: HTTP {answer.status} with a body that is not WeChat's")
    if errcode:
        _raise_for(errcode, f"{what}: errcode {errcode}")
    return Reply(content or {}, errcode, what, answer.told_at)


def _raise_for(errcode: int, what: str) -> None:
    """Raise for whatever is not the business's own refusal."""
    if errcode in TOKEN_REFUSED:
        raise CredentialsExpired(what)
    if errcode == BUSY:
        raise Unavailable(what)
    if errcode == MINUTE_IS_FULL:
        raise RateLimited(f"{what}: the quota of the minute is used up")
    if errcode == DAY_IS_FULL:
        raise RateLimited(f"{what}: the quota of the day is used up")
    if errcode == RETIRED:
        raise InterfaceRetired(what)
    if errcode in FORBIDDEN:
        raise InterfaceRetired(f"{what}: the shop has not, or no longer, the right to this interface")
    if errcode in NOT_FROM_HERE:
        raise Misused(_allowlist(what))
    if errcode in OUR_FAULT:
        raise Misused(what)


def _complain_of_http(answer: Answer, what: str) -> None:
    if answer.status == HTTP_NOT_FROM_HERE:
        raise Misused(_allowlist(f"{what}: HTTP {answer.status}"))
    answer.check(what)


def _allowlist(what: str) -> str:
    return f"{what}: add our address to the shop's IP allowlist (IP 白名单)"


def _object_of(answer: Answer) -> Mapping[str, Any] | None:
    try:
        content = answer.json()
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def _errcode_of(content: Mapping[str, Any] | None) -> int | None:
    """Read `errcode`; only the answer with a token may have none."""
    if content is None:
        return None
    errcode = content.get("errcode", 0 if "access_token" in content else None)
    try:
        return None if errcode is None else int(errcode)
    except (TypeError, ValueError):
        return None
