"""Which of the platforms' messages have been taken in, by the platform's own id of the message."""

from datetime import timedelta

from sqlalchemy import Delete, bindparam, delete, select, tuple_

from oms.domain.ids import ShopKey
from oms.store.engine import Database
from oms.store.statements import once
from oms.store.tables import PushesRow, table_of

PUSHES = table_of(PushesRow)
REMEMBERED = timedelta(days=30)
"""Twice as long as the most patient platform repeats a message; later ones are taken in again, which is free."""
FORGOTTEN_AT_ONCE = 20
"""More than one for each that comes, so that no backlog stays; few, so that nobody waits for it."""


class Pushes:
    """The messages taken in."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._once = once(database, PUSHES)
        self._forget = _forgetting()

    def seen(self, shop: ShopKey, event_id: str) -> bool:
        """Tell whether a message was taken in before."""
        statement = select(PUSHES.c.at).where(PUSHES.c.shop_key == str(shop), PUSHES.c.event_id == event_id)
        with self._database.read() as connection:
            return connection.execute(statement).first() is not None

    def note(self, shop: ShopKey, event_id: str) -> None:
        """Remember a message that was taken in, and forget some that no platform repeats any more."""
        now = self._database.clock()
        row = {"shop_key": str(shop), "event_id": event_id, "at": now}
        with self._database.write() as connection:
            connection.execute(self._once, row)
            connection.execute(self._forget, {"oldest_kept": now - REMEMBERED})


def _forgetting() -> Delete:
    """Delete the oldest; what another process is just forgetting is left to it, so that nobody waits for anybody."""
    key = tuple_(PUSHES.c.shop_key, PUSHES.c.event_id)
    oldest = (
        select(PUSHES.c.shop_key, PUSHES.c.event_id)
        .where(PUSHES.c.at < bindparam("oldest_kept"))
        .order_by(PUSHES.c.at)
        .limit(FORGOTTEN_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return delete(PUSHES).where(key.in_(oldest))
