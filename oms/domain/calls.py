"""Calls to outside interfaces: what was asked, how long it took, what came back; never a body, never a person (R32)."""

from enum import StrEnum

from oms.domain.model import Fact, Moment


class CallResult(StrEnum):
    """What a call came to, by what its caller can do; the classes of `oms.domain.errors`."""

    OK = "ok"
    REFUSED = "refused"
    """A business answer: no."""
    UNAVAILABLE = "unavailable"
    RATE_LIMITED = "rate_limited"
    CREDENTIALS = "credentials"
    RETIRED = "retired"
    MISUSED = "misused"


FAILED = frozenset(CallResult) - {CallResult.OK, CallResult.REFUSED}


class CallMade(Fact):
    """One call to an outside interface."""

    at: Moment
    system: str
    """Whose interface it is: the channel's name, `qimen`, `kuaidi100`, `wechatpay`, `alipay`, a subscriber."""
    interface: str
    """As the system calls it: the method, or the path without numbers of orders."""
    version: str = ""
    shop: str = ""
    """`{channel}:{shop}`; empty where the call is for no shop."""
    order: str = ""
    """The order's key, where the call is for one."""
    attempt: int = 1
    duration_ms: int
    status: int = 0
    """HTTP; 0: no answer came."""
    result: CallResult
    request_id: str = ""
    """The platform's own name of the call, for its support."""
    bytes_sent: int = 0
    bytes_received: int = 0
    skew_seconds: int | None = None
    """Their clock minus ours, by the answer's Date."""
    excerpt: str = ""
    """Of failures only: the beginning of the answer, with everything personal and secret taken out."""
    marks: tuple[tuple[str, str], ...] = ()
    """What the answer said of the interface's own end: pairs of `sunset`, `deprecation`, `api_version` and their value."""


class PruneCalls(Fact):
    """Forget the calls that were kept for their time."""


class CallsPruned(Fact):
    """How many were forgotten."""

    pruned: int
