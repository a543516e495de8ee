"""Who is signed in, in which browser; ends by itself when nobody comes, and in any case after a while."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, insert, select, update

from oms.domain.model import Fact
from oms.store.engine import Database
from oms.store.people import PEOPLE, Account, account_of
from oms.store.tables import WebSessionsRow, table_of

SESSIONS = table_of(WebSessionsRow)
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is noted when a browser came last; a write per call would be one too many."""


class Lasting(Fact):
    """How long a session lasts."""

    idle: timedelta = timedelta(hours=1)
    longest: timedelta = timedelta(hours=12)


class WebSessions:
    """The sessions; of a token only its digest is kept, so that nobody signs in with what stands here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, person_key: str, now: datetime) -> str:
        """Sign somebody in; return the token for their browser."""
        token = secrets.token_urlsafe(32)
        row = {"digest": _digest(token), "person_key": person_key, "begun_at": now, "seen_at": now}
        with self._database.write() as connection:
            connection.execute(insert(SESSIONS), row)
        return token

    def person(self, token: str, now: datetime, lasting: Lasting, *, renew: bool = True) -> Account | None:
        """Return whose the token is; None when it is nobody's, is over, or its person was disabled.

        `renew`: somebody is there, so the session goes on; a page that refreshes itself does not renew.
        """
        statement = (
            select(PEOPLE, SESSIONS.c.seen_at)
            .join(SESSIONS, SESSIONS.c.person_key == PEOPLE.c.key)
            .where(SESSIONS.c.digest == _digest(token), PEOPLE.c.disabled_at.is_(None), _lasts(now, lasting))
        )
        with self._database.read() as connection:
            found = connection.execute(statement).mappings().first()
        if found is None:
            return None
        if renew and found["seen_at"] <= now - SEEN_EVERY:
            self._seen(token, now)
        return account_of(found)

    def end(self, token: str) -> None:
        """Sign out in this browser."""
        with self._database.write() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.digest == _digest(token)))

    def end_all(self, person_key: str, but: str = "") -> int:
        """Sign somebody out everywhere (but where that token is); return in how many browsers."""
        others = and_(SESSIONS.c.person_key == person_key, SESSIONS.c.digest != _digest(but))
        with self._database.write() as connection:
            return connection.execute(delete(SESSIONS).where(others)).rowcount

    def sweep(self, now: datetime, lasting: Lasting) -> int:
        """Let go of the sessions that are over; return how many there were."""
        with self._database.write() as connection:
            return connection.execute(delete(SESSIONS).where(~_lasts(now, lasting))).rowcount

    def _seen(self, token: str, now: datetime) -> None:
        statement = update(SESSIONS).where(SESSIONS.c.digest == _digest(token), SESSIONS.c.seen_at < now)
        with self._database.write() as connection:
            connection.execute(statement.values(seen_at=now))


def _lasts(now: datetime, lasting: Lasting) -> ColumnElement[bool]:
    return and_(SESSIONS.c.seen_at > now - lasting.idle, SESSIONS.c.begun_at > now - lasting.longest)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
