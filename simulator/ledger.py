"""The oracle's memory: every effect that reached the outside world, in order, never changed afterwards."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from simulator.wire import Json


@dataclass(frozen=True)
class Entry:
    """One effect: who received it, about which order, under which key, and the how-manieth time."""

    seq: int
    time: datetime
    system: str
    kind: str
    order: str
    key: str
    outcome: str
    attempt: int
    detail: str = ""

    def as_json(self) -> Json:
        """Show the entry to the outside."""
        return {**asdict(self), "time": self.time.isoformat(timespec="milliseconds")}


class Ledger:
    """An append-only list that can be read per order."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Start empty."""
        self._now = now
        self._entries: list[Entry] = []
        self._by_order: dict[str, list[Entry]] = defaultdict(list)
        self._attempts: Counter[tuple[str, str]] = Counter()
        self._outcomes: Counter[tuple[str, str]] = Counter()

    def __len__(self) -> int:
        """Count the entries."""
        return len(self._entries)

    def append(self, kind: str, *, order: str, key: str, outcome: str, detail: str = "") -> Entry:
        """Record an effect; the same kind and key again is the next attempt."""
        self._attempts[kind, key] += 1
        self._outcomes[kind, outcome] += 1
        entry = Entry(
            seq=len(self._entries) + 1,
            time=self._now(),
            system=kind.partition(".")[0],
            kind=kind,
            order=order,
            key=key,
            outcome=outcome,
            attempt=self._attempts[kind, key],
            detail=detail,
        )
        self._entries.append(entry)
        self._by_order[order].append(entry)
        return entry

    def read(self, *, order: str | None = None, kind: str | None = None, after: int = 0) -> Iterator[Entry]:
        """Read entries oldest first, of one order or kind if named, after a sequence number."""
        entries = self._entries[after:] if order is None else self._by_order.get(order, [])
        return (entry for entry in entries if entry.seq > after and kind in {None, entry.kind})

    def latest(self, count: int) -> list[Entry]:
        """Read the newest entries, newest first."""
        return self._entries[: -count - 1 : -1]

    def counts(self) -> dict[str, int]:
        """Count the entries by kind and outcome."""
        return {f"{kind}:{outcome}": n for (kind, outcome), n in sorted(self._outcomes.items())}
