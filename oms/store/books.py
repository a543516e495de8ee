"""What an order writes down at one moment, in one transaction: state, audit, outbox, parcels, stock."""

from typing import Any

from sqlalchemy import Connection, bindparam, delete, update

from oms.domain.book import OrderBook, OrderRow
from oms.domain.ids import OrderKey
from oms.domain.parcels import Parcel
from oms.store.engine import Database
from oms.store.outbox import announcing, events_of
from oms.store.statements import last_wins, newest_wins, once
from oms.store.stock_moves import StockMoves
from oms.store.tables import AuditRow, OrdersRow, ParcelsRow, StockWaitsRow, table_of

PARCELS = table_of(ParcelsRow)
WAITS = table_of(StockWaitsRow)
FIXED = ("channel", "shop", "number", "business_id", "created_at")
"""What an order is called and when it was made never changes; lists are ordered by it."""


class Books:
    """The one way into the read model."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._put_row = newest_wins(database, table_of(OrdersRow), "seq", fixed=FIXED)
        self._put_change = once(database, table_of(AuditRow))
        self._announce = announcing(database)
        self._put_parcel = last_wins(database, PARCELS)
        self._drop_corrected = delete(PARCELS).where(
            PARCELS.c.order_key == bindparam("of_order"), PARCELS.c.seq < bindparam("before_seq")
        )
        self._note_written_back = (
            update(PARCELS)
            .where(PARCELS.c.order_key == bindparam("of_order"), PARCELS.c.waybill == bindparam("of_waybill"))
            .values(written_back=True)
        )
        self._moves = StockMoves(database)
        self._stop_waiting = delete(WAITS).where(WAITS.c.order_key == bindparam("of_order"))

    def commit(self, book: OrderBook) -> None:
        """Write a book down; writing it twice, or after a newer one, overwrites nothing newer.

        A book is known by its changes: one whose changes are all written moves no stock again. Its parcels
        are all that the order has; a waybill that is no longer among them was corrected.
        Raises Unavailable when the database cannot answer now; then nothing was written.
        """
        with self._database.write() as connection:
            newest = connection.execute(self._put_row, _row_values(book.row)).rowcount == 1
            fresh = self._put_changes(connection, book)
            if newest and book.parcels:
                self._put_parcels(connection, book)
            if fresh:
                self._moves.make(connection, str(book.row.key), book.stock)
            if book.row.ended_at is not None:
                connection.execute(self._stop_waiting, {"of_order": str(book.row.key)})

    def written_back(self, order: OrderKey, waybill: str) -> None:
        """Note that the channel knows a waybill, before the order's next book says so too."""
        with self._database.write() as connection:
            connection.execute(self._note_written_back, {"of_order": str(order), "of_waybill": waybill})

    def _put_changes(self, connection: Connection, book: OrderBook) -> bool:
        """Write audit and outbox; tell whether this book is written for the first time."""
        if not book.changes:
            return True
        order_key = str(book.row.key)
        values = [{**change.model_dump(), "order_key": order_key} for change in book.changes]
        written = connection.execute(self._put_change, values).rowcount
        events = events_of(book) if written else ()
        if events:
            connection.execute(self._announce, events)
        return written > 0

    def _put_parcels(self, connection: Connection, book: OrderBook) -> None:
        connection.execute(self._put_parcel, [_parcel_values(book.row, parcel) for parcel in book.parcels])
        connection.execute(self._drop_corrected, {"of_order": str(book.row.key), "before_seq": book.row.seq})


def _row_values(row: OrderRow) -> dict[str, Any]:
    key = row.key
    place = {"order_key": str(key), "channel": key.channel, "shop": key.shop, "number": key.number}
    sold = row.sold.model_dump(mode="json", exclude_defaults=True)
    return {**row.model_dump(exclude={"key", "sold"}), **place, "sold": sold}


def _parcel_values(row: OrderRow, parcel: Parcel) -> dict[str, Any]:
    return {**parcel.model_dump(), "order_key": str(row.key), "seq": row.seq}
