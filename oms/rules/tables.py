"""Which table applies when: what an activity holds instead of one table."""

from datetime import datetime
from typing import Protocol

from oms.rules.table import RuleTable


class Tables(Protocol):
    """The versions of the rule table. Every method may be called from any thread."""

    def in_force(self, at: datetime) -> RuleTable:
        """Return the table in force at a moment."""

    def version(self, name: str) -> RuleTable | None:
        """Return a version by its name; None when nobody here has ever activated it."""


class OnlyTable:
    """One table, always in force: for tests, benches, and tools without a database."""

    def __init__(self, table: RuleTable) -> None:
        self._table = table

    def in_force(self, at: datetime) -> RuleTable:  # noqa: ARG002 - it always is
        """Return it."""
        return self._table

    def version(self, name: str) -> RuleTable | None:
        """Return it by its own name only."""
        return self._table if name == self._table.version else None
