"""How far each shop has been polled, how often in a row that failed, and the proof that nothing is missing."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import case, select, update
from sqlalchemy.sql.dml import ReturningInsert

from oms.domain.ids import ShopKey
from oms.domain.model import Fact, Moment
from oms.store.engine import Database
from oms.store.statements import Insert, last_wins
from oms.store.tables import CompletenessRow, PollStatesRow, table_of

STATES = table_of(PollStatesRow)
COMPLETENESS = table_of(CompletenessRow)


class PollState(Fact):
    """Where polling a shop stands; `failures` counts those in a row."""

    cursor: Moment | None = None
    failures: int = 0
    last_ok_at: Moment | None = None
    last_error: str = ""
    alerted: bool = False
    """Somebody was told of the present row of failures."""
    banned_until: Moment | None = None
    """The platform lets nobody ask before then."""


class Completeness(Fact):
    """A shop's day: the platform says N, we hold N."""

    shop: ShopKey
    day: date
    platform_count: int
    our_count: int
    """What we held before the sweep delivered anything."""
    delivered: int = 0
    """What was missing and is now delivered, by the sweep or by a poll after failed ones."""
    parked: int = 0
    """What cannot be mapped and waits for a person."""
    note: str = ""
    checked_at: Moment


class Polls:
    """The state of polling one kind of list, per shop."""

    def __init__(self, database: Database, list_name: str = "") -> None:
        """Keep the states of the shops' orders, or of another list, which `list_name` tells apart."""
        self._database = database
        self._list_name = list_name
        self._advance = _advancing(database)
        self._fail = _failing(database)
        self._prove = last_wins(database, COMPLETENESS)

    def state(self, shop: ShopKey) -> PollState:
        """Return where polling a shop stands; a shop never polled has no cursor."""
        columns = [STATES.c[name] for name in PollState.model_fields]
        with self._database.read() as connection:
            row = (
                connection.execute(select(*columns).where(STATES.c.shop_key == self._name(shop)))
                .mappings()
                .one_or_none()
            )
        return PollState() if row is None else PollState(**row)

    def advance(self, shop: ShopKey, cursor: datetime) -> None:
        """Note a success: the cursor moves on, never back, and the row of failures ends."""
        row = {**self._first(shop), "cursor": cursor, "last_ok_at": self._database.clock()}
        with self._database.write() as connection:
            connection.execute(self._advance, row)

    def failed(self, shop: ShopKey, error: str) -> int:
        """Note a failure, in words without personal data; returns how many there are in a row."""
        row = {**self._first(shop), "failures": 1, "last_error": error}
        with self._database.write() as connection:
            return int(connection.execute(self._fail, row).scalar_one())

    def ban(self, shop: ShopKey, until: datetime) -> None:
        """Note that the platform lets nobody ask before then; the failures in a row stay as they are."""
        statement = self._database.insert(STATES)
        statement = statement.on_conflict_do_update(
            index_elements=["shop_key"], set_={"banned_until": statement.excluded.banned_until}
        )
        with self._database.write() as connection:
            connection.execute(statement, {**self._first(shop), "banned_until": until})

    def note_alerted(self, shop: ShopKey) -> bool:
        """Note that somebody is told of this row of failures; False when somebody was before."""
        statement = update(STATES).where(STATES.c.shop_key == self._name(shop), STATES.c.alerted.is_(False))
        with self._database.write() as connection:
            return connection.execute(statement.values(alerted=True)).rowcount == 1

    def completeness(self, row: Completeness) -> None:
        """Keep the proof of a shop's day; a later check of the same day replaces it."""
        values = {**row.model_dump(exclude={"shop"}), "shop_key": str(row.shop)}
        with self._database.write() as connection:
            connection.execute(self._prove, values)

    def completeness_rows(self, shop: ShopKey | None = None, limit: int = 100) -> tuple[Completeness, ...]:
        """Return the proofs of a shop (of all, for None), newest day first."""
        statement = (
            select(COMPLETENESS).order_by(COMPLETENESS.c.day.desc(), COMPLETENESS.c.shop_key).limit(limit)
        )
        if shop is not None:
            statement = statement.where(COMPLETENESS.c.shop_key == str(shop))
        with self._database.read() as connection:
            rows = [dict(row) for row in connection.execute(statement).mappings()]
        return tuple(Completeness(shop=_shop(row.pop("shop_key")), **row) for row in rows)

    def _name(self, shop: ShopKey) -> str:
        return f"{shop}{self._list_name}"

    def _first(self, shop: ShopKey) -> dict[str, Any]:
        return {"shop_key": self._name(shop), **PollState().model_dump()}


def _shop(text: str) -> ShopKey:
    channel, _, shop = text.partition(":")
    return ShopKey(channel=channel, shop=shop)


def _advancing(database: Database) -> Insert:
    statement = database.insert(STATES)
    theirs, ours = statement.excluded.cursor, STATES.c.cursor
    changes = {
        "cursor": case((ours > theirs, ours), else_=theirs),
        "failures": 0,
        "last_ok_at": statement.excluded.last_ok_at,
        "last_error": "",
        "alerted": False,
        "banned_until": None,
    }
    return statement.on_conflict_do_update(index_elements=["shop_key"], set_=changes)


def _failing(database: Database) -> ReturningInsert[Any]:
    statement = database.insert(STATES)
    changes = {"failures": STATES.c.failures + 1, "last_error": statement.excluded.last_error}
    return statement.on_conflict_do_update(index_elements=["shop_key"], set_=changes).returning(
        STATES.c.failures
    )
