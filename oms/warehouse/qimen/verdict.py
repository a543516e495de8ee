"""What a Qimen answer means: HTTP says 200 to everything, so the body decides."""

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from oms.domain.errors import CredentialsExpired, InterfaceRetired, RateLimited, Unavailable, Unmappable
from oms.http import Answer
from oms.warehouse.qimen import xml

SUCCESS = "success"
ORDER = r"(?:单据|订单|发货单|出库单|单号)[A-Za-z0-9_\-\s:：\[\]【】()（）#号编码]{0,80}?"
"""The order itself and its code: that *its warehouse* does not exist is another matter."""
ORDER_EN = (
    r"\border(?:[ _-]?(?:code|no|number|id))?[ :#_-]{0,3}(?:[\w-]*\d[\w-]*)?[ _-]?(?:does |has |was |is )?"
)
CALLED_OFF = re.compile(r"取消|关闭|cancel|closed", re.IGNORECASE)
KNOWN_ALREADY = re.compile(
    rf"{ORDER}(?:已经?存在|已下发|已接单|重复)|{ORDER_EN}(?:already|exists|been created|duplicate)|duplicate order",
    re.IGNORECASE,
)
NOT_THERE = re.compile(
    rf"{ORDER}(?:不存在|未找到|已经?(?:被)?取消)|{ORDER_EN}(?:not[ _-]?(?:exist|found)|(?:already )?cancell?ed)",
    re.IGNORECASE,
)
DIGITS = re.compile(r"\d{7,}")
LONGEST_REASON = 200

STRANGER = re.compile(r"sign-check|invalid-sign|app-?key|invalid-customer|session|token", re.IGNORECASE)
RETIRED = re.compile(
    r"^22$|(?:invalid|unsupported|unknown)[ ._-]method|(?:method|api|service)-not-exist|api-service-off"
)
TOO_OFTEN = re.compile(r"^7$|limited|flow-?control|too-many", re.IGNORECASE)
THEIR_FAULT = re.compile(r"^isp\.|timeout|time-out|unavailable|system-?(?:error|busy)|remote-", re.IGNORECASE)


@dataclass(frozen=True)
class Verdict:
    """A yes with its content, or a business no with its code and words."""

    ok: bool
    content: Element
    code: str
    message: str

    @property
    def says_known(self) -> bool:
        """The no only means that the order is there already, and not that it was called off."""
        words = f"{self.code} {self.message}"
        return KNOWN_ALREADY.search(words) is not None and CALLED_OFF.search(words) is None

    @property
    def says_not_there(self) -> bool:
        """The no only means that there is no such order, or none any more."""
        return NOT_THERE.search(f"{self.code} {self.message}") is not None

    def reason(self, *private: str) -> str:
        """Return the no in words, without the texts that must not be repeated and without long numbers."""
        words = self.message
        for secret in sorted(filter(None, private), key=len, reverse=True):
            words = words.replace(secret, "***")
        return f"{self.code}: {DIGITS.sub('***', words)}"[:LONGEST_REASON]


def judge(answer: Answer, method: str) -> Verdict:
    """Read an answer. Raises what the caller can do about it when it is neither yes nor a business no."""
    answer.check(f"Qimen {method}")
    try:
        root = xml.read(answer.body)
    except Unmappable as error:
        raise Unavailable(f"Qimen {method}: {error}") from None
    flag = xml.text(root, "flag")
    code = xml.text(root, "sub_code") or xml.text(root, "code")
    if flag != SUCCESS:
        _raise_if_technical(code, f"Qimen {method} answered {code[:60] or 'no code'}")
        if flag != "failure":
            raise Unavailable(
                f"Qimen {method}: an answer that says neither success nor failure ({code[:60]})"
            )
    return Verdict(flag == SUCCESS, root, code, xml.text(root, "message"))


def _raise_if_technical(code: str, what: str) -> None:
    if STRANGER.search(code):
        raise CredentialsExpired(what)
    if RETIRED.search(code):
        raise InterfaceRetired(what)
    if TOO_OFTEN.search(code):
        raise RateLimited(what)
    if THEIR_FAULT.search(code):
        raise Unavailable(what)
