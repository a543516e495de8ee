"""What is due when in an after-sale, and what happens then; one timer follows the nearest."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from oms.domain.aftersales.grounds import CasePolicy
from oms.domain.model import Fact, Moment

TICK = timedelta(seconds=1)
LOOK_AGAIN = timedelta(minutes=15)
"""Between two looks at an order whose warehouse is just being asked to stop."""


class CaseStep(StrEnum):
    """What happens at a deadline."""

    REMIND = "remind"
    ESCALATE = "escalate"
    LATE = "late"
    LOOK_AGAIN = "look_again"
    CHASE = "chase"
    LET_GO = "let_go"


WHAT_HAPPENS: Mapping[CaseStep, str] = {
    CaseStep.REMIND: "remind service that the buyer waits for an answer",
    CaseStep.ESCALATE: "tell the supervisor that the buyer still waits for an answer",
    CaseStep.LATE: "tell the supervisor that the answer is late",
    CaseStep.LOOK_AGAIN: "look again how far the order is",
    CaseStep.CHASE: "tell service that nothing moves",
    CaseStep.LET_GO: "close the refused case for good",
}


class CaseDeadline(Fact):
    """A moment at which something happens, where it comes from, and under which rule."""

    step: CaseStep
    due: Moment
    source: Literal["platform", "rule", "estimate"]
    rule: str
    version: str

    @property
    def id(self) -> str:
        """Tell this deadline from any other: the same step at another moment is another deadline."""
        return f"{self.step}@{int(self.due.timestamp())}"


def answering(
    policy: CasePolicy, asked_at: datetime, answer_by: datetime | None, pace: int
) -> tuple[CaseDeadline, ...]:
    """Lay out the ladder up to the moment an answer is owed: remind, tell the supervisor, late.

    The platform's own moment wins when it is earlier. `pace` divides the table's durations only.
    """
    by_rule = asked_at + policy.answer_within / pace
    theirs = answer_by is not None and answer_by <= by_rule
    due = answer_by if theirs and answer_by is not None else by_rule
    source: Literal["platform", "rule"] = "platform" if theirs else "rule"
    before = policy.remind_before / pace

    def at(step: CaseStep, moment: datetime, rule: str) -> CaseDeadline:
        name = f"{policy.platform}.after_sale.{rule}"
        return CaseDeadline(step=step, due=moment, source=source, rule=name, version=policy.version)

    return (
        at(CaseStep.REMIND, due - before, "remind_before"),
        at(CaseStep.ESCALATE, due - before / 2, "remind_before"),
        at(CaseStep.LATE, due + _tick(pace), "answer_within"),
    )


def looking_again(policy: CasePolicy, at: datetime, pace: int) -> CaseDeadline:
    """Return when the order is looked at again."""
    return CaseDeadline(
        step=CaseStep.LOOK_AGAIN, due=at + LOOK_AGAIN / pace, source="estimate",
        rule=f"{policy.platform}.after_sale.auto_agree_before_shipping", version=policy.version,
    )  # fmt: skip


def waiting(step: CaseStep, policy: CasePolicy, at: datetime, pace: int) -> CaseDeadline:
    """Return when somebody has been waited for too long, or a refused case is let go."""
    patience, rule = (
        (policy.reopens_within, "reopens_within")
        if step is CaseStep.LET_GO
        else (policy.chase_after, "chase_after")
    )
    return CaseDeadline(
        step=step, due=at + patience / pace, source="rule",
        rule=f"{policy.platform}.after_sale.{rule}", version=policy.version,
    )  # fmt: skip


def _tick(pace: int) -> timedelta:
    """A second at this pace, and never nothing."""
    return max(TICK / pace, timedelta.resolution)
