"""What an answer of WeChat Pay means: its code decides, the HTTP status only where there is none."""

from typing import Any, NoReturn

from oms.domain.errors import CredentialsExpired, Misused, OmsError, RateLimited, Unavailable
from oms.http import OK, Answer
from oms.ports import NotPaid

NO_SUCH_ORDER = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"})
ERRORS: dict[str, type[OmsError]] = {
    "SIGN_ERROR": CredentialsExpired,
    "NO_AUTH": CredentialsExpired,
    "FREQUENCY_LIMITED": RateLimited,
    "FREQUENCY_LIMIT_EXCEED": RateLimited,
    "RATELIMIT_EXCEEDED": RateLimited,
    "SYSTEM_ERROR": Unavailable,
    "SYSTEMERROR": Unavailable,
    "BANK_ERROR": Unavailable,
    "PARAM_ERROR": Misused,
    "INVALID_REQUEST": Misused,
    "MCH_NOT_EXISTS": Misused,
    "APPID_MCHID_NOT_MATCH": Misused,
}


def judge(answer: Answer, what: str) -> dict[str, Any] | NotPaid:
    """Return what was said of a payment, unverified yet. Raises what the caller can do about every other answer."""
    said = _object(answer)
    if answer.status in OK:
        if said is None:
            raise Unavailable(f"{what}: an answer that is no JSON object")
        return said
    code = str((said or {}).get("code") or "")
    if code in NO_SUCH_ORDER:
        return NotPaid(raw_status=code)
    if code in ERRORS:
        _complain(answer, ERRORS[code], f"{what} answered {code}")
    answer.check(f"{what}{' ' + code[:40] if code else ''}")
    raise Unavailable(f"{what} answered HTTP {answer.status}")


def _complain(answer: Answer, error: type[OmsError], words: str) -> NoReturn:
    if issubclass(error, Unavailable):
        raise error(words, retry_after=answer.retry_after)
    raise error(words)


def _object(answer: Answer) -> dict[str, Any] | None:
    try:
        said = answer.json()
    except ValueError:
        return None
    return said if isinstance(said, dict) else None
