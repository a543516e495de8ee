"""How often something that may be guessed was tried: counted in the database, for all processes together."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import case, delete

from oms.store.engine import Database
from oms.store.tables import AttemptsRow, table_of

ATTEMPTS = table_of(AttemptsRow)
FORGOTTEN_AFTER = timedelta(days=2)


class Attempts:
    """Counters by a text that says who tries at what; only its digest is kept, for it may hold an address."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tried(self, what: str, now: datetime, window: timedelta) -> int:
        """Count one more try; return how many there were within the window, this one included.

        The window begins with the first try. Two processes that count at the same time count two.
        """
        table, fresh = ATTEMPTS, ATTEMPTS.c.since <= now - window
        row = {"digest": _digest(what), "tried": 1, "since": now}
        statement = (
            self._database.insert(table)
            .values(row)
            .on_conflict_do_update(
                index_elements=[table.c.digest],
                set_={
                    "tried": case((fresh, 1), else_=table.c.tried + 1),
                    "since": case((fresh, now), else_=table.c.since),
                },
            )
            .returning(table.c.tried)
        )
        with self._database.write() as connection:
            return int(connection.execute(statement).scalar_one())

    def forget(self, what: str, now: datetime) -> None:
        """Begin anew with this one, for it went well; and let go of what nobody tried for days."""
        old = ATTEMPTS.c.since < now - FORGOTTEN_AFTER
        with self._database.write() as connection:
            connection.execute(delete(ATTEMPTS).where((ATTEMPTS.c.digest == _digest(what)) | old))


def _digest(what: str) -> str:
    return hashlib.sha256(what.encode()).hexdigest()
