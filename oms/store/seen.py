"""What intake has handed on already, so that a repetition costs the order nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select

from oms.domain.ids import OrderKey
from oms.store.engine import Database
from oms.store.statements import in_turn, newest_wins
from oms.store.tables import OrderSeenRow, table_of

SEEN = table_of(OrderSeenRow)


class Seen(NamedTuple):
    """The newest content handed on."""

    fingerprint: str
    modified_at: datetime


class SeenNote(NamedTuple):
    """A content that is handed on."""

    order: OrderKey
    fingerprint: str
    modified_at: datetime


class SeenOrders:
    """The newest content of each order that was handed on."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._note = newest_wins(database, SEEN, "modified_at", or_equal=True)
        self._find = select(SEEN.c.order_key, SEEN.c.fingerprint, SEEN.c.modified_at).where(
            SEEN.c.order_key.in_(bindparam("of_orders", expanding=True))
        )

    def note(self, notes: Sequence[SeenNote]) -> None:
        """Remember what was handed on, unless something newer was; all or none."""
        rows = [
            {"order_key": str(key), "fingerprint": fingerprint, "modified_at": modified_at}
            for key, fingerprint, modified_at in notes
        ]
        if rows:
            with self._database.write() as connection:
                connection.execute(self._note, in_turn(rows, "order_key"))

    def find(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, Seen]:
        """Return the newest content handed on of those orders that have any."""
        by_text = {str(key): key for key in keys}
        if not by_text:
            return {}
        with self._database.read() as connection:
            rows = connection.execute(self._find, {"of_orders": [*by_text]}).all()
        return {by_text[row.order_key]: Seen(row.fingerprint, row.modified_at) for row in rows}
