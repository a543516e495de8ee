"""What becomes of reserved pieces, inside the transaction that says why."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, delete, update

from oms.domain.book import StockMove, StockMoveKind
from oms.store.engine import Database
from oms.store.tables import ReservationsRow, StockRow, StockWaitsRow, table_of

STOCK = table_of(StockRow)
HELD = table_of(ReservationsRow)
WAITS = table_of(StockWaitsRow)


class StockMoves:
    """Gives reserved pieces back or lets them go; an order that holds nothing moves nothing."""

    def __init__(self, database: Database) -> None:
        del database  # the same statements on both
        of_order = HELD.c.order_key == bindparam("of_order")
        released = delete(HELD).where(of_order).returning(HELD.c.warehouse, HELD.c.sku, HELD.c.quantity)
        self._release_all = released
        self._release_one = released.where(HELD.c.warehouse == bindparam("of_warehouse"))
        here = (STOCK.c.warehouse == bindparam("at_warehouse"), STOCK.c.sku == bindparam("of_sku"))
        promised_less = {STOCK.c.reserved: STOCK.c.reserved - bindparam("pieces")}
        fewer = {**promised_less, STOCK.c.on_hand: STOCK.c.on_hand - bindparam("pieces")}
        self._by_kind = {
            StockMoveKind.GIVE_BACK: update(STOCK).where(*here).values(promised_less),
            StockMoveKind.CONSUME: update(STOCK).where(*here).values(fewer),
        }
        self._stop_waiting = delete(WAITS).where(WAITS.c.order_key == bindparam("of_order"))

    def make(self, connection: Connection, order_key: str, moves: Iterable[StockMove]) -> None:
        """Make the moves; harmless when they were made before."""
        for move in moves:
            self._make(connection, order_key, move)

    def _make(self, connection: Connection, order_key: str, move: StockMove) -> None:
        if move.warehouse:
            chosen = {"of_order": order_key, "of_warehouse": move.warehouse}
            released = connection.execute(self._release_one, chosen)
        else:
            released = connection.execute(self._release_all, {"of_order": order_key})
            if move.kind is StockMoveKind.GIVE_BACK:
                connection.execute(self._stop_waiting, {"of_order": order_key})
        pieces: dict[tuple[str, str], int] = defaultdict(int)
        for warehouse, sku, quantity in released:
            pieces[warehouse, sku] += quantity
        if pieces:
            # In one order for everybody, so that two transactions never wait for each other.
            rows = [{"at_warehouse": w, "of_sku": s, "pieces": n} for (w, s), n in sorted(pieces.items())]
            connection.execute(self._by_kind[move.kind], rows)
