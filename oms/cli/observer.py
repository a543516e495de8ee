"""What a run has come to, read from our own database: stages, holds, alerts, the last events."""

import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from oms.cli.rule_figures import RuleFigures, rule_figures
from oms.clock import wall_clock
from oms.domain.holds import HoldReason
from oms.domain.stages import ENDED
from oms.store import OutboxEvent, Store
from oms.store.subscriptions import Subscription

READ_AT_ONCE = 500
SHOWN_EVENTS = 8
EVERY_ORDER = 1_000_000


@dataclass
class Seen:
    """A run at one moment; `ended_at` is when the last order ended, on the monotonic clock."""

    stages: Mapping[str, int] = field(default_factory=dict)
    holds: Mapping[str, int] = field(default_factory=dict)
    alerts: Counter[str] = field(default_factory=Counter)
    last: deque[OutboxEvent] = field(default_factory=lambda: deque(maxlen=SHOWN_EVENTS))
    events: int = 0
    rules: RuleFigures = field(default_factory=RuleFigures)
    """What the rules did so far."""
    ended_at: float | None = None
    cases: Mapping[str, int] = field(default_factory=dict)
    """After-sales by status."""
    subscribers: Mapping[str, str] = field(default_factory=dict)
    """How each subscriber stands, in a word or two."""

    @property
    def started(self) -> int:
        """How many orders we know."""
        return sum(self.stages.values())

    @property
    def ended(self) -> int:
        """How many of them have ended."""
        return sum(count for stage, count in self.stages.items() if stage in ENDED)

    @property
    def sla_alerts(self) -> int:
        """How often the clock told somebody of an order that is late or near it."""
        return sum(count for topic, count in self.alerts.items() if topic.startswith("sla."))


class Observer:
    """Looks at the database now and then; everything it reads is new since the last look."""

    def __init__(self, store: Store) -> None:
        """Begin at the end of what was written before, so that an older run does not count."""
        self._store = store
        self._since = wall_clock()
        self._seq = 0
        self.seen = Seen()

    def look(self) -> Seen:
        """Look once. Blocking: call it in a thread."""
        before = self.seen.ended
        self.seen.stages = self._store.orders.counts_by_stage()
        holds = {str(reason): self._store.orders.count(hold=reason) for reason in HoldReason}
        self.seen.holds = {reason: count for reason, count in holds.items() if count}
        self.seen.rules = rule_figures(self._store.orders.ruled(self._since))
        self.seen.cases = self._store.after_sales.counts_by_status()
        self.seen.subscribers = {one.name: standing_of(one) for one in self._store.subscriptions.all()}
        while events := self._store.outbox.read(self._seq, READ_AT_ONCE):
            self._seq = events[-1].seq
            self.seen.events += len(events)
            self.seen.last.extend(events)
            self.seen.alerts.update(event.topic for event in events if event.topic.startswith("sla."))
        if self.seen.ended > before:
            self.seen.ended_at = time.monotonic()
        return self.seen


def standing_of(one: Subscription) -> str:
    """Say how a subscriber stands: its state, and what it answered when it does not take events now."""
    failing = f" ({one.last_answer})" if one.failing_since is not None and one.last_answer else ""
    return f"{one.state}{failing}"
