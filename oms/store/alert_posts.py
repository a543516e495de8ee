"""What people must hear of alerts: written first, sent then; together when there is too much of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, delete, or_, select, update

from oms.domain.model import Fact, Moment
from oms.store.engine import Database
from oms.store.statements import once
from oms.store.tables import AlertPaceRow, AlertPostsRow, table_of

POSTS, PACE = table_of(AlertPostsRow), table_of(AlertPaceRow)
MINUTE = timedelta(minutes=1)
"""Real time, whatever the pace: a person reads no faster."""
LOST_AFTER = timedelta(minutes=3)
"""Whoever took posts and did not say for so long that they are sent has died under them."""


class Post(Fact):
    """One alert's word to one person."""

    id: str
    person: str
    key: str
    kind: str
    shop: str
    severity: str
    word: str
    title: str
    text: str
    written_at: Moment


class Written(NamedTuple):
    """What became of a post that was to be written."""

    first: bool
    """It was not there before."""
    way: str
    """By which it was sent already; empty: it was not."""


class AlertPosts:
    """The posts of all people."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._put, self._put_pace = once(database, POSTS), once(database, PACE)

    def write(self, post: Post) -> Written:
        """Write a post unless it is there."""
        row = {**post.model_dump(), "batch": "", "claimed_at": None, "sent_at": None, "way": ""}
        with self._database.write() as connection:
            if connection.execute(self._put, row).rowcount == 1:
                return Written(first=True, way="")
            found = select(POSTS.c.way).where(POSTS.c.id == post.id)
            return Written(first=False, way=connection.execute(found).scalar_one_or_none() or "")

    def claim_turn(self, person: str, most: int, at: datetime) -> datetime | None:
        """Take one of a person's turns of this minute; else return when the next one comes.

        Looks before it writes: in a storm thousands ask and few get one.
        """
        with self._database.read() as connection:
            seen = connection.execute(select(PACE.c.sent).where(PACE.c.person == person)).first()
        if seen is not None and (free_at := _free_at(seen.sent, most, at)) is not None:
            return free_at
        with self._database.write() as connection:
            connection.execute(self._put_pace, {"person": person, "sent": [], "version": 0})
            row = connection.execute(select(PACE).where(PACE.c.person == person)).mappings().one()
            free_at = _free_at(row["sent"], most, at)
            if free_at is not None:
                return free_at
            marks = [*(sent.isoformat() for sent in _recent(row["sent"], at)), at.isoformat()]
            turn = update(PACE).where(PACE.c.person == person, PACE.c.version == row["version"])
            taken = connection.execute(turn.values(sent=marks, version=row["version"] + 1)).rowcount
        return None if taken == 1 else at + timedelta(seconds=1)

    def give_back(self, person: str, at: datetime) -> None:
        """Give a turn back that was not used: nothing was sent."""
        with self._database.write() as connection:
            row = connection.execute(select(PACE).where(PACE.c.person == person)).mappings().one()
            marks = list(row["sent"])
            if at.isoformat() in marks:
                marks.remove(at.isoformat())
            turn = update(PACE).where(PACE.c.person == person, PACE.c.version == row["version"])
            connection.execute(turn.values(sent=marks, version=row["version"] + 1))

    def take(self, person: str, batch: str, at: datetime) -> Sequence[Post]:
        """Take everything that waits for a person, the oldest first; nobody else sends it meanwhile."""
        free = or_(POSTS.c.batch == "", POSTS.c.claimed_at < at - LOST_AFTER)
        waiting = and_(POSTS.c.person == person, POSTS.c.sent_at.is_(None), free)
        mine = select(*(POSTS.c[name] for name in Post.model_fields)).where(POSTS.c.batch == batch)
        with self._database.write() as connection:
            connection.execute(update(POSTS).where(waiting).values(batch=batch, claimed_at=at))
            rows = connection.execute(mine.order_by(POSTS.c.written_at, POSTS.c.id)).mappings().all()
        return tuple(Post(**row) for row in rows)

    def sent(self, batch: str, way: str, at: datetime) -> None:
        """Remember that what was taken has reached its person."""
        self._settle(batch, {"sent_at": at, "way": way})

    def sent_alone(self, post: str, way: str, at: datetime) -> None:
        """Remember that one post has reached its person."""
        with self._database.write() as connection:
            connection.execute(update(POSTS).where(POSTS.c.id == post).values(sent_at=at, way=way))

    def release(self, batch: str) -> None:
        """Put back what was taken and could not be sent."""
        self._settle(batch, {"batch": "", "claimed_at": None})

    def withdraw(self, keys: Sequence[str], words: Sequence[str]) -> None:
        """Forget what nobody has heard and nobody needs to hear any more."""
        which = (POSTS.c.key.in_(keys), POSTS.c.word.in_(words), POSTS.c.sent_at.is_(None))
        with self._database.write() as connection:
            connection.execute(delete(POSTS).where(*which, POSTS.c.batch == ""))

    def prune(self, before: datetime) -> int:
        """Forget what was sent before that time; returns how many posts that were."""
        with self._database.write() as connection:
            return connection.execute(delete(POSTS).where(POSTS.c.sent_at < before)).rowcount

    def _settle(self, batch: str, values: dict[str, Any]) -> None:
        with self._database.write() as connection:
            connection.execute(update(POSTS).where(POSTS.c.batch == batch).values(**values))


def _recent(marks: Sequence[str], at: datetime) -> list[datetime]:
    return sorted(sent for sent in map(datetime.fromisoformat, marks) if sent > at - MINUTE)


def _free_at(marks: Sequence[str], most: int, at: datetime) -> datetime | None:
    recent = _recent(marks, at)
    return recent[-most] + MINUTE if len(recent) >= most else None
