"""The report itself: every figure that its files show, counted once. Pure."""

from oms.domain.model import Fact, Moment
from oms.domain.periods import Period
from oms.rules.row import UNSURE
from oms.violations.incidents import Incident
from oms.violations.kinds import Kind


class Count(Fact):
    """How many, of one rule, platform, shop, step, hour or day."""

    name: str
    violations: int = 0
    near_misses: int = 0
    violations_before: int = 0
    """In the period before, of equal length."""
    near_misses_before: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.violations + self.near_misses


class ShopCount(Count):
    """How many of one shop, and of how many orders."""

    platform: str
    orders: int
    """Under way in the period."""
    concerned: int
    """Of them, those with a violation."""


class Totals(Fact):
    """One period in a few figures."""

    period: Period
    violations: int
    near_misses: int
    open: int
    """Orders with an alarm that have neither left nor ended."""
    orders: int
    """Under way in the period."""
    created: int
    concerned: int
    """Orders with at least one violation."""

    @property
    def share(self) -> float:
        """Orders with a violation as a part of all that were under way; 0 of none."""
        return self.concerned / self.orders if self.orders else 0.0


class Worst(Fact):
    """The step that fails most."""

    step: str
    count: int
    of: int
    rule: str
    """What it fails by most often there."""
    near: bool = False
    """There was no violation, so near misses were counted."""


class Fine(Fact):
    """What the violations of a platform might cost: an estimate from the table, never a booking."""

    platform: str
    kind: Kind
    violations: int
    priced: int
    """Those for which the table names a figure."""
    estimated_fen: int
    grade: str
    """How well the figure is known: S, A, B, C or D; empty where there is none."""

    @property
    def to_confirm(self) -> bool:
        """待确认: the figure is from one undated source, or assumed."""
        return self.grade in UNSURE


class Report(Fact):
    """Violations and near misses of a period."""

    name: str
    made_at: Moment
    table_version: str
    now: Totals
    before: Totals
    by_kind: tuple[Count, ...]
    by_rule: tuple[Count, ...]
    by_platform: tuple[Count, ...]
    by_shop: tuple[ShopCount, ...]
    by_step: tuple[Count, ...]
    by_hour: tuple[Count, ...]
    """24, named `00` to `23`, in the business zone."""
    by_day: tuple[Count, ...]
    """Every day of the period; `…_before` is the day of the same place in the period before."""
    worst: Worst | None
    fines: tuple[Fine, ...]
    incidents: tuple[Incident, ...]

    @property
    def estimated_fen(self) -> int:
        """All estimated fines."""
        return sum(fine.estimated_fen for fine in self.fines)


class Price(Fact):
    """What the table says one violation costs."""

    fen: int | None
    grade: str = ""
