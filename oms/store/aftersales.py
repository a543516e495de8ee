"""After-sales: what a case writes down at one moment, in one transaction; and looking at them."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, or_, select

from oms.domain.aftersale import RUN_MARK, AfterSaleStatus
from oms.domain.aftersales.book import AfterSaleBook, AfterSaleRow, GoodsMove, run_of
from oms.domain.book import Change
from oms.domain.ids import OrderKey, Sku
from oms.store.case_parcels import CASE_PARCELS, rows_of
from oms.store.engine import Database
from oms.store.outbox import announcing
from oms.store.statements import Insert, newest_wins, once
from oms.store.tables import (
    AfterSalesRow,
    AuditRow,
    DamagedStockRow,
    StockEventsRow,
    StockRow,
    table_of,
)

CASES = table_of(AfterSalesRow)
DAMAGED = table_of(DamagedStockRow)
STOCK = table_of(StockRow)
AUDIT = table_of(AuditRow)
COLUMNS = [CASES.c[name] for name in AfterSaleRow.model_fields if name != "order"]
CHANGE_COLUMNS = [AUDIT.c[name] for name in Change.model_fields]
PROMISED = (
    AfterSaleStatus.APPROVED,
    AfterSaleStatus.RETURNING,
    AfterSaleStatus.RECEIVED,
    AfterSaleStatus.REFUNDED,
)
"""A case in one of these has given its money back, or is going to."""
NO_MONEY = ("exchange", "resend")


class AfterSales:
    """The read model of cases, and the one way into it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._put_row = newest_wins(database, CASES, "seq")
        self._put_change = once(database, AUDIT)
        self._announce = announcing(database)
        self._put_parcel = once(database, CASE_PARCELS)
        self._remember = once(database, table_of(StockEventsRow))
        self._add_good = _adding(database, STOCK, "on_hand")
        self._add_damaged = _adding(database, DAMAGED, "pieces")

    def commit(self, book: AfterSaleBook) -> None:
        """Write a book down: row, audit, outbox and goods together; writing it twice writes it once.

        Raises Unavailable when the database cannot answer now; then nothing was written.
        """
        with self._database.write() as connection:
            connection.execute(self._put_row, _row_values(book.row))
            if book.changes:
                place = {"order_key": f"aftersale:{book.row.key}"}
                connection.execute(self._put_change, [change.model_dump() | place for change in book.changes])
            events = [_event(book.row, change) for change in book.changes if change.topic]
            if events:
                connection.execute(self._announce, events)
            self._move(connection, book.goods)
            if book.parcels:
                connection.execute(self._put_parcel, rows_of(book.row, book.parcels))

    def take_goods(self, moves: Iterable[GoodsMove]) -> None:
        """Count goods that came in for a case that has ended; counted twice, they count once."""
        with self._database.write() as connection:
            self._move(connection, moves)

    def _move(self, connection: Connection, moves: Iterable[GoodsMove]) -> None:
        for move in sorted(moves, key=lambda move: (move.sku, move.warehouse, move.id)):
            event = {"event_id": move.id, "at": self._database.clock()}
            if not connection.execute(self._remember, event).rowcount:
                continue
            where = {"sku": move.sku, "warehouse": move.warehouse}
            if move.condition == "damaged":
                connection.execute(self._add_damaged, where | {"pieces": move.pieces})
            else:
                connection.execute(self._add_good, where | {"on_hand": move.pieces, "reserved": 0})

    def get(self, key: str) -> AfterSaleRow | None:
        """Return a case by `channel:shop:id`; None when nothing is known of it."""
        return self._one(_rows().where(CASES.c.key == key))

    def by_id(self, case_id: str) -> tuple[AfterSaleRow, ...]:
        """Return the cases that their platforms call so: one, unless two shops use the same number."""
        return self._all(_rows().where(CASES.c.case_id == case_id).order_by(CASES.c.key))

    def last_run(self, order: OrderKey, case_id: str) -> AfterSaleRow | None:
        """Return the last run of a case that its platform calls so; None when nothing is known of it."""
        key = f"{order.channel}:{order.shop}:{case_id}"
        found = _rows().where(or_(CASES.c.key == key, CASES.c.key.like(f"{key}{RUN_MARK}%")))
        runs = [row for row in self._all(found) if row.case_id == case_id]
        return max(runs, key=lambda row: run_of(row.key), default=None)

    def by_code(self, code: str) -> AfterSaleRow | None:
        """Return the case of a code that a warehouse was given: of a return, or of what was sent once more."""
        if not code:
            return None
        return self._one(
            _rows().where(or_(CASES.c.return_code == code, CASES.c.delivery_code == code)).limit(1)
        )

    def by_waybill(self, waybill: str) -> AfterSaleRow | None:
        """Return the case whose goods come back under a waybill; of several, the one opened last."""
        statement = _rows().where(CASES.c.waybill == waybill, CASES.c.waybill != "")
        return self._one(statement.order_by(CASES.c.opened_at.desc(), CASES.c.key).limit(1))

    def of_order(self, order: OrderKey) -> tuple[AfterSaleRow, ...]:
        """Return an order's cases, oldest first."""
        statement = _rows().where(CASES.c.order_key == str(order)).order_by(CASES.c.opened_at, CASES.c.key)
        return self._all(statement)

    def list(
        self, *, status: str | None = None, open_only: bool = False, held: bool = False, limit: int = 50
    ) -> tuple[AfterSaleRow, ...]:
        """Return cases, newest first: of a status, only those not ended, only those that wait for a person."""
        statement = _rows()
        if status:
            statement = statement.where(CASES.c.status == status)
        if open_only:
            statement = statement.where(CASES.c.ended_at.is_(None))
        if held:
            statement = statement.where(CASES.c.held != "")
        return self._all(statement.order_by(CASES.c.opened_at.desc(), CASES.c.key).limit(limit))

    def counts_by_status(self) -> Mapping[str, int]:
        """Count the cases of each status that has any."""
        statement = select(CASES.c.status, func.count()).group_by(CASES.c.status)
        with self._database.read() as connection:
            return dict(connection.execute(statement).all())

    def given_back(self, order: OrderKey, but: str) -> int:
        """Add up, in fen, what an order's other cases gave back or are going to."""
        total = func.coalesce(func.sum(CASES.c.refund_fen), 0)
        statement = select(total).where(
            CASES.c.order_key == str(order), CASES.c.key != but, CASES.c.status.in_(PROMISED),
            CASES.c.kind.not_in(NO_MONEY),
        )  # fmt: skip
        with self._database.read() as connection:
            return int(connection.execute(statement).scalar_one())

    def timeline(self, key: str) -> tuple[Change, ...]:
        """Return every change of a case, oldest first."""
        statement = select(*CHANGE_COLUMNS).where(AUDIT.c.order_key == f"aftersale:{key}")
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(AUDIT.c.seq)).mappings()
            return tuple(Change(**row) for row in rows)

    def damaged(self) -> Mapping[tuple[str, Sku], int]:
        """Count the damaged pieces that lie in each warehouse, by warehouse and SKU."""
        statement = select(DAMAGED.c.warehouse, DAMAGED.c.sku, DAMAGED.c.pieces)
        with self._database.read() as connection:
            return {(row.warehouse, Sku(row.sku)): row.pieces for row in connection.execute(statement)}

    def _one(self, statement: Select[Any]) -> AfterSaleRow | None:
        with self._database.read() as connection:
            row = connection.execute(statement).mappings().one_or_none()
        return _case(row) if row is not None else None

    def _all(self, statement: Select[Any]) -> tuple[AfterSaleRow, ...]:
        with self._database.read() as connection:
            return tuple(_case(row) for row in connection.execute(statement).mappings())


