"""The register's own knowledge: when things end and who said so, what people were told, how calls went."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, insert, or_, select, update

from oms.domain.calls import CallMade, CallResult
from oms.domain.expiries import Reminded
from oms.domain.model import Fact, Moment
from oms.store.engine import Database
from oms.store.statements import once
from oms.store.tables import InterfaceLogRow, InterfacesRow, table_of

ROWS, LOG = table_of(InterfacesRow), table_of(InterfaceLogRow)
ANSWERED = frozenset({CallResult.OK, CallResult.REFUSED})
THE_WIRE = "the wire"
"""Who has learnt something, where it was no person."""


class NewExpiry(Fact):
    """When something ends, and who says so; `at` None: it does not end."""

    key: str
    at: Moment | None
    source: str
    version: str = ""
    by: str = ""
    why: str = ""


class Known(Fact):
    """A row of the register."""

    key: str
    expires_at: Moment | None = None
    expiry_source: str = ""
    expiry_version: str = ""
    set_by: str = ""
    set_why: str = ""
    deprecated_at: Moment | None = None
    reminded_of: Moment | None = None
    reminded_step: int | None = None
    acknowledged_step: int | None = None
    acknowledged_by: str = ""
    acknowledged_why: str = ""
    alerted: bool = False
    last_ok_at: Moment | None = None
    last_failure_at: Moment | None = None
    last_failure: str = ""
    shape_changed_at: Moment | None = None

    @property
    def reminded(self) -> Reminded:
        """What people were told, and what a person has acknowledged."""
        return Reminded(of=self.reminded_of, step=self.reminded_step, acknowledged=self.acknowledged_step)


class InterfaceEvent(Fact):
    """Something that was done to a row."""

    key: str
    at: Moment
    actor: str
    what: str
    why: str


class Interfaces:
    """What is known of interfaces (`interface:{key}`), tokens (`token:{shop}`), certificates (`certificate:{address}`)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._first = once(database, ROWS)

    def get(self, key: str) -> Known:
        """Return what is known of something; of what nobody spoke of yet, nothing but its key."""
        with self._database.read() as connection:
            row = connection.execute(select(ROWS).where(ROWS.c.key == key)).mappings().one_or_none()
        return Known(key=key) if row is None else Known(**row)

    def all(self) -> Mapping[str, Known]:
        """Return everything, by its key."""
        with self._database.read() as connection:
            rows = connection.execute(select(ROWS).order_by(ROWS.c.key)).mappings().all()
        return {row["key"]: Known(**row) for row in rows}

    def log(self, key: str) -> tuple[InterfaceEvent, ...]:
        """Return what was done to a row, oldest first."""
        columns = [LOG.c[name] for name in InterfaceEvent.model_fields]
        with self._database.read() as connection:
            rows = (
                connection.execute(select(*columns).where(LOG.c.key == key).order_by(LOG.c.id))
                .mappings()
                .all()
            )
        return tuple(InterfaceEvent(**row) for row in rows)

    def expires(self, wanted: NewExpiry) -> None:
        """Set an end, as a person says it or a certificate shows it; the one known before is replaced."""
        with self._database.write() as connection:
            self._put(connection, wanted.key, **_end(wanted))
            self._note(connection, wanted.key, wanted.by or THE_WIRE, _said(wanted), wanted.why)

    def learnt(self, wanted: NewExpiry) -> bool:
        """Set an end that an answer told of, unless as early a one is known, whoever said so; tells whether it was set."""
        earlier = or_(ROWS.c.expires_at.is_(None), ROWS.c.expires_at > wanted.at)
        with self._database.write() as connection:
            connection.execute(self._first, {**EMPTY, "key": wanted.key})
            statement = update(ROWS).where(and_(ROWS.c.key == wanted.key, earlier)).values(**_end(wanted))
            changed = connection.execute(statement).rowcount == 1
            if changed:
                self._note(connection, wanted.key, THE_WIRE, _said(wanted), wanted.source)
            return changed

    def deprecated(self, key: str, at: datetime) -> bool:
        """Note since when, or from when on, something should no longer be used; False when as early a time is known."""
        other = or_(ROWS.c.deprecated_at.is_(None), ROWS.c.deprecated_at > at)
        with self._database.write() as connection:
            connection.execute(self._first, {**EMPTY, "key": key})
            statement = update(ROWS).where(and_(ROWS.c.key == key, other)).values(deprecated_at=at)
            changed = connection.execute(statement).rowcount == 1
            if changed:
                self._note(
                    connection, key, THE_WIRE, f"deprecated from {at:%Y-%m-%d %H:%M} UTC", "Deprecation"
                )
            return changed

    def reminded(self, key: str, of: datetime, step: int) -> None:
        """Note that people were told: at which step, of which end."""
        with self._database.write() as connection:
            self._put(connection, key, reminded_of=of, reminded_step=step, alerted=True)

    def acknowledge(self, key: str, told: Reminded, by: str, why: str) -> None:
        """Note who looks after an end: of `told.of`, up to the step `told.acknowledged`."""
        values = {
            "reminded_of": told.of, "reminded_step": told.step, "acknowledged_step": told.acknowledged,
            "acknowledged_by": by, "acknowledged_why": why,
        }  # fmt: skip
        with self._database.write() as connection:
            self._put(connection, key, **values)
            self._note(connection, key, by, f"acknowledged step {told.acknowledged}", why)

    def quiet(self, key: str) -> None:
        """Note that its condition is over: what was told and acknowledged counts no more."""
        told: dict[str, Any] = {"reminded_of": None, "reminded_step": None, "acknowledged_step": None}
        with self._database.write() as connection:
            self._put(connection, key, **told, acknowledged_by="", acknowledged_why="", alerted=False)

    def called(self, calls: Sequence[CallMade]) -> None:
        """Note how calls went: the last success and the last failure of each interface. One transaction for them all."""
        changes: dict[str, dict[str, Any]] = {}
        for call in sorted(calls, key=lambda each: each.at):
            row = changes.setdefault(f"interface:{call.system}/{call.interface}", {})
            if call.result in ANSWERED:
                row["last_ok_at"] = call.at
            else:
                row |= {"last_failure_at": call.at, "last_failure": call.result.value}
        with self._database.write() as connection:
            for key, values in sorted(changes.items()):
                self._put(connection, key, **values)

    def shape_changed(self, key: str, at: datetime, how: str) -> None:
        """Note that answers look otherwise than the recorded contract."""
        with self._database.write() as connection:
            self._put(connection, key, shape_changed_at=at)
            self._note(connection, key, THE_WIRE, "shape changed", how)

    def _put(self, connection: Connection, key: str, **values: Any) -> None:
        connection.execute(self._first, {**EMPTY, "key": key})
        connection.execute(update(ROWS).where(ROWS.c.key == key).values(**values))

    def _note(self, connection: Connection, key: str, actor: str, what: str, why: str) -> None:
        row = {"key": key, "at": self._database.clock(), "actor": actor, "what": what, "why": why}
        connection.execute(insert(LOG).values(**row))


EMPTY: Mapping[str, Any] = Known(key="").model_dump()


def _end(wanted: NewExpiry) -> dict[str, Any]:
    return {
        "expires_at": wanted.at, "expiry_source": wanted.source, "expiry_version": wanted.version,
        "set_by": wanted.by, "set_why": wanted.why,
    }  # fmt: skip


def _said(wanted: NewExpiry) -> str:
    version = f"version {wanted.version} " if wanted.version else ""
    return f"{version}does not end" if wanted.at is None else f"{version}ends {wanted.at:%Y-%m-%d %H:%M} UTC"
