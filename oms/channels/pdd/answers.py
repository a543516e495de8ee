"""What an answer of Pinduoduo's gateway means; nearly all come with HTTP 200, so the body decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from oms.channels.pdd.interfaces import Interface
from oms.domain.errors import (
    CredentialsExpired,
    InterfaceRetired,
    Misused,
    OmsError,
    RateLimited,
    Unavailable,
)
from oms.http import Answer, read_json

ERRORS: Mapping[int, tuple[type[OmsError], str]] = {
    10019: (CredentialsExpired, "the access token has expired"),
    20004: (Misused, "the signature does not fit: compare app_secret"),
    20005: (Misused, "our address is not on the app's list of allowed ones"),
    20031: (Misused, "the app has no permission for this interface: apply for its package"),
    50000: (Unavailable, "an internal error"),
    50001: (Unavailable, "an internal error"),
    50002: (Unavailable, "an internal error"),
    52001: (Unavailable, "an internal error"),
    52002: (Unavailable, "an internal error"),
    52101: (RateLimited, "asked too often"),
    52102: (InterfaceRetired, "the interface was taken out of use"),
    52103: (InterfaceRetired, "the interface was taken out of use"),
    70031: (RateLimited, "asked too often"),
    70032: (Misused, "the platform's risk control refuses the app: ask its support"),
    70033: (InterfaceRetired, "the interface is offline"),
    70034: (Misused, "the platform's risk control refuses the app: ask its support"),
    70035: (Misused, "the platform's risk control refuses the app: ask its support"),
}
PUBLIC_PARAMETERS = range(10_000, 20_000)
"""Complaints about what every question carries; about `type`, they mean that there is no such interface."""
SPELLINGS = ("response", "resposne", "responce")


@dataclass(frozen=True)
class Reply:
    """What the platform said: its content, or the code of a refusal that asking again does not change."""

    content: Mapping[str, Any] = field(default_factory=dict, repr=False)
    refusal: str = ""

    def expect(self, what: str) -> Mapping[str, Any]:
        """Return the content of an answer that business cannot refuse. Raises Misused for a refusal."""
        if self.refusal:
            raise Misused(f"{what} was refused with {self.refusal}")
        return self.content


def judge(answer: Answer, asked: Interface, who: str) -> Reply:
    """Read an answer; everything that is neither content nor a refusal is raised as an error of ours.

    The platform's own words are not repeated: nobody promises that they hold no personal data.
    """
    what = f"{who}: {asked.type}"
    try:
        body = read_json(answer.body, amounts_as_text=True)
    except ValueError:
        answer.check(what)
        raise Unavailable(f"{what}: HTTP {answer.status} with a body that is not JSON") from None
    if not isinstance(body, dict):
        raise Unavailable(f"{what}: an answer that is no object")
    if (error := body.get("error_response")) is not None:
        return _refusal(error if isinstance(error, dict) else {}, what)
    for key in _keys(asked.answer):
        if key in body:
            content = body[key]
            return Reply(content if isinstance(content, dict) else {})
    answer.check(what)
    raise Unavailable(f"{what}: an answer without {asked.answer}")


def _refusal(error: Mapping[str, Any], what: str) -> Reply:
    code, sub_code = str(error.get("error_code", ""))[:20], str(error.get("sub_code") or "")[:40]
    number = int(code) if code.isascii() and code.isdecimal() else 0
    named = f"{code} ({sub_code})" if sub_code and sub_code != code else code
    kind, meaning = ERRORS.get(number, (None, ""))
    if kind is not None:
        raise kind(f"{what}: {named}, {meaning}")
    if number in PUBLIC_PARAMETERS:
        if "type" in str(error.get("error_msg", "")).lower():
            raise InterfaceRetired(f"{what}: {named}, the platform knows no such interface")
        raise Misused(f"{what}: {named}, a public parameter is wrong: compare app_key and the clock")
    if not number:
        raise Unavailable(f"{what}: an error without a code")
    return Reply(refusal=named)


def _keys(key: str) -> tuple[str, ...]:
    """Name the key as documented first, then in the other spellings the platform is known for."""
    stem = next((key.removesuffix(spelling) for spelling in SPELLINGS if key.endswith(spelling)), key)
    return (key, *(f"{stem}{spelling}" for spelling in SPELLINGS))
