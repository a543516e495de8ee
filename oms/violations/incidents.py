"""From audit events to incidents: each once an order and rule, alarms only where the order left in time. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from oms.domain.ids import OrderKey, ShopKey
from oms.domain.model import Fact, Moment
from oms.domain.periods import Period
from oms.domain.ruled import RuledEvent
from oms.domain.stages import ENDED, LEFT, Stage
from oms.domain.trace import without_people
from oms.violations.kinds import (
    ALARMS,
    BY_ITSELF,
    GRAVITY,
    HOLD_LIFTED,
    HOLD_PLACED,
    LATE,
    LATE_WITHDRAWN,
    RED_LOCK,
    REFUSED,
    STAGE_MOVED,
    UNSURE,
    Kind,
    Weight,
)

PASSED = frozenset({Stage.CLEARED.value, Stage.RELEASED.value})
"""Stages that an order comes to only through the gate."""
COMPLIANCE = "compliance"
"""The hold that a person lifts after a refusal."""
LEFT_NOW = frozenset(stage.value for stage in LEFT)
ENDED_NOW = frozenset(stage.value for stage in ENDED)
UNKNOWN = "unknown"

PlatformOf = Callable[[ShopKey], str]


class Incident(Fact):
    """One violation or near miss of one order under one rule."""

    order: str
    kind: Kind
    rule: str
    platform: str
    shop: str
    step: str
    """The stage the order was at."""
    at: Moment
    """The first time in the period."""
    times: int = 1
    why: str = ""
    rule_version: str = ""

    @property
    def weight(self) -> Weight:
        """Whether it is a violation or a near miss."""
        return self.kind.weight


class Incidents(NamedTuple):
    """What a period holds; `open` are alarmed orders that have neither left nor ended: they may still become either."""

    found: tuple[Incident, ...]
    open: int


def incidents_of(events: Iterable[RuledEvent], period: Period, platform_of: PlatformOf) -> Incidents:
    """Find a period's incidents; `events` are everything known of the orders concerned, before and after it too."""
    found: list[Incident] = []
    under_way = 0
    in_turn = sorted(events, key=lambda event: (event.order, event.at, event.seq))
    for order, trail in groupby(in_turn, key=lambda event: event.order):
        of_order = _Order([*trail], period)
        shop = OrderKey.parse(order).shop_key
        found += [
            Incident(
                order=order, kind=kind, rule=event.rule, platform=platform_of(shop), shop=str(shop),
                step=event.before or UNKNOWN, at=event.at, times=times, why=without_people(event.why),
                rule_version=event.rule_version,
            )
            for kind, event, times in of_order.incidents()
        ]  # fmt: skip
        under_way += of_order.is_open
    found.sort(key=lambda each: (each.at, each.order, each.kind, each.rule))
    return Incidents(tuple(found), under_way)


Counted = tuple[Kind, RuledEvent, int]


class _Order:
    """One order's events, oldest first, looked at through a period."""

    def __init__(self, trail: Sequence[RuledEvent], period: Period) -> None:
        self._trail = trail
        self._within = [event for event in trail if event.at in period]
        stages = {event.after for event in trail if event.what == STAGE_MOVED}
        self._has_left, self._has_ended = bool(stages & LEFT_NOW), bool(stages & ENDED_NOW)
        said = {event.what for event in trail}
        self._was_late = LATE in said and LATE_WITHDRAWN not in said
        self._alarm = self._gravest_alarm()

    @property
    def is_open(self) -> bool:
        """An alarm was raised, and how it ends is not known yet."""
        return bool(self._alarm) and not (self._has_left or self._has_ended or self._was_late)

    def incidents(self) -> Iterator[Counted]:
        """Give each kind and rule once, with its first event and how often it happened."""
        against = [*self._against_the_gate()]
        forgotten = {event.rule for _, event, _ in against}
        for kind, event, times in self._by_itself():
            if not (kind in {Kind.GATE_REFUSED, Kind.GATE_UNSURE} and event.rule in forgotten):
                yield kind, event, times
        yield from against
        if self._alarm and self._has_left and not self._was_late:
            yield self._alarm

    def _by_itself(self) -> list[Counted]:
        seen: dict[tuple[Kind, str], Counted] = {}
        for event in self._within:
            kind = BY_ITSELF.get(event.what)
            taken_back = kind is Kind.LATE and not self._was_late
            if kind is not None and event.rule and not taken_back:
                _, first, times = seen.get((kind, event.rule), (kind, event, 0))
                seen[kind, event.rule] = (kind, first, times + 1)
        return [*seen.values()]

    def _gravest_alarm(self) -> Counted | None:
        raised = [(kind, event) for event in self._within if (kind := _alarm(event)) is not None]
        if not raised:
            return None
        kind, event = max(raised, key=lambda each: (GRAVITY.index(each[0]), each[1].what in ALARMS))
        return kind, event, 1

    def _against_the_gate(self) -> Iterator[Counted]:
        refusal: RuledEvent | None = None
        for event in self._trail:
            if event.what in {REFUSED, UNSURE}:
                refusal = event
            elif _settles(event):
                refusal = None
            elif refusal and event.what == STAGE_MOVED and event.after == Stage.SHIPPED:
                if event in self._within:
                    told = event._replace(
                        rule=refusal.rule, why=refusal.why, rule_version=refusal.rule_version
                    )
                    yield Kind.AGAINST_GATE, told, 1
                refusal = None


def _alarm(event: RuledEvent) -> Kind | None:
    if not event.rule:
        return None
    if event.what == HOLD_PLACED and event.after == RED_LOCK:
        return Kind.LOCKED
    return ALARMS.get(event.what)


def _settles(event: RuledEvent) -> bool:
    """Whether a refusal is over: the gate was passed after it, or a person lifted the hold."""
    if event.what == HOLD_LIFTED:
        return COMPLIANCE in {event.after, event.before}
    return event.what == STAGE_MOVED and event.after in PASSED
