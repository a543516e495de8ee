"""Find orders by what somebody has in hand: a number, a business id, a waybill, or the beginning of one."""

from sqlalchemy import ColumnElement, Connection, and_, literal, or_, select

from oms.domain.ids import OrderKey
from oms.store.engine import Database
from oms.store.tables import OrdersRow, ParcelsRow, table_of

ORDERS, PARCELS = table_of(OrdersRow), table_of(ParcelsRow)
LOOKED_AT = 200
"""So many orders may begin alike; whoever has more of them types one more character."""
BEYOND = "\U0010ffff"
"""Comes after everything that can follow a beginning."""


class OrderSearch:
    """Looks texts up as they are: a quote, a percent sign or an underscore stands for itself."""

    def __init__(self, database: Database) -> None:
        self._is_sqlite = database.is_sqlite

    def keys(self, connection: Connection, text: str) -> tuple[tuple[str, ...], bool]:
        """Return the keys of the orders that a text can mean, and whether there are more than were looked at."""
        exact = self._exact(connection, text)
        if exact:
            return exact, False
        spellings = dict.fromkeys((text, text.upper()))
        found: dict[str, None] = {}
        for column in (ORDERS.c.number, ORDERS.c.business_id, PARCELS.c.waybill):
            for spelling in spellings:
                statement = select(column.table.c.order_key).where(self._begins(column, spelling))
                found |= dict.fromkeys(connection.execute(statement.limit(LOOKED_AT + 1)).scalars())
        return tuple(found)[:LOOKED_AT], len(found) > LOOKED_AT

    def _exact(self, connection: Connection, text: str) -> tuple[str, ...]:
        """Return the orders that are called exactly so; a delivery order is called after its order's business id."""
        try:
            return (str(OrderKey.parse(text)),)
        except ValueError:
            pass
        names = {text, text.upper(), text.upper().rpartition("-")[0] or text}
        called = select(ORDERS.c.order_key).where(
            or_(ORDERS.c.number == text, ORDERS.c.business_id.in_(names))
        )
        boxed = select(PARCELS.c.order_key).where(PARCELS.c.waybill.in_({text, text.upper()}))
        found = [*connection.execute(called.limit(LOOKED_AT)).scalars()]
        found += connection.execute(boxed.limit(LOOKED_AT)).scalars()
        return tuple(dict.fromkeys(found))

    def _begins(self, column: ColumnElement[str], text: str) -> ColumnElement[bool]:
        """Compare byte by byte: PostgreSQL's usual comparison follows a language and no index of beginnings."""
        least, beyond = literal(text), literal(text + BEYOND)
        if self._is_sqlite:
            return and_(column >= least, column < beyond)
        return and_(column.bool_op("~>=~")(least), column.bool_op("~<~")(beyond))
