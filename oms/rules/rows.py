"""The rows of the table as they were read: layers of figures, the clock's rungs, and the rules."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from oms.domain.deadlines import Step
from oms.domain.model import Fact, Moment
from oms.domain.rulings import Action, Phase, Severity
from oms.rules.row import Words


class Layer(Fact):
    """Figures that lie over others, and from when until when they do; half-open."""

    source: str
    """What it is called, as in `platforms.douyin`."""
    place: tuple[str | int, ...] = ()
    """Where it stands in the file."""
    start: Moment | None = None
    end: Moment | None = None
    figures: Mapping[str, Any]
    """By path; only what this layer says itself."""
    evidence: Mapping[str, str]

    def holds_at(self, at: datetime) -> bool:
        """Tell whether it is in force at a moment."""
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)

    def meets(self, other: "Layer") -> bool:
        """Tell whether both are in force at some one moment."""
        starts = self.start is None or other.end is None or self.start < other.end
        return starts and (other.start is None or self.end is None or other.start < self.end)


class DatedRow(Layer):
    """A platform's or a shop's own row, for a while or for ever."""

    inherit: str = ""
    """The platform whose row lies beneath."""


class Campaign(Layer):
    """Figures for a while, of orders that are paid in it: what a platform grants at 双11."""

    id: str
    name: Words
    platforms: tuple[str, ...] = ()
    """None: all of them."""
    shops: tuple[str, ...] = ()

    def concerns(self, platform: str, shop: str) -> bool:
        """Tell whether it is for this platform and shop."""
        return (not self.platforms or platform in self.platforms) and (not self.shops or shop in self.shops)

    def same_orders(self, other: "Campaign") -> bool:
        """Tell whether some order may be concerned by both."""
        pairs = ((self.platforms, other.platforms), (self.shops, other.shops))
        return self.meets(other) and all(not one or not two or set(one) & set(two) for one, two in pairs)


class ClockRow(Fact):
    """One rung of the ladder up to the ship-by time: when, what happens, who is told."""

    id: str
    step: Step
    side: Literal["before", "after"]
    anchor: Literal["ship_by", "paid", "escalate"]
    by: str = ""
    """The path of a duration of the row; empty: no time at all."""
    strictly: bool = False
    """One tick later: not at the moment, but after it."""
    no_later_than_ship_by: bool = False
    to: str
    severity: Severity
    text: Words


class RuleRow(Fact):
    """One rule: when it applies, and what it asks for then."""

    id: str
    at: tuple[Phase, ...]
    when: str
    """A condition over the variables, in CEL."""
    action: Action
    value: str = ""
    """The tag, or the reason of the review's hold."""
    severity: Severity
    message: Words
    remedy: Words | None = None
    evidence: str
