"""What the world means to do with each order, whatever the order centre does."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Expected = Literal["completed", "cancelled", "open"]


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
