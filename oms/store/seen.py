"""What intake has handed on already, so that a repetition costs the order nothing."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select

from oms.domain.ids import OrderKey
from oms.store.engine import Database
from oms.store.statements import newest_wins
from oms.store.tables import OrderSeenRow, table_of

SEEN = table_of(OrderSeenRow)


class Seen(NamedTuple):
    """The newest content handed on."""

    fingerprint: str
    modified_at: datetime


class SeenOrders:
    """The newest content of each order that was handed on."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._note = newest_wins(database, SEEN, "modified_at", or_equal=True)
        self._find = select(SEEN.c.fingerprint, SEEN.c.modified_at).where(
            SEEN.c.order_key == bindparam("of_order")
        )

    def note(self, key: OrderKey, fingerprint: str, modified_at: datetime) -> None:
        """Remember what was handed on, unless something newer was."""
        row = {"order_key": str(key), "fingerprint": fingerprint, "modified_at": modified_at}
        with self._database.write() as connection:
            connection.execute(self._note, row)

    def find(self, key: OrderKey) -> Seen | None:
        """Return the newest content handed on; None when there is none."""
        with self._database.read() as connection:
            row = connection.execute(self._find, {"of_order": str(key)}).one_or_none()
        return None if row is None else Seen(row.fingerprint, row.modified_at)
