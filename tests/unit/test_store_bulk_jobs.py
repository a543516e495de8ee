"""Bulk jobs as they are kept: one of an id, one holder at a time, the first word of an order stands; on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from oms.domain.desk_requests import Ask
from oms.store import Store
from oms.store.bulk_jobs import BulkJob, BulkJobs, Chosen, Fate
from tests.unit.store_builders import NOON, a_key

SILENCE = timedelta(seconds=45)


class Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jobs(open_store: Callable[..., Store], clock: Clock) -> BulkJobs:
    return open_store(clock=clock).bulk_jobs


def a_job(name: str = "j1", **more: object) -> BulkJob:
    return BulkJob.model_validate(
        {"id": name, "by": "lin", "ask": Ask.APPROVE, "why": "x", "made_at": NOON, **more}
    )


def opened(jobs: BulkJobs, name: str = "j1", orders: int = 2) -> None:
    jobs.open(a_job(name), [Chosen(a_key(number), "allocated") for number in range(orders)])


def test_a_job_of_an_id_is_kept_once(jobs: BulkJobs) -> None:
    """The second one changes nothing; orders stay as the person chose them."""
    first = jobs.open(a_job(), [Chosen(a_key(2), "allocated"), Chosen(a_key(1), "released|manual")])
    again = jobs.open(a_job(why="another"), [Chosen(a_key(3), "allocated")])

    assert (first, again) == (True, False)
    assert jobs.get("j1") == a_job()
    assert [(item.order, item.stood) for item in jobs.items("j1")] == [
        (a_key(2), "allocated"), (a_key(1), "released|manual"),
    ]  # fmt: skip


def test_of_many_processes_one_takes_a_job(jobs: BulkJobs) -> None:
    """All at once."""
    opened(jobs)

    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda name: jobs.take(f"p{name}", SILENCE), range(8)))

    assert sum(job is not None for job in taken) == 1


def test_a_holder_that_falls_silent_loses_its_job_and_asks_nobody_any_more(
    jobs: BulkJobs, clock: Clock
) -> None:
    """It is told so when it says that it lives, and before it asks the next order."""
    opened(jobs)
    jobs.take("old", SILENCE)
    early = jobs.take("new", SILENCE)

    clock.now += SILENCE + timedelta(seconds=1)
    late = jobs.take("new", SILENCE)

    assert early is None
    assert late == a_job()
    assert jobs.beat("j1", "old") is False
    assert jobs.begin("j1", a_key(0), "old") is False
    assert jobs.begin("j1", a_key(0), "new") is True


def test_the_first_word_of_an_order_stands_and_a_job_ends_with_the_last(jobs: BulkJobs) -> None:
    """A late second answer changes nothing; an open order keeps the job open."""
    opened(jobs)
    jobs.take("p", SILENCE)
    jobs.begin("j1", a_key(0), "p")
    jobs.settle("j1", a_key(0), Fate.DONE, "approved")
    jobs.settle("j1", a_key(0), Fate.REFUSED, "waits for no review")
    too_early = jobs.finish("j1")

    jobs.settle("j1", a_key(1), Fate.GONE)
    ended = jobs.finish("j1")

    assert (too_early, ended) == (False, True)
    assert [(item.fate, item.words) for item in jobs.items("j1")] == [
        (Fate.DONE, "approved"),
        (Fate.GONE, ""),
    ]
    assert jobs.counts(["j1"]) == {"j1": {Fate.DONE: 1, Fate.GONE: 1}}
    assert jobs.take("p", SILENCE) is None


def test_stopping_leaves_alone_what_is_being_asked(jobs: BulkJobs) -> None:
    """Its answer still counts; the rest is stopped, once."""
    opened(jobs)
    jobs.take("p", SILENCE)
    jobs.begin("j1", a_key(0), "p")

    jobs.stop("j1", "wang")
    jobs.stop("j1", "zhang")

    assert [item.fate for item in jobs.items("j1")] == [Fate.ASKED, Fate.STOPPED]
    assert jobs.newest()[0].stopped_by == "wang"


def test_a_job_that_nobody_has_begun_comes_before_one_that_waits(jobs: BulkJobs, clock: Clock) -> None:
    """One order that nobody answers for keeps no other job from its turn."""
    opened(jobs, "j1")
    jobs.take("p", SILENCE)
    jobs.let_go("j1", "p", "no worker answered")
    clock.now = datetime(2026, 11, 23, tzinfo=UTC)
    opened(jobs, "j2")

    taken = jobs.take("p", SILENCE)

    assert taken is not None
    assert taken.id == "j2"
