"""How the outside interfaces stand, as the watch over them writes it and the desk reads it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, delete, select

from oms.domain.emptiness import ListRead
from oms.domain.healthiness import Standing
from oms.domain.interfaces import Health
from oms.domain.model import Moment
from oms.store.engine import Database
from oms.store.statements import last_wins, once
from oms.store.tables import InterfaceHealthRow, ListReadsRow, table_of

HEALTH = table_of(InterfaceHealthRow)
READS = table_of(ListReadsRow)


class Stood(Standing):
    """How an interface stands, and when that was looked at last."""

    interface: str
    checked_at: Moment


class InterfaceHealth:
    """The state of each outside interface."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._put = last_wins(database, HEALTH)

    def all(self) -> tuple[Stood, ...]:
        """Return every interface's state, by name."""
        with self._database.read() as connection:
            rows = connection.execute(select(HEALTH).order_by(HEALTH.c.interface)).mappings().all()
        return tuple(_stood(row) for row in rows)

    def get(self, interface: str) -> Stood | None:
        """Return one interface's state; None for one never looked at."""
        with self._database.read() as connection:
            found = connection.execute(select(HEALTH).where(HEALTH.c.interface == interface))
            row = found.mappings().one_or_none()
        return None if row is None else _stood(row)

    def put(self, standings: Mapping[str, Standing], checked_at: datetime) -> None:
        """Write states down in the place of those before."""
        if standings:
            rows = [_row(name, standings[name], checked_at) for name in sorted(standings)]
            with self._database.write() as connection:
                connection.execute(self._put, rows)

    def turn(self, interface: str, standing: Standing, at: datetime) -> bool:
        """Write one state down; False when it was in that state already: somebody else has told of it."""
        known = select(HEALTH.c.state).where(HEALTH.c.interface == interface)
        with self._database.write() as connection:
            if connection.execute(known.with_for_update()).scalar_one_or_none() == standing.health:
                return False
            connection.execute(self._put, [_row(interface, standing, at)])
        return True

    def forget(self, interfaces: tuple[str, ...]) -> None:
        """Drop interfaces that nobody uses any more."""
        with self._database.write() as connection:
            connection.execute(delete(HEALTH).where(HEALTH.c.interface.in_(interfaces)))


class ListReads:
    """How many rows the shops' lists had, read by read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._put = once(database, READS)

    def note(self, list_key: str, at: datetime, rows: int, keep_since: datetime) -> None:
        """Note a list that was read to its end, and forget its reads from before `keep_since`."""
        old = delete(READS).where(READS.c.list_key == list_key, READS.c.at < keep_since)
        with self._database.write() as connection:
            connection.execute(self._put, {"list_key": list_key, "at": at, "rows": rows})
            connection.execute(old)

    def since(self, since: datetime) -> Mapping[str, tuple[ListRead, ...]]:
        """Return the reads of each list since a moment, oldest first."""
        statement = select(READS).where(READS.c.at >= since).order_by(READS.c.list_key, READS.c.at)
        found: dict[str, list[ListRead]] = {}
        with self._database.read() as connection:
            for row in connection.execute(statement).mappings():
                found.setdefault(row["list_key"], []).append(ListRead(at=row["at"], rows=row["rows"]))
        return {name: tuple(reads) for name, reads in found.items()}


def _row(interface: str, standing: Standing, checked_at: datetime) -> dict[str, Any]:
    return {
        "interface": interface, "state": standing.health, "since": standing.since, "reason": standing.reason,
        "turning": standing.turning, "retired_for": list(standing.retired_for), "checked_at": checked_at,
    }  # fmt: skip


def _stood(row: RowMapping) -> Stood:
    fields = {name: row[name] for name in ("interface", "since", "reason", "turning", "checked_at")}
    return Stood(health=Health(row["state"]), retired_for=tuple(row["retired_for"]), **fields)
