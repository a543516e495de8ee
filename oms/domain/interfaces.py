"""Outside interfaces as the register knows them (R30), and how healthy each is (R29)."""

from enum import StrEnum

from oms.domain.model import Fact, Moment


class Health(StrEnum):
    """How an interface is, the graver later."""

    HEALTHY = "healthy"
    SLOW = "slow"
    THROTTLED = "throttled"
    DEGRADED = "degraded"
    CREDENTIALS_EXPIRING = "credentials_expiring"
    SHAPE_CHANGED = "shape_changed"
    UNREACHABLE = "unreachable"
    RETIRED = "retired"


class Interface(Fact):
    """One outside interface, as a connector's folder declares it."""

    system: str
    """The channel's name, `qimen`, `kuaidi100`, `wechatpay`, `alipay`."""
    name: str
    """As the system calls it; `CallMade.interface` of its calls."""
    purpose: str
    version: str = ""
    successor: str = ""
    """The version or interface that replaces it, when one is known."""
    owner: str = ""
    """Who at our side looks after it; the configuration names somebody where this is empty."""
    expires_at: Moment | None = None
    expiry_source: str = ""
    """Where the expiry was learnt: a document, a header, a person."""

    @property
    def key(self) -> str:
        """Name it everywhere: `{system}/{name}`."""
        return f"{self.system}/{self.name}"
