"""The calls to outside interfaces: written in batches, kept for a set time, asked for by people and by the watch."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, delete, insert, or_, select

from oms.domain.calls import FAILED, CallMade, CallResult
from oms.domain.model import Fact, Moment
from oms.store.call_statistics import CallStatistics, calls_by_interface
from oms.store.engine import Database
from oms.store.tables import CallsRow, table_of

CALLS = table_of(CallsRow)
BATCH = 1000


class LoggedCall(Fact):
    """A call as it was kept."""

    id: int
    call: CallMade


class CallQuery(Fact):
    """Which calls; what is left empty is not asked about."""

    shop: str = ""
    """`{channel}:{shop}`: the calls to this shop, and those elsewhere for its orders."""
    system: str = ""
    interface: str = ""
    order: str = ""
    failed: bool = False
    results: frozenset[CallResult] = frozenset()
    since: Moment | None = None
    until: Moment | None = None
    """Before this moment."""


class Calls:
    """The call log."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = insert(CALLS)

    def add(self, calls: Sequence[CallMade]) -> None:
        """Write calls down, in one transaction."""
        if calls:
            with self._database.write() as connection:
                connection.execute(self._insert, [_row(call) for call in calls])

    def get(self, number: int) -> LoggedCall | None:
        """Return one call; None when there is none, or it was pruned."""
        with self._database.read() as connection:
            row = connection.execute(select(CALLS).where(CALLS.c.id == number)).mappings().one_or_none()
        return None if row is None else _read(row)

    def find(self, query: CallQuery, limit: int = 100) -> tuple[LoggedCall, ...]:
        """Return calls, newest first."""
        statement = _wanted(select(CALLS), query).order_by(CALLS.c.at.desc(), CALLS.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            return tuple(_read(row) for row in connection.execute(statement).mappings())

    def statistics(
        self, since: datetime, until: datetime, *, by_shop: bool = False
    ) -> tuple[CallStatistics, ...]:
        """Count the calls of a window, `since` included and `until` not, by interface (and by shop).

        An interface that was not called in the window is not in the answer.
        """
        with self._database.read() as connection:
            return calls_by_interface(connection, since, until, by_shop=by_shop)

    def prune(self, before: datetime, batch: int = BATCH) -> int:
        """Forget the oldest calls from before a moment, one batch; returns how many."""
        oldest = select(CALLS.c.id).where(CALLS.c.at < before).order_by(CALLS.c.at).limit(batch)
        with self._database.write() as connection:
            return connection.execute(delete(CALLS).where(CALLS.c.id.in_(oldest))).rowcount


def _wanted(statement: Select[Any], query: CallQuery) -> Select[Any]:
    for name, value in (("system", query.system), ("interface", query.interface)):
        if value:
            statement = statement.where(CALLS.c[name] == value)
    if query.shop:
        of_shop = CALLS.c.order_key.startswith(f"{query.shop}:", autoescape=True)
        statement = statement.where(or_(CALLS.c.shop == query.shop, of_shop))
    if query.order:
        statement = statement.where(CALLS.c.order_key != "", CALLS.c.order_key == query.order)
    if query.failed:
        # In these words, for the index of failures holds no other rows.
        statement = statement.where(CALLS.c.result.not_in(sorted(frozenset(CallResult) - FAILED)))
    if query.results:
        statement = statement.where(CALLS.c.result.in_(sorted(query.results)))
    if query.since is not None:
        statement = statement.where(CALLS.c.at >= query.since)
    return statement if query.until is None else statement.where(CALLS.c.at < query.until)


def _row(call: CallMade) -> dict[str, Any]:
    fields = call.model_dump(exclude={"order", "marks"})
    return {**fields, "order_key": call.order, "marks": [list(mark) for mark in call.marks]}


def _read(row: RowMapping) -> LoggedCall:
    fields = {name: value for name, value in row.items() if name not in {"id", "order_key", "marks"}}
    marks = tuple((str(name), str(value)) for name, value in row["marks"])
    return LoggedCall(id=row["id"], call=CallMade(**fields, order=row["order_key"], marks=marks))
