"""Audit events with a rule behind them, over a stretch of time, and the way of the orders they concern."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, case, func, literal_column, or_, select

from oms.domain.ruled import RuledEvent, ShopOrders
from oms.store.engine import Database
from oms.store.tables import AuditRow, OrdersRow, table_of

AUDIT, ORDERS = table_of(AuditRow), table_of(OrdersRow)
COLUMNS = [AUDIT.c.order_key, *(AUDIT.c[name] for name in RuledEvent._fields[1:])]
NOTHING: ColumnElement[str] = literal_column("''")
"""Written out, not bound: only then do databases take the index of the few events that have a rule."""
AT_ONCE = 500
"""Orders asked for in one statement."""


class RuledEvents:
    """What the violation report reads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ruled = (
            select(*COLUMNS)
            .where(AUDIT.c.rule != NOTHING, AUDIT.c.at >= bindparam("since"), AUDIT.c.at < bindparam("until"))
            .where(AUDIT.c.what.in_(bindparam("whats", expanding=True)))
        )
        self._way = (
            select(*COLUMNS)
            .where(AUDIT.c.order_key.in_(bindparam("orders", expanding=True)))
            .where(AUDIT.c.what.in_(bindparam("whats", expanding=True)))
        )

    def ruled(self, since: datetime, until: datetime, whats: Sequence[str]) -> list[RuledEvent]:
        """Return the events of these kinds with a rule behind them, from `since` on and before `until`."""
        wanted = {"since": since, "until": until, "whats": [*whats]}
        with self._database.read() as connection:
            return [RuledEvent(*row) for row in connection.execute(self._ruled, wanted)]

    def ways(self, orders: Sequence[str], whats: Sequence[str]) -> Iterator[list[RuledEvent]]:
        """Give all events of these kinds of some orders, whatever their time, a batch of orders after the other."""
        for start in range(0, len(orders), AT_ONCE):
            some = [*orders[start : start + AT_ONCE]]
            with self._database.read() as connection:
                found = connection.execute(self._way, {"orders": some, "whats": [*whats]}).all()
            yield [RuledEvent(*row) for row in found]

    def orders(self, since: datetime, until: datetime) -> tuple[ShopOrders, ...]:
        """Count the orders under way, and those created, from `since` on and before `until`, shop by shop."""
        created = func.sum(case((ORDERS.c.created_at >= since, 1), else_=0))
        statement = (
            select(ORDERS.c.channel, ORDERS.c.shop, func.count(), created)
            .where(ORDERS.c.created_at < until, or_(ORDERS.c.ended_at.is_(None), ORDERS.c.ended_at >= since))
            .group_by(ORDERS.c.channel, ORDERS.c.shop)
            .order_by(ORDERS.c.channel, ORDERS.c.shop)
        )
        with self._database.read() as connection:
            return tuple(ShopOrders(*row) for row in connection.execute(statement))
