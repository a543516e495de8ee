"""What a proposed table would have done to past orders, against what another one does: counted, and who changes."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import NamedTuple

from oms.domain.model import Fact
from oms.domain.past import PastOrder


class Kind(StrEnum):
    """What a table does to an order."""

    TAGGED = "tagged"
    HELD = "held"
    """A review: customer service confirms it first."""
    BLOCKED = "blocked"
    """The compliance gate refuses it."""
    UNSURE = "unsure"
    """A rule could not be evaluated: a person must look."""
    REMINDED = "reminded"
    WARNED = "warned"
    ESCALATED = "escalated"
    ESCALATED_FURTHER = "escalated_further"
    """As if nobody had acknowledged the escalation; past acknowledgements do not count."""
    LOCKED = "locked"
    LATE = "late"


class Mark(NamedTuple):
    """One thing that a table does to an order, and the rule behind it."""

    kind: Kind
    rule: str


Outcome = tuple[Mark, ...]
"""Everything a table does to one order, each thing once."""
Trial = Callable[[PastOrder], Outcome]


class Count(Fact):
    """How many orders of a platform a rule would have met."""

    platform: str
    kind: Kind
    rule: str
    today: int
    proposed: int

    @property
    def difference(self) -> int:
        """More, or fewer, under the proposed table."""
        return self.proposed - self.today


class Total(Fact):
    """How many orders of all platforms a kind would have met, each once, however many rules did."""

    kind: Kind
    today: int
    proposed: int


class Changed(Fact):
    """An order that the proposed table would have treated otherwise."""

    order: str
    platform: str
    gained: tuple[str, ...]
    """`kind:rule`, as `held:high-value`."""
    lost: tuple[str, ...]


class Comparison(Fact):
    """The whole answer."""

    today: str
    """The version compared with."""
    proposed: str
    orders: int
    never_paid: int
    """Nobody asked any rule about these."""
    wait_unknown: int
    """Paid, but the source does not tell how long they waited: no clock was run for these."""
    totals: tuple[Total, ...]
    counts: tuple[Count, ...]
    changed: int
    examples: tuple[Changed, ...]
    """The first of those that change, at most as many as were asked for."""
    late: tuple[str, ...] = ()
    """Every order that is late under the proposed table, if that was asked for."""
    seconds: float
    orders_per_minute: int


class Ask(NamedTuple):
    """What is compared, and how much of it is told."""

    today: tuple[str, Trial]
    """Its version, and what it does."""
    proposed: tuple[str, Trial]
    examples: int = 20
    name_late: bool = False


Tell = Callable[[], None]


class _Tally:
    """Orders by what both tables do to them: there are few such pairs, whatever the number of orders."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.pairs: Counter[tuple[str, Outcome, Outcome]] = Counter()
        self.never_paid = self.wait_unknown = 0
        self.examples: list[Changed] = []
        self.late: list[str] = []

    def take(self, orders: Iterable[PastOrder], tell: Tell) -> None:
        """Try both tables on each."""
        today, proposed = self._ask.today[1], self._ask.proposed[1]
        pairs = self.pairs
        for order in orders:
            before, after = today(order), proposed(order)
            pairs[order.platform, before, after] += 1
            if before != after and len(self.examples) < self._ask.examples:
                self.examples.append(_changed(order, before, after))
            if self._ask.name_late and any(mark.kind is Kind.LATE for mark in after):
                self.late.append(order.key)
            self.never_paid += order.paid is None
            self.wait_unknown += order.paid is not None and order.until is None
            tell()


def compare(orders: Iterable[PastOrder], ask: Ask, tell: Tell = lambda: None) -> Comparison:
    """Try both tables on every order; `tell` is called once an order. Nothing is kept of an order but its marks."""
    tally, begun = _Tally(ask), time.perf_counter()
    tally.take(orders, tell)
    seconds = time.perf_counter() - begun
    count = tally.pairs.total()
    return Comparison(
        today=ask.today[0], proposed=ask.proposed[0], orders=count, never_paid=tally.never_paid,
        wait_unknown=tally.wait_unknown, totals=_totals(tally), counts=_counts(tally),
        changed=sum(n for (_, before, after), n in tally.pairs.items() if before != after),
        examples=tuple(tally.examples), late=tuple(tally.late), seconds=round(seconds, 3),
        orders_per_minute=round(count / max(seconds, 1e-9) * 60),
    )  # fmt: skip


def _changed(order: PastOrder, before: Outcome, after: Outcome) -> Changed:
    gained = tuple(f"{mark.kind}:{mark.rule}" for mark in after if mark not in before)
    lost = tuple(f"{mark.kind}:{mark.rule}" for mark in before if mark not in after)
    return Changed(order=order.key, platform=order.platform, gained=gained, lost=lost)


def _counts(tally: _Tally) -> tuple[Count, ...]:
    today: Counter[tuple[str, Mark]] = Counter()
    proposed: Counter[tuple[str, Mark]] = Counter()
    for (platform, before, after), count in tally.pairs.items():
        today.update({(platform, mark): count for mark in before})
        proposed.update({(platform, mark): count for mark in after})
    rank = list(Kind).index
    places = sorted({*today, *proposed}, key=lambda each: (each[0], rank(each[1].kind), each[1].rule))
    return tuple(
        Count(
            platform=platform, kind=mark.kind, rule=mark.rule,
            today=today[platform, mark], proposed=proposed[platform, mark],
        )
        for platform, mark in places
    )  # fmt: skip


def _totals(tally: _Tally) -> tuple[Total, ...]:
    today: Counter[Kind] = Counter()
    proposed: Counter[Kind] = Counter()
    for (_, before, after), count in tally.pairs.items():
        today.update({mark.kind: count for mark in before})
        proposed.update({mark.kind: count for mark in after})
    return tuple(Total(kind=kind, today=today[kind], proposed=proposed[kind]) for kind in Kind)
