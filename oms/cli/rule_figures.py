"""What the rules did in a run, counted from the audit: refusals of the gate, red locks, reviews, escalations."""

from collections.abc import Mapping
from typing import Any

from oms.domain.deadlines import Step
from oms.domain.holds import REVIEWS, HoldReason
from oms.domain.model import Fact

ESCALATIONS = (f"clock.{Step.ESCALATE}", f"clock.{Step.ESCALATE_FURTHER}")
CALLS = (*ESCALATIONS, f"clock.{Step.LOCK}")
"""What the desk of a run acknowledges."""
CERTAIN = frozenset({"forbidden_courier", "too_early"})
"""What we alone decide; whether a parcel is late the machine decides too."""


class RuleFigures(Fact):
    """How often each happened."""

    gate_refusals: int = 0
    locks: int = 0
    reviews: int = 0
    escalations: int = 0

    def line(self) -> str:
        """All of them in a line."""
        return " ".join(f"{name.replace('_', '-')}={count}" for name, count in self.model_dump().items())


def rule_figures(ruled: Mapping[tuple[str, str], int]) -> RuleFigures:
    """Count changes by what they were and what came of it."""
    placed = {after: count for (what, after), count in ruled.items() if what == "hold.placed"}
    whats = {name: sum(n for (what, _), n in ruled.items() if what == name) for name, _ in ruled}
    return RuleFigures(
        gate_refusals=whats.get("gate.refused", 0),
        locks=placed.get(HoldReason.NO_WAYBILL_LOCK, 0),
        reviews=sum(placed.get(reason, 0) for reason in REVIEWS),
        escalations=sum(whats.get(name, 0) for name in ESCALATIONS),
    )


def fine_figures(oracle: Mapping[str, Any]) -> dict[str, int]:
    """Count the orders that a platform would fine for what we decide, and those that left after a promised time."""
    fined: Mapping[str, list[str]] = oracle.get("fined", {})
    return {
        "fined": sum(bool(CERTAIN & set(fines)) for fines in fined.values()),
        "late": sum("late" in fines for fines in fined.values()),
    }


def fine_complaints(oracle: Mapping[str, Any]) -> list[str]:
    """Say of each order what its platform would fine, where that was ours to prevent."""
    return [
        f"{number}: its platform would fine it: {fine.replace('_', ' ')}"
        for number, fines in oracle.get("fined", {}).items()
        for fine in fines
        if fine in CERTAIN
    ]
