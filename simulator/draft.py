"""An order before the shop has taken it: what a buyer puts together at the counter."""

from dataclasses import dataclass, field
from datetime import datetime

from simulator.demand import NOTHING, Demand
from simulator.people import Person


@dataclass(frozen=True)
class DraftLine:
    """So many pieces of one SKU at a price."""

    sku: str
    name: str
    quantity: int
    price_fen: int
    product_id: int = 0

    @property
    def total_fen(self) -> int:
        """What the line costs."""
        return self.quantity * self.price_fen


@dataclass(frozen=True)
class Draft:
    """Everything the buyer decides."""

    buyer: Person
    lines: tuple[DraftLine, ...]
    shipping_fen: int = 0
    note: str = ""
    meta: dict[str, str] = field(default_factory=dict)
    placed_at: datetime | None = None
    demand: Demand = NOTHING
    """What the platform will demand of the shipping."""

    @property
    def total_fen(self) -> int:
        """What the buyer pays."""
        return sum(line.total_fen for line in self.lines) + self.shipping_fen
