"""What people were told, so that they are told once."""

from sqlalchemy import delete, select

from oms.domain.model import Moment
from oms.ports import Notice
from oms.store.engine import Database
from oms.store.statements import once
from oms.store.tables import NoticesRow, table_of

NOTICES = table_of(NoticesRow)


class Told(Notice):
    """A notice and when it was given out."""

    at: Moment


class SentNotices:
    """The notices given out."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._put = once(database, NOTICES)

    def first_time(self, notice_id: str, notice: Notice) -> bool:
        """Write a notice down; False when one of this id was given out before."""
        row = {**notice.model_dump(), "id": notice_id, "at": self._database.clock()}
        with self._database.write() as connection:
            return connection.execute(self._put, row).rowcount == 1

    def forget(self, notice_id: str) -> None:
        """Take a notice back that could not be given out after all, so that the next attempt is the first."""
        with self._database.write() as connection:
            connection.execute(delete(NOTICES).where(NOTICES.c.id == notice_id))

    def recent(self, limit: int = 100) -> tuple[Told, ...]:
        """Return the notices given out last, newest first."""
        statement = select(NOTICES).order_by(NOTICES.c.at.desc(), NOTICES.c.id).limit(limit)
        with self._database.read() as connection:
            return tuple(Told(**row) for row in connection.execute(statement).mappings())
