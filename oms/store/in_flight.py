"""The orders under way, page by page, for whoever has a word for many of them."""

from collections.abc import Mapping

from sqlalchemy import func, select

from oms.domain.ids import OrderKey, ShopKey
from oms.store.engine import Database
from oms.store.tables import OrdersRow, table_of

ORDERS = table_of(OrdersRow)
UNDER_WAY = ORDERS.c.ended_at.is_(None)


class InFlight:
    """The unfinished orders of the read model."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def after(self, cursor: str, limit: int) -> tuple[OrderKey, ...]:
        """Return unfinished orders whose key, as text, comes after the cursor; in the order of their keys.

        An order that begins meanwhile may be passed by; one that was there is not.
        """
        key = ORDERS.c.order_key
        statement = select(key).where(UNDER_WAY, key > cursor).order_by(key).limit(limit)
        with self._database.read() as connection:
            return tuple(OrderKey.parse(found) for found in connection.execute(statement).scalars())

    def by_shop(self) -> Mapping[ShopKey, int]:
        """Count the unfinished orders of each shop that has any."""
        shop = (ORDERS.c.channel, ORDERS.c.shop)
        statement = select(*shop, func.count()).where(UNDER_WAY).group_by(*shop)
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        return {ShopKey(channel=channel, shop=name): count for channel, name, count in rows}
