"""What one subscriber has heard: each event once, in the order of its first coming, per subject."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from simulator.wire import Json


@dataclass(frozen=True)
class Heard:
    """An event when it came for the first time."""

    id: str
    type: str
    subject: str
    sequence: str
    at: datetime


@dataclass
class Memory:
    """Counts what came, what came again, and what came behind a later event of the same subject."""

    heard: dict[str, Heard] = field(default_factory=dict)
    repeated: int = 0
    forged: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """How often it answered otherwise than 2xx, by what it did instead."""
    late: list[str] = field(default_factory=list)
    """Ids that came behind a later one of their subject."""
    _newest: dict[str, str] = field(default_factory=lambda: defaultdict(str))

    def take(self, event: Json, at: datetime) -> None:
        """Take an event in."""
        heard = Heard(event["id"], event["type"], event["subject"], event["sequence"], at)
        if heard.id in self.heard:
            self.repeated += 1
            return
        self.heard[heard.id] = heard
        if heard.sequence < self._newest[heard.subject]:
            self.late.append(heard.id)
        else:
            self._newest[heard.subject] = heard.sequence

    def counts(self) -> Json:
        """Show the sums."""
        return {
            "received": len(self.heard),
            "repeated": self.repeated,
            "order_violations": len(self.late),
            "forged": self.forged,
            "refused": dict(self.refused),
        }
