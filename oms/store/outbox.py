"""What subscribers are told, in order: written with the change it tells of, read by whoever relays."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Null, RowMapping, Select, delete, func, null, select
from sqlalchemy.sql.functions import Function

from oms.domain.book import Change, OrderBook
from oms.domain.ids import OrderKey
from oms.domain.model import Fact, Moment
from oms.store.engine import Database
from oms.store.statements import Insert, once
from oms.store.tables import OutboxRow, table_of

OUTBOX = table_of(OutboxRow)
PAGE = 1000


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
        statement = self._settled(select(OUTBOX).where(OUTBOX.c.seq > after_seq))
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(OUTBOX.c.seq).limit(limit)).mappings().all()
        return tuple(_read(row) for row in rows)

    def walk(self, after_seq: int = 0) -> Iterator[OutboxEvent]:
        """Go through everything behind `after_seq`, a page at a time."""
        while events := self.read(after_seq, PAGE):
            yield from events
            after_seq = events[-1].seq

    def find(self, which: int | str) -> OutboxEvent | None:
        """Return an event by its number or its id; None when there is none, or it was cleared away."""
        chosen = OUTBOX.c.seq == which if isinstance(which, int) else OUTBOX.c.id == which
        with self._database.read() as connection:
            row = connection.execute(select(OUTBOX).where(chosen)).mappings().one_or_none()
        return None if row is None else _read(row)

    def first(self) -> int:
        """Return the number of the oldest event that is kept; 0 when there is none."""
        with self._database.read() as connection:
            return int(connection.execute(select(func.min(OUTBOX.c.seq))).scalar_one() or 0)

    def end(self) -> int:
        """Return the number of the newest event; everything that comes later has a higher one."""
        with self._database.read() as connection:
            return int(connection.execute(self._settled(select(func.max(OUTBOX.c.seq)))).scalar_one() or 0)

    def first_at(self, moment: datetime) -> int | None:
        """Return the number of the first event of a moment or later; None when there is none."""
        statement = select(func.min(OUTBOX.c.seq)).where(OUTBOX.c.at >= moment)
        with self._database.read() as connection:
            found = connection.execute(statement).scalar_one()
        return None if found is None else int(found)

    def clear(self, up_to: int, before: datetime, batch: int = PAGE) -> int:
        """Clear away the oldest events up to a number that happened before a moment, one batch; returns how many."""
        oldest = select(OUTBOX.c.seq, OUTBOX.c.at).where(OUTBOX.c.seq <= up_to)
        with self._database.write() as connection:
            last = 0
            for seq, at in connection.execute(oldest.order_by(OUTBOX.c.seq).limit(batch)):
                if at >= before:
                    break
                last = seq
            return connection.execute(delete(OUTBOX).where(OUTBOX.c.seq <= last)).rowcount if last else 0

    def _settled(self, statement: Select[Any]) -> Select[Any]:
        if self._database.is_sqlite:
            return statement
        # Two transactions may commit in the other order than they drew their numbers.
        oldest_open = func.txid_snapshot_xmin(func.txid_current_snapshot(), type_=BigInteger)
        return statement.where(OUTBOX.c.written_in < oldest_open)


def announcing(database: Database) -> Insert:
    """Build the statement that writes events, each once."""
    number: Null | Function[Any] = null() if database.is_sqlite else func.txid_current()
    return once(database, OUTBOX).values(written_in=number)


def events_of(book: OrderBook) -> Sequence[dict[str, Any]]:
    """Return one outbox row for each change that has a topic."""
    return [_event(book, change) for change in book.changes if change.topic]


def _read(row: RowMapping) -> OutboxEvent:
    return OutboxEvent(
        seq=row["seq"],
        id=row["id"],
        topic=row["topic"],
        order=OrderKey.parse(row["order_key"]),
        at=row["at"],
        payload=row["payload"],
    )


def _event(book: OrderBook, change: Change) -> dict[str, Any]:
    row = book.row
    payload = {
        "id": change.id,
        "topic": change.topic,
        "order": str(row.key),
        "business_id": row.business_id,
        "at": change.at.isoformat(),
        "what": change.what,
        "before": change.before,
        "after": change.after,
        "stage": row.stage,
        "payment": {"state": row.payment, "total_fen": row.total_fen, "currency": row.currency},
        "parcels": [
            {"waybill": parcel.waybill, "carrier": parcel.carrier, "state": parcel.state}
            for parcel in book.parcels
        ],
    }
    return {
        "id": change.id,
        "topic": change.topic,
        "order_key": str(row.key),
        "at": change.at,
        "payload": payload,
    }
