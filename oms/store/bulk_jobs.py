"""What people ask of many orders at once: kept before the first is asked, so that no process has to live to the end."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update

from oms.domain.desk_requests import Ask
from oms.domain.ids import OrderKey
from oms.domain.model import Fact, Moment
from oms.store.engine import Database
from oms.store.statements import once
from oms.store.tables import BulkItemsRow, BulkJobsRow, table_of

JOBS = table_of(BulkJobsRow)
ITEMS = table_of(BulkItemsRow)


class Fate(StrEnum):
    """What became of one order of a selection."""

    WAITING = "waiting"
    ASKED = "asked"
    """Its answer is not known yet; asked again under the same name, it does nothing twice."""
    DONE = "done"
    REFUSED = "refused"
    CHANGED = "changed"
    """It was not asked: it is not where it was when the person saw it."""
    GONE = "gone"
    UNANSWERED = "unanswered"
    """Nobody answered for it for too long: whether it was done is not known."""
    STOPPED = "stopped"


OPEN = (Fate.WAITING, Fate.ASKED)


class BulkJob(Fact):
    """One selection, what is asked of it, and how it stands."""

    id: str
    by: str
    ask: Ask
    hold: str = ""
    why: str
    made_at: Moment
    stopped_by: str = ""
    trouble: str = ""
    ended_at: Moment | None = None


class BulkItem(Fact):
    """One order of a selection."""

    order: OrderKey
    stood: str
    fate: Fate = Fate.WAITING
    words: str = ""
    settled_at: Moment | None = None


class Chosen(NamedTuple):
    """An order that somebody chose, and where it stood when they did."""

    order: OrderKey
    stood: str


class BulkJobs:
    """The jobs, and whose turn it is."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._put_job = once(database, JOBS)
        self._put_items = once(database, ITEMS)

    def open(self, job: BulkJob, chosen: Sequence[Chosen]) -> bool:
        """Keep a job with its orders, all or nothing; False when a job of that id is kept already."""
        row = {**job.model_dump(), "holder": "", "beat_at": None}
        items = [
            {"job_id": job.id, "order_key": str(each.order), "place": place, "stood": each.stood,
             "fate": Fate.WAITING, "words": "", "settled_at": None}
            for place, each in enumerate(chosen)
        ]  # fmt: skip
        with self._database.write() as connection:
            fresh = connection.execute(self._put_job, row).rowcount == 1
            if fresh and items:
                connection.execute(self._put_items, items)
        return fresh

    def get(self, job_id: str) -> BulkJob | None:
        """Return a job; None when there is none of that id."""
        return next(iter(self._jobs(JOBS.c.id == job_id, 1)), None)

    def newest(self, limit: int = 50) -> Sequence[BulkJob]:
        """Return the last jobs, newest first."""
        return self._jobs(JOBS.c.id != "", limit)

    def items(self, job_id: str) -> Sequence[BulkItem]:
        """Return the orders of a job as the person chose them."""
        columns = (ITEMS.c.order_key, ITEMS.c.stood, ITEMS.c.fate, ITEMS.c.words, ITEMS.c.settled_at)
        statement = select(*columns).where(ITEMS.c.job_id == job_id).order_by(ITEMS.c.place)
        with self._database.read() as connection:
            rows = connection.execute(statement).mappings().all()
        return [
            BulkItem(order=OrderKey.parse(row["order_key"]), **{n: row[n] for n in row if n != "order_key"})
            for row in rows
        ]

    def counts(self, jobs: Sequence[str]) -> Mapping[str, Mapping[Fate, int]]:
        """Count the orders of jobs by what became of them."""
        statement = select(ITEMS.c.job_id, ITEMS.c.fate, func.count()).where(ITEMS.c.job_id.in_(jobs))
        with self._database.read() as connection:
            rows = connection.execute(statement.group_by(ITEMS.c.job_id, ITEMS.c.fate)).all()
        found: dict[str, dict[Fate, int]] = {job: {} for job in jobs}
        for job, fate, count in rows:
            found[job][Fate(fate)] = count
        return found

    def take(self, holder: str, silence: timedelta) -> BulkJob | None:
        """Take over a job that nobody works at, or whose worker was not heard of for so long; one not begun yet first.

        A holder works at one job at a time: what it holds already was broken off, and it may take it again.
        """
        now = self._database.clock()
        free = or_(JOBS.c.holder.in_(("", holder)), JOBS.c.beat_at < now - silence)
        waiting = select(JOBS.c.id).where(JOBS.c.ended_at.is_(None), free)
        waiting = waiting.order_by(JOBS.c.beat_at.is_not(None), JOBS.c.beat_at, JOBS.c.made_at).limit(1)
        with self._database.write() as connection:
            job = connection.execute(waiting).scalar_one_or_none()
            claim = update(JOBS).where(JOBS.c.id == job, JOBS.c.ended_at.is_(None), free)
            if job is None or not connection.execute(claim.values(holder=holder, beat_at=now)).rowcount:
                return None
        return self.get(job)

    def beat(self, job_id: str, holder: str, trouble: str = "") -> bool:
        """Say that the work goes on, or what keeps it; False when another process has taken the job over."""
        mine = update(JOBS).where(JOBS.c.id == job_id, JOBS.c.holder == holder, JOBS.c.ended_at.is_(None))
        with self._database.write() as connection:
            beat = mine.values(beat_at=self._database.clock(), trouble=trouble)
            return connection.execute(beat).rowcount == 1

    def begin(self, job_id: str, order: OrderKey, holder: str) -> bool:
        """Note that an order is about to be asked; False when it must not be: stopped, settled, or another's job."""
        mine = exists().where(JOBS.c.id == job_id, JOBS.c.holder == holder, JOBS.c.ended_at.is_(None))
        statement = update(ITEMS).where(_one(job_id, order), ITEMS.c.fate.in_(OPEN), mine)
        with self._database.write() as connection:
            return connection.execute(statement.values(fate=Fate.ASKED)).rowcount == 1

    def settle(self, job_id: str, order: OrderKey, fate: Fate, words: str = "") -> None:
        """Write down what became of an order; the first word stands."""
        statement = update(ITEMS).where(_one(job_id, order), ITEMS.c.fate.in_(OPEN))
        now = self._database.clock()
        with self._database.write() as connection:
            connection.execute(statement.values(fate=fate, words=words, settled_at=now))

    def let_go(self, job_id: str, holder: str, trouble: str = "") -> None:
        """Put a job back, so that the next process need not wait for our silence."""
        mine = update(JOBS).where(JOBS.c.id == job_id, JOBS.c.holder == holder)
        with self._database.write() as connection:
            connection.execute(mine.values(holder="", trouble=trouble))

    def finish(self, job_id: str) -> bool:
        """End a job of which no order is open any more; False when one is."""
        still = exists().where(ITEMS.c.job_id == job_id, ITEMS.c.fate.in_(OPEN))
        statement = update(JOBS).where(JOBS.c.id == job_id, JOBS.c.ended_at.is_(None), ~still)
        with self._database.write() as connection:
            ended = statement.values(ended_at=self._database.clock(), holder="", trouble="")
            return connection.execute(ended).rowcount == 1

    def stop(self, job_id: str, by: str) -> None:
        """Ask no further order; those that are being asked get their answer."""
        now = self._database.clock()
        waiting = update(ITEMS).where(ITEMS.c.job_id == job_id, ITEMS.c.fate == Fate.WAITING)
        job = update(JOBS).where(JOBS.c.id == job_id, JOBS.c.ended_at.is_(None), JOBS.c.stopped_by == "")
        with self._database.write() as connection:
            if connection.execute(job.values(stopped_by=by)).rowcount:
                connection.execute(waiting.values(fate=Fate.STOPPED, settled_at=now))

    def _jobs(self, which: ColumnElement[bool], limit: int) -> Sequence[BulkJob]:
        columns = [JOBS.c[name] for name in BulkJob.model_fields]
        statement = select(*columns).where(which).order_by(JOBS.c.made_at.desc()).limit(limit)
        with self._database.read() as connection:
            return [BulkJob(**row) for row in connection.execute(statement).mappings()]


def _one(job_id: str, order: OrderKey) -> ColumnElement[bool]:
    return and_(ITEMS.c.job_id == job_id, ITEMS.c.order_key == str(order))
