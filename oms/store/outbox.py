"""What subscribers are told, in order: written with the change it tells of, read by whoever relays."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Null, func, null, select
from sqlalchemy.sql.functions import Function

from oms.domain.book import Change, OrderBook
from oms.domain.ids import OrderKey
from oms.domain.model import Fact, Moment
from oms.store.engine import Database
from oms.store.statements import Insert, once
from oms.store.tables import OutboxRow, table_of

OUTBOX = table_of(OutboxRow)


class OutboxEvent(Fact):
    """One event for subscribers; `seq` only grows, `id` is the change's own."""

    seq: int
    id: str
    topic: str
    order: OrderKey
    at: Moment
    payload: Mapping[str, Any]


class Outbox:
    """The queue of events, oldest first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, after_seq: int, limit: int = 100) -> tuple[OutboxEvent, ...]:
        """Return events behind `after_seq`; one that was returned never gets a forerunner afterwards."""
        statement = select(OUTBOX).where(OUTBOX.c.seq > after_seq).order_by(OUTBOX.c.seq).limit(limit)
        if not self._database.is_sqlite:
            # Two transactions may commit in the other order than they drew their numbers.
            oldest_open = func.txid_snapshot_xmin(func.txid_current_snapshot(), type_=BigInteger)
            statement = statement.where(OUTBOX.c.written_in < oldest_open)
        with self._database.read() as connection:
            rows = connection.execute(statement).mappings().all()
        return tuple(
            OutboxEvent(
                seq=row["seq"],
                id=row["id"],
                topic=row["topic"],
                order=OrderKey.parse(row["order_key"]),
                at=row["at"],
                payload=row["payload"],
            )
            for row in rows
        )


def announcing(database: Database) -> Insert:
    """Build the statement that writes events, each once."""
    number: Null | Function[Any] = null() if database.is_sqlite else func.txid_current()
    return once(database, OUTBOX).values(written_in=number)


def events_of(book: OrderBook) -> Sequence[dict[str, Any]]:
    """Return one outbox row for each change that has a topic."""
    return [_event(book, change) for change in book.changes if change.topic]


def _event(book: OrderBook, change: Change) -> dict[str, Any]:
    payload = {
        "id": change.id,
        "topic": change.topic,
        "order": str(book.row.key),
        "business_id": book.row.business_id,
        "at": change.at.isoformat(),
        "what": change.what,
        "before": change.before,
        "after": change.after,
        "stage": book.row.stage,
        "parcels": [
            {"waybill": parcel.waybill, "carrier": parcel.carrier, "state": parcel.state}
            for parcel in book.parcels
        ],
    }
    return {
        "id": change.id,
        "topic": change.topic,
        "order_key": str(book.row.key),
        "at": change.at,
        "payload": payload,
    }
