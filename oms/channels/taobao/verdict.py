"""What TOP's error answers mean, told apart by what we can do; they all come with HTTP status 200.

Source: the platform's list of error codes; `sub_code` tells the platform's faults (`isp.`) from ours (`isv.`).
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from oms.domain.errors import (
    CredentialsExpired,
    InterfaceRetired,
    Misused,
    OmsError,
    RateLimited,
    Unavailable,
)

TOO_OFTEN = frozenset({4, 5, 6, 7})
NOT_NOW = frozenset({8, 10})
NO_METHOD = frozenset({21, 22})
NO_SESSION = frozenset({26, 27})
NOT_ALLOWED = frozenset({11, 12, 13, 53})
WRONG_SIGNATURE = frozenset({24, 25})
WRONG_TIME = frozenset({30, 31})
OUR_FAULT = frozenset({28, 29, 32, 33, 34, 40, 41})
BAN = re.compile(r"ban will last for (\d{1,6}) more second", re.ASCII)
PASSING = frozenset({"isv.logistics-offline-service-error:B150"})
"""Called ours by the platform, though its own words are to try again a little later."""
LONGEST_REASON = 200
CODE = re.compile(r"[\w.:-]{1,100}", re.ASCII)


class Refusal(NamedTuple):
    """A business refusal: asking again changes nothing."""

    code: str
    words: str

    @property
    def reason(self) -> str:
        """What to tell a person."""
        return f"{self.code}: {self.words}" if self.words else self.code


def judge(error: Mapping[str, Any], what: str) -> Refusal | OmsError:
    """Classify an `error_response`; `what` names the shop and the question and goes into the error's text.

    The platform's own words appear in a refusal only, which is shown to people and not logged.
    """
    code, sub = _number(error.get("code")), _code(error.get("sub_code"))
    told = f"{what}: {code} {sub}".rstrip()
    if code in TOO_OFTEN or "call-limited" in sub:
        return RateLimited(told, retry_after=_ban(error))
    if sub.startswith("isp.") or code in NOT_NOW or sub in PASSING:
        return Unavailable(told)
    for codes, kind, advice in FINAL:
        if code in codes:
            return kind(f"{told}: {advice}")
    if sub.startswith("isv."):
        return Refusal(sub, str(error.get("sub_msg") or "")[:LONGEST_REASON])
    return Unavailable(told)


FINAL: tuple[tuple[frozenset[int], type[OmsError], str], ...] = (
    (NO_METHOD, InterfaceRetired, "the platform has no such interface any more"),
    (NO_SESSION, CredentialsExpired, "the access token is not accepted"),
    (NOT_ALLOWED, Misused, "the application may not ask this: apply for the permission on the platform"),
    (WRONG_SIGNATURE, Misused, "the signature is refused: correct the shop's app_secret"),
    (WRONG_TIME, Misused, "the time is refused: set this machine's clock"),
    (OUR_FAULT, Misused, "the platform does not take the question as asked"),
)


def _number(code: object) -> int:
    return int(code) if isinstance(code, int | str) and str(code).isdecimal() else -1


def _code(sub: object) -> str:
    """Read a sub code; what does not look like one may be anything, and is not repeated."""
    text = str(sub or "")
    return text if CODE.fullmatch(text) else ""


def _ban(error: Mapping[str, Any]) -> float | None:
    """Read for how many seconds the platform will not listen; None where it does not say."""
    found = BAN.search(f"{error.get('sub_msg') or ''} {error.get('msg') or ''}")
    return float(found[1]) if found else None
