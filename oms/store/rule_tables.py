"""Every version of the rule table that was activated: by whom, why, from when, and whether orders in flight know."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, text, update

from oms.domain.errors import Misused
from oms.domain.model import Fact, Moment
from oms.store.engine import Database
from oms.store.tables import RuleLogRow, RuleTablesRow, table_of

TABLES, LOG = table_of(RuleTablesRow), table_of(RuleLogRow)
ONE_AT_A_TIME = 0x6F6D74
"""PostgreSQL's advisory lock while activating: two activations get two numbers."""


class Activation(Fact):
    """A version of the table as it was brought into force."""

    version: str
    digest: str
    text: str
    effective_from: Moment
    activated_by: str
    why: str
    activated_at: Moment
    spread_at: Moment | None = None
    number: int = 0


class RuleEvent(Fact):
    """Something that was done to a version."""

    version: str
    at: Moment
    actor: str
    what: str
    why: str = ""


class RuleTables:
    """The activated versions. Nothing here is ever edited or deleted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def activate(self, wanted: Activation) -> Activation:
        """Keep a version and who wants it; the same one again changes nothing, and the first activation is returned.

        Raises Misused when the version is there with another content: a version is never edited.
        """
        with self._database.write() as connection:
            self._wait_for_turn(connection)
            known = _one(connection, wanted.version)
            if known is None:
                kept = wanted.model_copy(update={"number": _count(connection) + 1, "spread_at": None})
                connection.execute(insert(TABLES).values(**kept.model_dump()))
                why = f"in force from {kept.effective_from:%Y-%m-%dT%H:%M:%SZ}: {kept.why}"
                _note(connection, kept.version, kept.activated_at, kept.activated_by, "rules.activated", why)
                return kept
        if known.digest != wanted.digest:
            raise Misused(
                f"version {wanted.version} was activated by {known.activated_by} with another content "
                f"(digest {known.digest[:12]}, not {wanted.digest[:12]}); give the new content a new table_version"
            )
        return known

    def spread(self, version: str, at: datetime, how: str) -> None:
        """Note that the orders in flight were told; the first time counts, every time is in the log."""
        with self._database.write() as connection:
            values = {"spread_at": func.coalesce(TABLES.c.spread_at, at)}
            connection.execute(update(TABLES).where(TABLES.c.version == version).values(**values))
            _note(connection, version, at, "orderloom", "rules.spread", how)

    def count(self) -> int:
        """Return how many versions there are; as none is ever deleted, another number means a newer one."""
        with self._database.read() as connection:
            return _count(connection)

    def all(self) -> tuple[Activation, ...]:
        """Return every version, in the order of their activations."""
        with self._database.read() as connection:
            return tuple(
                Activation(**row) for row in connection.execute(_rows().order_by(TABLES.c.number)).mappings()
            )

    def get(self, version: str) -> Activation | None:
        """Return a version; None for one that was never activated."""
        with self._database.read() as connection:
            return _one(connection, version)

    def log(self) -> tuple[RuleEvent, ...]:
        """Return everything that was done, oldest first."""
        columns = [LOG.c[name] for name in RuleEvent.model_fields]
        with self._database.read() as connection:
            rows = connection.execute(select(*columns).order_by(LOG.c.id)).mappings().all()
        return tuple(RuleEvent(**row) for row in rows)

    def _wait_for_turn(self, connection: Connection) -> None:
        if not self._database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ONE_AT_A_TIME})


def _rows() -> Select[Any]:
    return select(*(TABLES.c[name] for name in Activation.model_fields))


def _one(connection: Connection, version: str) -> Activation | None:
    row = connection.execute(_rows().where(TABLES.c.version == version)).mappings().one_or_none()
    return None if row is None else Activation(**row)


def _count(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(TABLES)).scalar_one())


def _note(connection: Connection, version: str, at: datetime, actor: str, what: str, why: str) -> None:
    row = {"version": version, "at": at, "actor": actor, "what": what, "why": why}
    connection.execute(insert(LOG).values(**row))
