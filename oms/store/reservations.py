"""Promise pieces to orders: never more than there are, and never one piece twice."""

from collections.abc import Sequence

from sqlalchemy import BindParameter, Connection, bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError

from oms.domain.errors import Unavailable
from oms.domain.ids import OrderKey, Sku
from oms.domain.stock import (
    Allocation,
    Availability,
    OutOfStock,
    Piece,
    Reserved,
    StockAnswer,
    demand_of,
    source,
)
from oms.store.engine import Database
from oms.store.statements import once
from oms.store.tables import ReservationsRow, StockRow, StockWaitsRow, table_of

STOCK = table_of(StockRow)
HELD = table_of(ReservationsRow)
WAITS = table_of(StockWaitsRow)

ATTEMPTS = 50
"""Each lost race means that somebody else won it; so many in a row means that the database is in trouble."""


class _LostRaceError(Exception):
    """Somebody took the pieces between looking and taking."""


class Reservations:
    """Who was promised what, and who waits; from many threads and processes at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        taken: BindParameter[int] = bindparam("pieces")
        here = STOCK.c.warehouse == bindparam("at_warehouse")
        self._take = (
            update(STOCK)
            .where(here, STOCK.c.sku == bindparam("of_sku"), STOCK.c.on_hand - STOCK.c.reserved >= taken)
            .values(reserved=STOCK.c.reserved + taken)
        )
        self._held = select(HELD).where(HELD.c.order_key == bindparam("of_order")).order_by(HELD.c.position)
        self._level = select(STOCK).where(STOCK.c.sku.in_(bindparam("skus", expanding=True)))
        self._hold = HELD.insert()
        self._waits = select(WAITS.c.sku, WAITS.c.since).where(WAITS.c.order_key == bindparam("of_order"))
        self._stop_waiting = delete(WAITS).where(WAITS.c.order_key == bindparam("of_order"))
        self._wait = once(database, WAITS)

    def reserve(self, order: OrderKey, pieces: Sequence[Piece], prefer: Sequence[str] = ()) -> StockAnswer:
        """Promise all the pieces or none; an order that holds pieces is answered with what it holds.

        An order told OutOfStock waits from then on (see `waiting`) until it is told Reserved, gives back
        or ends. Raises Unavailable when the database cannot answer now; asking again is harmless.
        """
        for _ in range(ATTEMPTS):
            try:
                with self._database.write() as connection:
                    answer, waits_newly = self._try(connection, str(order), pieces, prefer)
            except (_LostRaceError, IntegrityError):
                continue
            if not waits_newly:
                return answer
            # Goods may have come in after we looked and before we were on the list: look once more.
        raise Unavailable("the stock is too busy: ask again")

    def _try(
        self, connection: Connection, order_key: str, pieces: Sequence[Piece], prefer: Sequence[str]
    ) -> tuple[StockAnswer, bool]:
        held = self._what_is_held(connection, order_key)
        if held.allocations:
            return held, False
        skus = sorted({piece.sku for piece in pieces})
        rows = connection.execute(self._level, {"skus": skus}).all()
        levels = [
            Availability(warehouse=row.warehouse, sku=row.sku, available=max(row.on_hand - row.reserved, 0))
            for row in rows
        ]
        answer = source(pieces, levels, prefer)
        if isinstance(answer, OutOfStock):
            return answer, self._remember(connection, order_key, [sku for sku, _ in answer.missing])
        if isinstance(answer, Reserved) and answer.allocations:
            self._take_all(connection, order_key, answer.allocations)
        return answer, False

    def _what_is_held(self, connection: Connection, order_key: str) -> Reserved:
        taken: dict[str, list[Piece]] = {}
        for row in connection.execute(self._held, {"of_order": order_key}):
            piece = Piece(line=row.line, sku=row.sku, quantity=row.quantity)
            taken.setdefault(row.warehouse, []).append(piece)
        return Reserved(
            allocations=tuple(
                Allocation(warehouse=name, pieces=tuple(pieces)) for name, pieces in taken.items()
            )
        )

    def _take_all(self, connection: Connection, order_key: str, allocations: Sequence[Allocation]) -> None:
        """Take every piece. Raises _LostRaceError when one is gone; the transaction then takes nothing."""
        demands = sorted(
            (allocation.warehouse, sku, wanted)
            for allocation in allocations
            for sku, wanted in demand_of(allocation.pieces).items()
        )
        for warehouse, sku, wanted in demands:
            row = {"at_warehouse": warehouse, "of_sku": sku, "pieces": wanted}
            if connection.execute(self._take, row).rowcount != 1:
                raise _LostRaceError
        promised = [
            (allocation.warehouse, piece) for allocation in allocations for piece in allocation.pieces
        ]
        connection.execute(
            self._hold,
            [
                {"order_key": order_key, "warehouse": warehouse, "position": position, **piece.model_dump()}
                for position, (warehouse, piece) in enumerate(promised)
            ],
        )
        connection.execute(self._stop_waiting, {"of_order": order_key})

    def _remember(self, connection: Connection, order_key: str, skus: Sequence[Sku]) -> bool:
        """Put the order on the list of those who wait, in the place it had; tell whether that is news."""
        before = {row.sku: row.since for row in connection.execute(self._waits, {"of_order": order_key})}
        if set(before) == set(skus):
            return False
        since = min(before.values(), default=self._database.clock())
        connection.execute(self._stop_waiting, {"of_order": order_key})
        connection.execute(self._wait, [{"order_key": order_key, "sku": sku, "since": since} for sku in skus])
        return True
