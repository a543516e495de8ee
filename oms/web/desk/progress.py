"""How far a job of the desk is: said in the database now and then, and the way in which a job is told to stop."""

import time
from typing import Any

from oms.store.desk_jobs import DeskJobs, Job

TELL_EVERY_SECONDS = 0.5


class Stopped(Exception):
    """This process is not to work at the job any more."""


class Progress:
    """Says how far a job is; may be told from any thread."""

    def __init__(self, jobs: DeskJobs, job: Job, holder: str) -> None:
        """Take the job, and under which name this process holds it."""
        self._jobs = jobs
        self._job = job
        self._holder = holder
        self._told_at = 0.0
        self._stop = False
        self.so_far: dict[str, Any] = {}
        """What came of it until now; kept when it breaks off."""

    def stop(self) -> None:
        """Let the job end at its next word."""
        self._stop = True

    def tell(self, done: int, total: int) -> None:
        """Say how far it is, twice a second at most.

        Raises Stopped when this process ends, or another one has taken the job over.
        """
        if self._stop:
            raise Stopped
        now = time.monotonic()
        if now - self._told_at < TELL_EVERY_SECONDS and done < total:
            return
        self._told_at = now
        if not self._jobs.beat(self._job.id, self._holder, done, total):
            raise Stopped
