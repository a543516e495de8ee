"""Stretches of a shop's time in which orders may have been missed: from a condition's beginning to its end."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Select, insert, select, update

from oms.domain.ids import ShopKey
from oms.domain.model import Fact, Moment
from oms.store.engine import Database
from oms.store.tables import InboxRow, PollHolesRow, table_of

HOLES, INBOX = table_of(PollHolesRow), table_of(InboxRow)
FoundBy = Literal["poll", "cases", "watch"]
"""The polls of orders or of after-sales failed; or they seemed to work, and the watch found out."""
AT_ONCE = 500
"""Orders asked for in one statement."""


class Hole(Fact):
    """One stretch; `until` is None while its condition lasts, `filled_at` until it has been read again."""

    id: int
    shop_key: str
    condition: str
    found_by: FoundBy
    since: Moment
    until: Moment | None = None
    read_until: Moment | None = None
    filled_at: Moment | None = None
    recovered: int = 0


class Holes:
    """The holes of every shop; none is deleted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, shop: ShopKey, condition: str, since: datetime, found_by: FoundBy) -> bool:
        """Note that a condition may cost orders; one that is open already stays. Returns whether it is new.

        What a poll says counts more than what the watch does: it knows its cursor.
        """
        row = {
            "shop_key": str(shop), "condition": condition, "found_by": found_by, "since": since, "until": None,
            "read_until": None, "filled_at": None, "recovered": 0,
        }  # fmt: skip
        same = (HOLES.c.shop_key == str(shop)) & (HOLES.c.condition == condition) & HOLES.c.until.is_(None)
        with self._database.write() as connection:
            known = connection.execute(_rows().where(same)).mappings().first()
            if known is None:
                connection.execute(insert(HOLES).values(**row))
            elif found_by != "watch":
                earlier = {"found_by": found_by, "since": min(since, known["since"])}
                connection.execute(update(HOLES).where(same).values(**earlier))
            return known is None

    def end(self, condition: str, until: datetime, *, found_by: Sequence[FoundBy]) -> int:
        """Note that a condition is over, for whichever shops it was open; returns for how many.

        Only where one of `found_by` found it: whoever knows the beginning knows the end.
        """
        over = (HOLES.c.condition == condition) & HOLES.c.until.is_(None) & HOLES.c.found_by.in_(found_by)
        with self._database.write() as connection:
            return connection.execute(update(HOLES).where(over).values(until=until)).rowcount

    def open(self, shop: ShopKey) -> tuple[Hole, ...]:
        """Return the holes of a shop whose conditions are not over, oldest first."""
        statement = _rows().where(HOLES.c.shop_key == str(shop), HOLES.c.until.is_(None))
        return self._found(statement.order_by(HOLES.c.since))

    def due(self, shop: ShopKey) -> tuple[Hole, ...]:
        """Return the holes of a shop that are over and not read again, oldest first."""
        statement = _rows().where(
            HOLES.c.shop_key == str(shop), HOLES.c.until.is_not(None), HOLES.c.filled_at.is_(None)
        )
        return self._found(statement.order_by(HOLES.c.since))

    def of_polls(self, shop: ShopKey, since: datetime, until: datetime) -> tuple[Hole, ...]:
        """Return the holes that are over, in which no poll of orders came through, and that touch a stretch."""
        touching = (HOLES.c.since < until) & (HOLES.c.until > since)
        return self._found(_rows().where(HOLES.c.shop_key == str(shop), HOLES.c.found_by == "poll", touching))

    def all(self, shop: ShopKey | None = None, limit: int = 100) -> tuple[Hole, ...]:
        """Return the holes of a shop (of all, for None), the newest first."""
        statement = _rows().order_by(HOLES.c.id.desc()).limit(limit)
        return self._found(statement if shop is None else statement.where(HOLES.c.shop_key == str(shop)))

    def read(self, holes: Sequence[Hole], until: datetime, recovered: int) -> None:
        """Note how far holes were read again, and how many orders that stretch gave back; work may go on from there."""
        values = {"read_until": until, "recovered": HOLES.c.recovered + recovered}
        self._set(holes, values)

    def filled(self, holes: Sequence[Hole], at: datetime) -> None:
        """Note that holes are read to their end."""
        self._set(holes, {"filled_at": at})

    def fetched(self, orders: Sequence[str], since: datetime, until: datetime) -> frozenset[str]:
        """Return which of the orders a poll handed on between two moments."""
        found = set[str]()
        with self._database.read() as connection:
            for place in range(0, len(orders), AT_ONCE):
                found |= _fetched(connection, orders[place : place + AT_ONCE], since, until)
        return frozenset(found)

    def _set(self, holes: Sequence[Hole], values: dict[str, Any]) -> None:
        with self._database.write() as connection:
            chosen = HOLES.c.id.in_([hole.id for hole in holes])
            connection.execute(update(HOLES).where(chosen).values(**values))

    def _found(self, statement: Select[Any]) -> tuple[Hole, ...]:
        with self._database.read() as connection:
            return tuple(Hole(**row) for row in connection.execute(statement).mappings())


def _rows() -> Select[Any]:
    return select(*(HOLES.c[name] for name in Hole.model_fields))


def _fetched(connection: Connection, orders: Sequence[str], since: datetime, until: datetime) -> set[str]:
    statement = select(INBOX.c.order_key).where(
        INBOX.c.order_key.in_(orders), INBOX.c.way == "poll", INBOX.c.status == "delivered",
        INBOX.c.received_at.between(since, until),
    )  # fmt: skip
    return set(connection.execute(statement).scalars())
