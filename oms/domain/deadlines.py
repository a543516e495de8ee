"""What is due when, and what happens then; one timer follows the nearest."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from oms.domain.couriers import CourierTerms
from oms.domain.model import Fact, Moment
from oms.domain.rulings import Finding

TICK = timedelta(seconds=1)
"""A deadline is missed one tick after it, not at it."""


class Step(StrEnum):
    """What happens at a deadline."""

    REMIND = "remind"
    WARN = "warn"
    ESCALATE = "escalate"
    ESCALATE_FURTHER = "escalate_further"
    """Nobody has acknowledged the escalation."""
    LOCK = "lock"
    """A red line is crossed: nothing goes on until a person lifts the lock (R27)."""
    LATE = "late"
    OVERDUE = "overdue"
    COMPLETE = "complete"
    EXPIRE_HOLD = "expire_hold"
    CONFIRM_PAYMENT = "confirm_payment"
    """Only one of two ways has told us of the payment: ask the other (R16)."""


class SlaState(StrEnum):
    """How the order stands with its promises."""

    OK = "ok"
    REMINDED = "reminded"
    ESCALATED = "escalated"
    LATE = "late"


SLA_OF: dict[Step, SlaState] = {
    Step.REMIND: SlaState.REMINDED,
    Step.WARN: SlaState.REMINDED,
    Step.ESCALATE_FURTHER: SlaState.ESCALATED,
    Step.LOCK: SlaState.ESCALATED,
    Step.ESCALATE: SlaState.ESCALATED,
    Step.LATE: SlaState.LATE,
    Step.OVERDUE: SlaState.ESCALATED,
}
_ORDER = tuple(SlaState)


class Deadline(Fact):
    """A moment at which something happens, where it comes from, and what."""

    step: Step
    due: Moment
    source: Literal["platform", "rule", "estimate"]
    rule: str
    """The rule's id in the table, e.g. `own_shop.ship.within`."""
    version: str
    text: str
    """For people: `ship by 11-24 10:00`."""
    text_zh: str = ""
    rung: str = ""
    """The id of the clock's row in the table that laid it out."""
    to: str = ""
    """Who is told; empty: whoever is usual for the step."""
    mark: str = ""
    """Names the promise it belongs to, so that a new table that moves it does not make it happen twice."""

    @property
    def id(self) -> str:
        """Tell this deadline from any other; without a mark the same step at another moment is another deadline."""
        return self.mark or f"{self.step}@{int(self.due.timestamp())}"


class AddressTerms(Fact):
    """Whether and until when an order may go to another address."""

    policy: Literal["free", "approval", "forbidden"] = "free"
    until: Literal["before_release", "before_waybill", "before_ship"] = "before_ship"
    max_changes: int | None = None


class WaybillTerms(Fact):
    """Whether and until when a parcel may go under another waybill."""

    allowed: bool = True
    within: timedelta | None = None
    """Since shipping, in business time; None: no such limit."""
    until: Literal["before_first_scan", "before_sign", "before_complete"] = "before_first_scan"
    max_changes: int | None = None


class Policy(Fact):
    """The rule figures an order lives by, resolved once from the table and carried with it."""

    platform: str
    version: str
    digest: str = ""
    address: AddressTerms = AddressTerms()
    waybill: WaybillTerms = WaybillTerms()
    ship_within: timedelta
    remind_before: timedelta
    escalate_after: timedelta
    complete_after: timedelta
    high_value_fen: int | None = None
    first_buyer_review: bool = False
    remark_review: bool = False


class Assessment(Fact):
    """What the rules say of an order when it is paid: deadlines, reviews, tags."""

    policy: Policy
    deadlines: tuple[Deadline, ...]
    ship_by: Moment | None
    reviews: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    gateways: tuple[str, ...] = ()
    """Payment services of the shop, which know of a payment beside the platform."""
    confirm_within: timedelta = timedelta(minutes=5)
    """How long the second way may take to tell of a payment, at this order's pace."""
    draws_waybills: bool = False
    """We draw the waybills; otherwise the warehouse does."""
    tells_when_drawn: bool = False
    """The channel and the tracking hear of a drawn waybill at once, with the warehouse."""
    courier: str = ""
    """Whom the rules let it go with; empty: the warehouse chooses."""
    couriers: tuple[CourierTerms, ...] = ()
    """What the platform's row and the order itself demand of the courier."""
    findings: tuple[Finding, ...] = ()
    """The rules behind the reviews and the tags."""
    faults: tuple[str, ...] = ()
    """Rules that could not be evaluated: the order waits for a person."""


def tick(pace: int) -> timedelta:
    """A second at this pace, and never nothing."""
    return max(TICK / pace, timedelta.resolution)


def completion_deadline(policy: Policy, shipped_at: datetime, pace: int) -> Deadline:
    """Return the moment strictly more than 72 h after shipping (R19): at 72 h not yet, one second later yes."""
    due = shipped_at + policy.complete_after / pace + tick(pace)
    return Deadline(
        step=Step.COMPLETE, due=due, source="rule", rule=f"{policy.platform}.complete.after",
        version=policy.version, text="complete if the carrier says signed",
    )  # fmt: skip


def nearest(deadlines: Iterable[Deadline], done: Iterable[str]) -> Deadline | None:
    """Return the next deadline that has not been dealt with."""
    dealt = set(done)
    open_ones = [deadline for deadline in deadlines if deadline.id not in dealt]
    return min(open_ones, key=lambda deadline: deadline.due, default=None)


def worse(one: SlaState, other: SlaState) -> SlaState:
    """Return the graver of two states."""
    return max(one, other, key=_ORDER.index)
