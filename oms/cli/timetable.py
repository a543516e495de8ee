"""How long our part of an order's way takes, against the timetable: what happened outside, and when we had acted on it.

The three rows (R16–R18). Paid until the warehouse may have it; the first scan until we say in transit; signed, and
72 hours since shipping over, until completed (docs/decisions/0018). Business time is real time at the run's pace.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from oms.domain.book import Reached
from oms.domain.deadlines import TICK
from oms.domain.model import Fact
from oms.domain.stages import Stage

STAGES = (Stage.RELEASED, Stage.SHIPPED, Stage.IN_TRANSIT, Stage.DELIVERED, Stage.COMPLETED)
OUTSIDE = ("buyer.order", "buyer.pay", "carrier.collected", "carrier.signed")
"""The ledger's kinds that begin a row."""
COMPLETE_AFTER = timedelta(hours=72)
LIMITS_S = {"paid_to_ready": 300, "shipped_to_transit": 600, "signed_to_completed": 86_400}
"""The timetable, in seconds of business time."""


class Row(Fact):
    """One row of the timetable, as measured."""

    orders: int
    p50_s: float
    p99_s: float
    """In seconds of business time; `real_` as the clock on the wall has it."""
    real_p50_s: float
    real_p99_s: float

    @classmethod
    def of(cls, waits: Sequence[float], pace: int) -> "Row":
        """Sum the waits up, which are real seconds."""
        p50, p99 = (quantile(waits, share) for share in (0.5, 0.99))
        return cls(
            orders=len(waits), p50_s=round(p50 * pace, 1), p99_s=round(p99 * pace, 1),
            real_p50_s=round(p50, 3), real_p99_s=round(p99, 3),
        )  # fmt: skip


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of them do not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


def timetable(ledger: Iterable[Mapping[str, Any]], reached: Iterable[Reached], pace: int) -> dict[str, Row]:
    """Return the three rows by name, over the orders that came so far."""
    ours: dict[str, dict[str, datetime]] = {}
    for step in reached:
        ours.setdefault(step.order.number, {}).setdefault(step.stage, step.at)
    outside = _outside(ledger)
    waits: dict[str, list[float]] = {name: [] for name in LIMITS_S}
    for number, stages in ours.items():
        seen = outside.get(number, {})
        _wait(waits["paid_to_ready"], [seen.get("paid")], stages.get(Stage.RELEASED))
        collected = [seen.get("collected"), stages.get(Stage.SHIPPED)]
        _wait(waits["shipped_to_transit"], collected, stages.get(Stage.IN_TRANSIT))
        shipped = stages.get(Stage.SHIPPED)
        over = shipped + (COMPLETE_AFTER + TICK) / pace if shipped else None
        _wait(waits["signed_to_completed"], [seen.get("signed"), over], stages.get(Stage.COMPLETED))
    return {name: Row.of(each, pace) for name, each in waits.items()}


def _wait(waits: list[float], since: Sequence[datetime | None], until: datetime | None) -> None:
    """Note how long after the last of these moments it came; nothing when one of them is not known."""
    known = [moment for moment in since if moment is not None]
    if until is not None and len(known) == len(since):
        waits.append(max((until - max(known)).total_seconds(), 0.0))


def _outside(ledger: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, datetime]]:
    found: dict[str, dict[str, datetime]] = {}
    for entry in ledger:
        name = {"buyer.pay": "paid", "carrier.collected": "collected", "carrier.signed": "signed"}.get(
            entry["kind"]
        )
        if entry["kind"] == "buyer.order" and entry["outcome"] == "paid":
            name = "paid"
        if name is None:
            continue
        moments = found.setdefault(entry["order"], {})
        at = datetime.fromisoformat(entry["time"])
        moments[name] = max(moments.get(name, at), at) if name == "signed" else moments.get(name, at)
    return found
