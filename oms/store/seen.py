"""What intake has handed on already, so that a repetition costs the order nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from oms.domain.ids import OrderKey
from oms.store.engine import Database
from oms.store.statements import last_wins, newest_wins
from oms.store.tables import OrderSeenRow, table_of

SEEN = table_of(OrderSeenRow)


class Seen(NamedTuple):
    """The newest content handed on."""

    fingerprint: str
    modified_at: datetime


class SeenNote(NamedTuple):
    """A content that was handed on, or that was not because it said the same as what had been."""

    order: OrderKey
    fingerprint: str
    modified_at: datetime
    same_as: str = ""
    """What it was compared with, if it was not handed on."""


class SeenOrders:
    """The newest content of each order that was handed on."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._note = newest_wins(database, SEEN, "modified_at", or_equal=True)
        self._put_back = last_wins(database, SEEN)
        self._lock = (
            select(SEEN.c.fingerprint).where(SEEN.c.order_key == bindparam("of_order")).with_for_update()
        )
        self._find = select(SEEN.c.order_key, SEEN.c.fingerprint, SEEN.c.modified_at).where(
            SEEN.c.order_key.in_(bindparam("of_orders", expanding=True))
        )

    def note(self, notes: Sequence[SeenNote]) -> frozenset[OrderKey]:
        """Remember what was handed on; all or none. Returns the orders whose word must be compared again.

        Comparing, handing on and noting are not one step, and words of an order travel in many processes. So a
        word that was not handed on is only noted if what it was compared with still stands; if not, it is among
        the answer. And one that was handed on while a newer one was noted puts itself in its place: the newer
        one may have been taken for a repetition of what is no longer true, and is news when it is said again.
        """
        if not notes:
            return frozenset()
        again = set[OrderKey]()
        with self._database.write() as connection:
            for note in sorted(notes, key=lambda each: str(each.order)):
                if not self._noted(connection, note):
                    again.add(note.order)
        return frozenset(again)

    def _noted(self, connection: Connection, note: SeenNote) -> bool:
        row = {
            "order_key": str(note.order), "fingerprint": note.fingerprint, "modified_at": note.modified_at
        }  # fmt: skip
        if note.same_as:
            stands = connection.execute(self._lock, {"of_order": row["order_key"]}).one_or_none()
            if stands is not None and stands.fingerprint not in {note.same_as, note.fingerprint}:
                return False
            connection.execute(self._note, row)
        elif connection.execute(self._note, row).rowcount == 0:
            connection.execute(self._put_back, row)
        return True

    def find(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, Seen]:
        """Return the newest content handed on of those orders that have any."""
        by_text = {str(key): key for key in keys}
        if not by_text:
            return {}
        with self._database.read() as connection:
            rows = connection.execute(self._find, {"of_orders": [*by_text]}).all()
        return {by_text[row.order_key]: Seen(row.fingerprint, row.modified_at) for row in rows}
