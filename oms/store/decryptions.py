"""Nobody reads personal data unseen: who, whose, what for, when."""

from sqlalchemy import Connection, insert, select

from oms.domain.model import Fact, Moment
from oms.store.engine import Database
from oms.store.tables import DecryptLogRow, table_of

LOG = table_of(DecryptLogRow)


class Decryption(Fact):
    """One look at personal data."""

    at: Moment
    who: str
    subject: str
    """The order, or the inbox row, that was opened."""
    purpose: str


class Decryptions:
    """The log of all of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = insert(LOG)

    def note(self, connection: Connection, *, who: str, subject: str, purpose: str) -> None:
        """Write one down, in the transaction that reads."""
        entry = {"at": self._database.clock(), "who": who, "subject": subject, "purpose": purpose}
        connection.execute(self._insert, entry)

    def announce(self, *, who: str, subject: str, purpose: str) -> None:
        """Write one down that is about to happen elsewhere, such as at the platform that reveals it."""
        with self._database.write() as connection:
            self.note(connection, who=who, subject=subject, purpose=purpose)

    def of(self, subject: str) -> tuple[Decryption, ...]:
        """List who looked at this order or inbox row, oldest first."""
        statement = select(LOG.c.at, LOG.c.who, LOG.c.subject, LOG.c.purpose)
        statement = statement.where(LOG.c.subject == subject).order_by(LOG.c.id)
        with self._database.read() as connection:
            return tuple(Decryption(**row) for row in connection.execute(statement).mappings())
