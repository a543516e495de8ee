"""What the world means to do with each order, whatever the order centre does."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from simulator.market.order import CaseKind, CaseStatus

Expected = Literal["completed", "cancelled", "open"]


@dataclass(frozen=True)
class CasePlan:
    """What a buyer will ask for after the sale, and how that should end."""

    kind: CaseKind
    expected: CaseStatus = "refunded"
    line: int = 0
    """Which line of the order, counted from 0."""
    pieces: int = 0
    """How many of it; 0 means all."""
    reason: str = "不想要了"
    sends_back: bool = True
    """Whether the goods are sent back once we have agreed to a return."""


@dataclass
class Plan:
    """One order's fate: how it should end, when its goods leave and when they are signed for.

    A time that is None is drawn from the seed; `ships` or `signs` False means never by itself.
    """

    expected: Expected = "completed"
    ships_at: datetime | None = None
    ships: bool = True
    signed_at: datetime | None = None
    signs: bool = True


class Plans:
    """The plans of all orders, by order number; an order nobody planned takes the usual course."""

    def __init__(self) -> None:
        """Start without plans."""
        self._plans: dict[str, Plan] = {}

    def of(self, number: str) -> Plan:
        """Give the plan of an order."""
        return self._plans.setdefault(number, Plan())

    def make(self, number: str, plan: Plan) -> None:
        """Decide an order's fate."""
        self._plans[number] = plan
