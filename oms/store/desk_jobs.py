"""What the desk does in the background: kept in the database, so that any web process may take it over."""

import secrets
from datetime import timedelta
from enum import StrEnum
from typing import Any, Literal

from sqlalchemy import Select, and_, insert, or_, select, update

from oms.domain.model import Fact, Moment
from oms.store.engine import Database
from oms.store.tables import DeskJobsRow, table_of

JOBS = table_of(DeskJobsRow)
LOST_AFTER = timedelta(seconds=60)
"""A process that has not said for so long that it works at a job has died under it."""
MARK_BYTES = 4


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


UNDER_WAY = frozenset({JobState.WAITING, JobState.RUNNING})
Kind = Literal["backtest", "retry"]


class Job(Fact):
    """A job, as last written down."""

    id: str
    kind: Kind
    by: str
    made_at: Moment
    asked: dict[str, Any]
    state: JobState
    done: int
    total: int
    result: dict[str, Any]
    trouble: str
    holder: str
    beat_at: Moment | None
    ended_at: Moment | None

    @property
    def under_way(self) -> bool:
        """It is not over."""
        return self.state in UNDER_WAY

    @property
    def mark(self) -> str:
        """Change with everything that somebody looking at it would see."""
        return f"{self.state}-{self.done}-{self.total}"


class DeskJobs:
    """The jobs of all time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, kind: Kind, by: str, asked: dict[str, Any], text: str = "", holder: str = "") -> str:
        """Write a job down and return its id; with a holder, that one works at it already."""
        now = self._database.clock()
        name = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(MARK_BYTES)}"
        row = {
            "id": name, "kind": kind, "by": by, "made_at": now, "asked": asked, "text": text,
            "state": JobState.RUNNING if holder else JobState.WAITING, "done": 0, "total": 0, "result": {},
            "trouble": "", "holder": holder, "beat_at": now if holder else None, "ended_at": None,
        }  # fmt: skip
        with self._database.write() as connection:
            connection.execute(insert(JOBS).values(**row))
        return name

    def get(self, name: str) -> Job | None:
        """Return a job; None for one that there is not."""
        with self._database.read() as connection:
            row = connection.execute(_rows().where(JOBS.c.id == name)).mappings().one_or_none()
        return None if row is None else Job(**row)

    def text(self, name: str) -> str:
        """Return the file that came with a job; empty for none."""
        with self._database.read() as connection:
            found = connection.execute(select(JOBS.c.text).where(JOBS.c.id == name))
            return found.scalar_one_or_none() or ""

    def list(self, kind: Kind, limit: int = 20) -> tuple[Job, ...]:
        """Return the jobs of a kind, the newest first."""
        statement = _rows().where(JOBS.c.kind == kind).order_by(JOBS.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            return tuple(Job(**row) for row in connection.execute(statement).mappings())

    def claim(self, kind: Kind, holder: str) -> Job | None:
        """Take the oldest job that nobody works at, also one whose holder has died; None when there is none."""
        now = self._database.clock()
        lost = and_(JOBS.c.state == JobState.RUNNING, JOBS.c.beat_at < now - LOST_AFTER)
        free = or_(JOBS.c.state == JobState.WAITING, lost)
        with self._database.read() as connection:
            name = connection.execute(
                select(JOBS.c.id)
                .where(JOBS.c.state.in_(UNDER_WAY), JOBS.c.kind == kind, free)
                .order_by(JOBS.c.id)
                .limit(1)
            ).scalar_one_or_none()
        if name is None:
            return None
        taken = {"state": JobState.RUNNING, "holder": holder, "beat_at": now}
        with self._database.write() as connection:
            won = connection.execute(update(JOBS).where(JOBS.c.id == name, free).values(**taken)).rowcount
        return self.get(name) if won else None

    def beat(self, name: str, holder: str, done: int, total: int) -> bool:
        """Say that one works at a job, and how far it is; False when another one has taken it over."""
        return self._set(name, holder, done=done, total=total, beat_at=self._database.clock())

    def finish(self, name: str, holder: str, result: dict[str, Any]) -> bool:
        """Write down what came of it; False when another one has taken it over."""
        return self._end(name, holder, JobState.DONE, {"result": result})

    def fail(self, name: str, holder: str, trouble: str, result: dict[str, Any]) -> bool:
        """Write down why it could not be brought to its end, and what was done until then."""
        return self._end(name, holder, JobState.FAILED, {"trouble": trouble, "result": result})

    def give_back(self, name: str, holder: str) -> bool:
        """Let another process work at it: this one ends."""
        return self._set(name, holder, state=JobState.WAITING, holder="", beat_at=None)

    def _end(self, name: str, holder: str, state: JobState, more: dict[str, Any]) -> bool:
        return self._set(name, holder, state=state, holder="", ended_at=self._database.clock(), **more)

    def _set(self, name: str, held_by: str, /, **values: Any) -> bool:
        mine = and_(JOBS.c.id == name, JOBS.c.holder == held_by, JOBS.c.state == JobState.RUNNING)
        with self._database.write() as connection:
            return connection.execute(update(JOBS).where(mine).values(**values)).rowcount == 1


def _rows() -> Select[Any]:
    return select(*(JOBS.c[name] for name in Job.model_fields))
