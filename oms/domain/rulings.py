"""What the rules say of an order at one moment: findings, each with its rule, its figures and what a person can do."""

from enum import StrEnum
from typing import Any, Final, Literal, Self

from oms.domain.couriers import ANY, CourierTerms
from oms.domain.model import Fact, Moment
from oms.domain.order import Snapshot


class Phase(StrEnum):
    """The moments at which the rules are asked."""

    PAID = "paid"
    """Reviews and tags."""
    RELEASE = "release"
    """The compliance gate (R25), before an order is cleared."""
    PUSH = "push"
    """The gate once more, immediately before the warehouse is asked."""


class Action(StrEnum):
    """What a rule asks for."""

    TAG = "tag"
    REVIEW = "review"
    BLOCK = "block"


Severity = Literal["info", "yellow", "orange", "red"]


class Finding(Fact):
    """A rule that applies, in words for people."""

    rule: str
    """Its id in the table."""
    action: Action
    severity: Severity
    value: str = ""
    """The tag, or the review's hold reason."""
    zh: str
    en: str
    """What is so, with the figures."""
    remedy_zh: str = ""
    remedy_en: str = ""
    """What a person can do about it."""


class Ruling(Fact):
    """Everything one version of the table says of one order at one moment."""

    phase: Phase
    platform: str
    version: str
    digest: str
    engine: str
    findings: tuple[Finding, ...] = ()
    faults: tuple[str, ...] = ()
    """Rules that could not be evaluated, by id and reason: never "no" and never "yes", a person must look."""

    @property
    def refusals(self) -> tuple[Finding, ...]:
        """What forbids the order to go on."""
        return tuple(each for each in self.findings if each.action is Action.BLOCK)

    @property
    def names(self) -> tuple[str, ...]:
        """The rules that forbid it, or could not be asked."""
        return tuple(each.rule for each in self.refusals) or tuple(f.partition(":")[0] for f in self.faults)

    @property
    def clear(self) -> bool:
        """Nothing forbids it, and every rule could be asked."""
        return not (self.refusals or self.faults)


class Barred(Fact):
    """The gate has refused it in the last moment: the warehouse was not asked."""

    outcome: Literal["barred"] = "barred"
    ruling: Ruling


_AS_SAID: Final = (
    "created_at", "ship_by", "ship_from", "sale", "total_fen", "refunded_fen", "has_remark", "province", "platform_risk",
    "refund_open", "couriers",
)  # fmt: skip
"""What a snapshot and a rule call by the same name."""


class OrderFacts(Fact):
    """What a rule may ask of an order; nothing personal. Moments become ages in whole seconds of business time."""

    key: str
    platform: str = ""
    """The row of the table; filled in where the shops' configuration is known."""
    shop: str = ""
    """`{channel}:{shop}`, for the overlays of one shop."""
    at: Moment
    """Now."""
    pace: int = 1
    stage: str = "accepted"
    payment: str = "paid"
    platform_status: str = "paid"
    platform_word: str = ""
    """The platform's own word for it."""
    created_at: Moment
    paid_at: Moment
    """When the money came; the row in force then applies."""
    ship_by: Moment | None = None
    """The promise the order lives by, when it is known."""
    ship_from: Moment | None = None
    """A presale's first day of shipping."""
    sale: Literal["spot", "presale", "negotiated"] = "spot"
    total_fen: int
    refunded_fen: int = 0
    lines: int = 1
    pieces: int = 1
    has_remark: bool = False
    first_buyer: bool = False
    has_receiver: bool = True
    province: str = ""
    platform_risk: bool = False
    refund_open: bool = False
    has_waybill: bool = False
    courier: str = ""
    """The courier it would go with; empty: the warehouse chooses."""
    couriers: CourierTerms = ANY
    """What the platform demands of this very order."""
    address_changes: int = 0
    waybill_changes: int = 0
    lock_lifted: bool = False

    @classmethod
    def of(cls, snapshot: Snapshot, **known: Any) -> Self:
        """Take what the platform says of an order; `known` is what we know besides, or better, by field name."""
        said: dict[str, Any] = {
            "key": str(snapshot.key),
            "shop": str(snapshot.key.shop_key),
            "platform_status": snapshot.status,
            "platform_word": snapshot.raw_status,
            "lines": len(snapshot.lines),
            "pieces": sum(line.quantity for line in snapshot.lines),
            "has_receiver": bool(snapshot.receiver_digest),
            **{name: getattr(snapshot, name) for name in _AS_SAID},
        }
        return cls(**{**said, **known})
