"""What lies in the warehouses, and what of it is promised to whom."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select

from oms.domain.ids import OrderKey, Sku
from oms.domain.model import Fact
from oms.domain.stock import Piece, StockAnswer
from oms.ports import StockLevel
from oms.store.engine import Database
from oms.store.reservations import Reservations
from oms.store.statements import Insert, once
from oms.store.tables import StockEventsRow, StockRow, StockWaitsRow, table_of

STOCK = table_of(StockRow)
WAITS = table_of(StockWaitsRow)
KEY = ["sku", "warehouse"]


class Level(Fact):
    """Pieces of a SKU in a warehouse: counted, and of these promised."""

    warehouse: str
    sku: Sku
    on_hand: int
    """Negative while a warehouse's reports arrive out of order."""
    reserved: int

    @property
    def available(self) -> int:
        """What can still be promised."""
        return max(self.on_hand - self.reserved, 0)


class Stock:
    """Stock per warehouse and SKU."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reservations = Reservations(database)
        self._count = _counting(database)
        self._add = _adding(database)
        self._remember = once(database, table_of(StockEventsRow))

    def reserve(self, order: OrderKey, pieces: Sequence[Piece], prefer: Sequence[str] = ()) -> StockAnswer:
        """Promise all the pieces or none; an order that holds pieces is answered with what it holds.

        An order told OutOfStock waits from then on (see `waiting`) until it is told Reserved, gives back
        or ends. Raises Unavailable when the database cannot answer now; asking again is harmless.
        """
        return self._reservations.reserve(order, pieces, prefer)

    def set_levels(self, levels: Iterable[StockLevel]) -> None:
        """Take a warehouse's count as it is; promises stay, even those the count no longer covers."""
        counts = {(level.sku, level.warehouse): level.on_hand for level in levels}
        if not counts:
            return
        rows = [
            {"sku": s, "warehouse": w, "on_hand": n, "reserved": 0} for (s, w), n in sorted(counts.items())
        ]
        with self._database.write() as connection:
            connection.execute(self._count, rows)

    def change(self, event_id: str, warehouse: str, sku: Sku, delta: int) -> bool:
        """Add a reported difference; False, and nothing happens, when this event was counted before."""
        with self._database.write() as connection:
            event = {"event_id": event_id, "at": self._database.clock()}
            if not connection.execute(self._remember, event).rowcount:
                return False
            row = {"sku": sku, "warehouse": warehouse, "on_hand": delta, "reserved": 0}
            connection.execute(self._add, row)
            return True

    def waiting(self, skus: Iterable[Sku]) -> list[OrderKey]:
        """List the orders that wait for one of these SKUs, those that wait longest first."""
        since = func.min(WAITS.c.since)
        statement = (
            select(WAITS.c.order_key)
            .where(WAITS.c.sku.in_(sorted(set(skus))))
            .group_by(WAITS.c.order_key)
            .order_by(since, WAITS.c.order_key)
        )
        with self._database.read() as connection:
            return [OrderKey.parse(key) for key in connection.execute(statement).scalars()]

    def levels(self, skus: Iterable[Sku] | None = None) -> tuple[Level, ...]:
        """List what is known of these SKUs (of all, for None), by SKU and warehouse."""
        statement = select(STOCK).order_by(STOCK.c.sku, STOCK.c.warehouse)
        if skus is not None:
            statement = statement.where(STOCK.c.sku.in_(sorted(set(skus))))
        with self._database.read() as connection:
            return tuple(Level(**row) for row in connection.execute(statement).mappings())


def _counting(database: Database) -> Insert:
    statement = database.insert(STOCK)
    counted = {"on_hand": statement.excluded.on_hand}
    return statement.on_conflict_do_update(index_elements=KEY, set_=counted)


def _adding(database: Database) -> Insert:
    statement = database.insert(STOCK)
    added = {"on_hand": STOCK.c.on_hand + statement.excluded.on_hand}
    return statement.on_conflict_do_update(index_elements=KEY, set_=added)