def _rows() -> Select[Any]:
    return select(CASES.c.order_key, *COLUMNS)


def _case(row: RowMapping) -> AfterSaleRow:
    fields = {name: value for name, value in row.items() if name != "order_key"}
    return AfterSaleRow(order=OrderKey.parse(row["order_key"]), **fields)


def _row_values(row: AfterSaleRow) -> dict[str, Any]:
    return {**row.model_dump(exclude={"order"}), "order_key": str(row.order)}


def _event(row: AfterSaleRow, change: Change) -> dict[str, Any]:
    """Tell subscribers of a case, in line with everything else of its order."""
    payload = {
        "id": change.id,
        "topic": change.topic,
        "order": str(row.order),
        "business_id": row.business_id,
        "at": change.at.isoformat(),
        "what": change.what,
        "before": change.before,
        "after": change.after,
        "after_sale": {
            "id": row.case_id,
            "kind": row.kind,
            "status": change.after,
            "line": row.line,
            "quantity": row.quantity,
            "refund_fen": row.refund_fen,
        },
    }
    return {
        "id": change.id,
        "topic": change.topic,
        "order_key": str(row.order),
        "at": change.at,
        "payload": payload,
    }


def _adding(database: Database, table: Any, column: str) -> Insert:
    statement = database.insert(table)
    added = {column: table.c[column] + statement.excluded[column]}
    return statement.on_conflict_do_update(index_elements=["sku", "warehouse"], set_=added)
