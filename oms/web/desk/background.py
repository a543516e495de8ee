"""What the web process does for the desk in the background: whatever process has time does it, each job once."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from oms.domain.errors import OmsError
from oms.languages.marks import N_
from oms.logs import words_of
from oms.store.desk_jobs import Job, Kind
from oms.web.collaborators import Collaborators
from oms.web.desk.parked_again import read_again
from oms.web.desk.progress import Progress, Stopped
from oms.web.desk.trying_out import try_out

Work = Callable[[Collaborators, Job, Progress], Awaitable[dict[str, Any]]]
LOOK_EVERY_SECONDS = 1.0
OUR_FAULT = N_("It broke off through a fault of ours; the log of the web process says more.")
WORKS: Mapping[Kind, Work] = {"backtest": try_out, "retry": read_again}

log = logging.getLogger(__name__)


async def keep_working(parts: Collaborators, every_seconds: float = LOOK_EVERY_SECONDS) -> None:
    """Do what the desk asks for, one job of each kind at a time; until cancelled."""
    await asyncio.gather(*(_keep_working(parts, kind, every_seconds) for kind in WORKS))


async def work_off(parts: Collaborators, kind: Kind) -> Job | None:
    """Do the oldest job of a kind that nobody works at; None when there is none. Raises Unavailable."""
    holder = secrets.token_hex(8)
    job = await asyncio.to_thread(parts.store.desk_jobs.claim, kind, holder)
    if job is not None:
        await work_at(parts, job, holder)
    return job


async def work_at(parts: Collaborators, job: Job, holder: str) -> None:
    """Bring a job that is held to its end, whatever that is. Raises Unavailable when the end cannot be written down."""
    jobs = parts.store.desk_jobs
    progress = Progress(jobs, job, holder)
    try:
        result = await WORKS[job.kind](parts, job, progress)
    except Stopped:
        return
    except asyncio.CancelledError:
        progress.stop()
        jobs.give_back(job.id, holder)
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, whoever asked for it must hear of it
        words = str(error) if isinstance(error, OmsError | ValueError) else OUR_FAULT
        log.warning("desk.job_failed", extra={"job": job.id, "reason": words_of(error)})
        await asyncio.to_thread(jobs.fail, job.id, holder, words, progress.so_far)
    else:
        await asyncio.to_thread(jobs.finish, job.id, holder, result)


async def _keep_working(parts: Collaborators, kind: Kind, every_seconds: float) -> None:
    while True:
        try:
            done = await work_off(parts, kind)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next job must not wait for a restart
            log.warning("desk.jobs_unavailable", extra={"kind": kind, "reason": words_of(error)})
            done = None
        if done is None:
            await asyncio.sleep(every_seconds)
