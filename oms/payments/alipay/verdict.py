"""What an answer of Alipay means: HTTP says 200 to everything, so code and sub_code decide."""

from collections.abc import Mapping
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
from oms.payments.alipay.signature import Node, nodes_of

ANSWER, FAILURE, SIGN = "alipay_trade_query_response", "error_response", "sign"
OK = "10000"
NO_SUCH_TRADE = "ACQ.TRADE_NOT_EXIST"
SUB_CODES: Mapping[str, type[OmsError]] = {
    "isv.invalid-method": InterfaceRetired,
    "isv.method-not-exist": InterfaceRetired,
    "isv.invalid-signature": CredentialsExpired,
    "isv.missing-signature-key": CredentialsExpired,
    "isv.invalid-app-id": CredentialsExpired,
    "isv.app-call-limited": RateLimited,
    "isp.call-limited": RateLimited,
    "isp.unknow-error": Unavailable,
    "aop.unknow-error": Unavailable,
    "aop.ACQ.SYSTEM_ERROR": Unavailable,
    "ACQ.SYSTEM_ERROR": Unavailable,
}
"""Where the detailed code says more than the code."""
CODES: Mapping[str, type[OmsError]] = {
    "20000": Unavailable,
    "20001": CredentialsExpired,
    "40001": Misused,
    "40002": Misused,
    "40003": Misused,
    "40004": Misused,
    "40005": RateLimited,
    "40006": CredentialsExpired,
}


def judge(answer: Answer, what: str) -> tuple[Node, Node | None]:
    """Return the node that tells of the payment (or that there is none), unverified, and its signature.

    Raises what the caller can do about every other answer.
    """
    try:
        nodes = nodes_of(answer.body.decode())
    except ValueError:
        answer.check(what)
        raise Unavailable(f"{what}: an answer that is no JSON object") from None
    node = nodes.get(ANSWER) or nodes.get(FAILURE)
    if node is None or not isinstance(node.value, dict):
        answer.check(what)
        raise Unavailable(f"{what}: an answer without {ANSWER}")
    code, sub_code = _word(node.value, "code"), _word(node.value, "sub_code")
    if code == OK or sub_code == NO_SUCH_TRADE:
        return node, nodes.get(SIGN)
    error = SUB_CODES.get(sub_code) or CODES.get(code) or Unavailable
    raise error(f"{what} answered {code or 'no code'} {sub_code}".rstrip())


def _word(said: Mapping[str, Any], name: str) -> str:
    return str(said.get(name) or "")[:60]
