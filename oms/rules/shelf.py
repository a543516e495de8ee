"""Every version of the rule table, and which one is in force when: what a person activates counts within a second."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol, Self

from oms.rules.table import RuleTable, parse_table, read_table

LOOK_AGAIN = timedelta(seconds=1)
"""How long what was read last is taken for the newest; a check is one count."""


class Kept(Protocol):
    """An activated version, as the database keeps it."""

    @property
    def version(self) -> str:
        """Its name."""

    @property
    def text(self) -> str:
        """The YAML as it was activated."""

    @property
    def effective_from(self) -> datetime:
        """From when on it is in force."""


class Shelved(Protocol):
    """Where activated versions are kept; none is ever changed or deleted. Raises Unavailable when it cannot answer."""

    def count(self) -> int:
        """Return how many there are."""

    def all(self) -> Sequence[Kept]:
        """Return them in the order of their activations."""


class Nowhere:
    """Keeps nothing: only the table that came with the program is there."""

    def count(self) -> int:
        """None."""
        return 0

    def all(self) -> Sequence[Kept]:
        """Nothing."""
        return ()


class Shelf:
    """The versions (`oms.rules.tables.Tables`). Any number of threads may ask; each version is parsed once.

    Until the first activation the table that came with the program is in force. From then on the first activated
    version is what was in force before all others: a newer program changes no order by the table it brings.
    Every method raises Unavailable while the database does not answer (nobody is judged by a table that may be
    out of date), and WrongRule for a kept version that this program cannot read.
    """

    def __init__(
        self, shelved: Shelved, clock: Callable[[], datetime], *, built_in: RuleTable | None = None
    ) -> None:
        """Take who keeps the activated versions, what tells the time, and the table for as long as there is none."""
        self._shelved = shelved
        self._clock = clock
        self._built_in = built_in or read_table()
        self._lock = threading.Lock()
        self._kept: tuple[Kept, ...] = ()
        self._parsed: dict[str, RuleTable] = {}
        self._looked_at: datetime | None = None

    @classmethod
    def of(cls, table: RuleTable) -> Self:
        """Return a shelf of this one version, always in force: where there is no database."""
        return cls(Nowhere(), lambda: datetime.min.replace(tzinfo=UTC), built_in=table)

    def in_force(self, at: datetime) -> RuleTable:
        """Return the version that orders are judged by at a moment: of those that hold then, the last activated."""
        with self._lock:
            self._look()
            for kept in reversed(self._kept):
                if kept.effective_from <= at:
                    table = self._read(kept)
                    if table.effective_to is None or at < table.effective_to:
                        return table
            return self._first()

    def version(self, name: str) -> RuleTable | None:
        """Return a version by its name, in force or not; None when there never was one."""
        with self._lock:
            self._look()
            kept = self._find(name)
            if kept is None and name == self._built_in.version:
                return self._built_in
            if kept is None:
                self._look(now=True)
                kept = self._find(name)
            return None if kept is None else self._read(kept)

    def versions(self) -> tuple[str, ...]:
        """Return the names of all versions: the one that came with the program, then in the order of activation."""
        with self._lock:
            self._look()
            return tuple(dict.fromkeys((self._built_in.version, *(kept.version for kept in self._kept))))

    def _first(self) -> RuleTable:
        return self._read(self._kept[0]) if self._kept else self._built_in

    def _find(self, name: str) -> Kept | None:
        return next((kept for kept in self._kept if kept.version == name), None)

    def _read(self, kept: Kept) -> RuleTable:
        known = self._parsed.get(kept.version)
        if known is None:
            known = self._parsed[kept.version] = parse_table(kept.text, kept.version)
        return known

    def _look(self, *, now: bool = False) -> None:
        at = self._clock()
        fresh = self._looked_at is not None and self._looked_at <= at < self._looked_at + LOOK_AGAIN
        if fresh and not now:
            return
        if self._shelved.count() != len(self._kept):
            self._kept = tuple(self._shelved.all())
        self._looked_at = at
