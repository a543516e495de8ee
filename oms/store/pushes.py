"""Which of the platforms' messages have been taken in, by the platform's own id of the message."""

from datetime import timedelta

from sqlalchemy import delete, select

from oms.domain.ids import ShopKey
from oms.store.engine import Database
from oms.store.statements import once
from oms.store.tables import PushesRow, table_of

PUSHES = table_of(PushesRow)
REMEMBERED = timedelta(days=30)
"""Twice as long as the most patient platform repeats a message; later ones are taken in again, which is free."""


class Pushes:
    """The messages taken in."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._once = once(database, PUSHES)

    def seen(self, shop: ShopKey, event_id: str) -> bool:
        """Tell whether a message was taken in before."""
        statement = select(PUSHES.c.at).where(PUSHES.c.shop_key == str(shop), PUSHES.c.event_id == event_id)
        with self._database.read() as connection:
            return connection.execute(statement).first() is not None

    def note(self, shop: ShopKey, event_id: str) -> None:
        """Remember a message that was taken in."""
        row = {"shop_key": str(shop), "event_id": event_id, "at": self._database.clock()}
        with self._database.write() as connection:
            connection.execute(self._once, row)

    def forget(self) -> int:
        """Forget messages that no platform repeats any more; returns how many."""
        with self._database.write() as connection:
            old = PUSHES.c.at < self._database.clock() - REMEMBERED
            return connection.execute(delete(PUSHES).where(old)).rowcount
