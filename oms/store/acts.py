"""What people did at the desk that is no change of one order: signing in, revealing, acknowledging, retrying."""

from datetime import datetime

from sqlalchemy import insert, select

from oms.domain.model import Fact, Moment
from oms.store.engine import Database
from oms.store.tables import ActsRow, table_of

ACTS = table_of(ActsRow)


class Done(Fact):
    """One thing that somebody did."""

    at: Moment
    who: str
    what: str
    about: str
    why: str


class Acts:
    """The log of all of them; what changes an order stands in the order's own audit instead."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = insert(ACTS)

    def note(self, at: datetime, who: str, what: str, about: str = "", why: str = "") -> None:
        """Write one down."""
        entry = {"at": at, "who": who, "what": what, "about": about, "why": why}
        with self._database.write() as connection:
            connection.execute(self._insert, entry)

    def of(self, about: str, limit: int = 200) -> tuple[Done, ...]:
        """List what was done to something, the newest first."""
        return self._list(limit, about)

    def newest(self, limit: int = 200) -> tuple[Done, ...]:
        """List what was done at all, the newest first."""
        return self._list(limit, None)

    def _list(self, limit: int, about: str | None) -> tuple[Done, ...]:
        statement = select(*(ACTS.c[name] for name in Done.model_fields)).order_by(ACTS.c.id.desc())
        if about is not None:
            statement = statement.where(ACTS.c.about == about)
        with self._database.read() as connection:
            rows = connection.execute(statement.limit(limit)).mappings()
            return tuple(Done(**row) for row in rows)
