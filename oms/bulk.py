"""The same request to many orders: each asked once, by whichever process is alive, and each answer kept."""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Final, NamedTuple, assert_never

from oms.domain.desk_requests import Ask, command, standing
from oms.domain.errors import OmsError, Unavailable
from oms.domain.ids import OrderKey
from oms.intake import Receipt
from oms.ports.asking import Agreed, Answer, Asked, Asks, Declined, NotRunning
from oms.store import Store
from oms.store.bulk_jobs import BulkItem, BulkJob, Fate

LOOK_SECONDS: Final = 1.0
HANDS: Final = 8
"""Orders of a job that are asked at one time."""
SILENCE: Final = timedelta(seconds=45)
"""A worker of a job that was not heard of for so long is taken for dead; longer than any answer is waited for."""
BEAT_SECONDS: Final = 5.0
PATIENCE: Final = timedelta(hours=1)
"""How long a job waits for orders that nobody answers for."""
MOVED: Final = "it is not where it was when it was chosen"

log = logging.getLogger(__name__)


class Outcome(NamedTuple):
    """What became of one order, in words."""

    fate: Fate
    words: str = ""


class Bulk:
    """Works at jobs, one after the other, as long as its task runs; any number of processes may have one."""

    def __init__(
        self,
        store: Store,
        asking: Asks,
        resync: Callable[[OrderKey], Awaitable[Receipt | None]],
        name: str = "",
    ) -> None:
        """Take who is asked and how an order is fetched anew; `name` tells this process from others."""
        self._store = store
        self._jobs = store.bulk_jobs
        self._asking = asking
        self._resync = resync
        self._name = name or uuid.uuid4().hex

    async def work(self) -> None:
        """Take job after job until cancelled."""
        while True:
            try:
                busy = await self.work_once()
            except Unavailable as error:
                log.warning("bulk.waits", extra={"reason": str(error)})
                busy = False
            except Exception:
                log.exception("bulk.failed")  # one job must not keep the others from being worked at
                busy = False
            if not busy:
                await asyncio.sleep(LOOK_SECONDS)

    async def work_once(self) -> bool:
        """Do what is left of one job; False when there is none, or it cannot go on now."""
        job = await asyncio.to_thread(self._jobs.take, self._name, SILENCE)
        if job is None:
            return False
        beating, trouble = asyncio.create_task(self._beat(job)), ""
        try:
            trouble = await self._ask_all(job)
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)
            await asyncio.to_thread(self._jobs.let_go, job.id, self._name, trouble)
        ended = await asyncio.to_thread(self._jobs.finish, job.id)
        log.info("bulk.worked", extra={"job": job.id, "ended": ended, "trouble": trouble})
        return not trouble

    async def _beat(self, job: BulkJob) -> None:
        ours = True
        while ours:
            with contextlib.suppress(Unavailable):
                ours = await asyncio.to_thread(self._jobs.beat, job.id, self._name)
            await asyncio.sleep(BEAT_SECONDS)

    async def _ask_all(self, job: BulkJob) -> str:
        """Ask every order that is still to be asked; returns what keeps some of them from being asked now."""
        items = await asyncio.to_thread(self._jobs.items, job.id)
        left = [item for item in items if item.fate in (Fate.WAITING, Fate.ASKED)]
        hands, troubles = asyncio.Semaphore(HANDS), list[str]()

        async def one(item: BulkItem) -> None:
            async with hands:
                if len(troubles) >= HANDS:
                    return  # whoever does not answer these will not answer the next hundred
                try:
                    await self._ask(job, item)
                except Unavailable as error:
                    troubles.append(str(error))
                    await self._give_up(job, item)

        await asyncio.gather(*map(one, left))
        return troubles[0] if troubles else ""

    async def _ask(self, job: BulkJob, item: BulkItem) -> None:
        if not await asyncio.to_thread(self._jobs.begin, job.id, item.order, self._name):
            return
        outcome = await self._outcome(job, item)
        await asyncio.to_thread(self._jobs.settle, job.id, item.order, outcome.fate, outcome.words)

    async def _give_up(self, job: BulkJob, item: BulkItem) -> None:
        """Wait no longer for an answer that does not come, once somebody has stopped the job or it is too old."""
        if job.stopped_by or self._store.database.clock() - job.made_at > PATIENCE:
            settle = partial(self._jobs.settle, job.id, item.order, Fate.UNANSWERED)
            with contextlib.suppress(Unavailable):
                await asyncio.to_thread(settle)

    async def _outcome(self, job: BulkJob, item: BulkItem) -> Outcome:
        before = await asyncio.to_thread(self._before, job, item)
        if before is not None:
            return before
        if job.ask is Ask.RESYNC:
            return await self._fetched(item.order)
        asked = Asked(item.order.workflow_id, "order", str(item.order))
        message = command(job.ask, job.by, job.why, job.hold)
        return _read(await self._asking.ask(asked, job.ask, message, once=f"bulk:{job.id}"))

    def _before(self, job: BulkJob, item: BulkItem) -> Outcome | None:
        """Say what became of it already: by a process that died, or because the order has moved on by itself."""
        if item.fate is Fate.ASKED and job.ask is not Ask.RESYNC and self._stands_there(job, item.order):
            return Outcome(Fate.DONE)
        if item.fate is Fate.ASKED:
            return None  # it may be half done: its own answer counts, not where it stands now
        view = self._store.orders.get(item.order)
        if view is None:
            return Outcome(Fate.GONE)
        return None if standing(view.row) == item.stood else Outcome(Fate.CHANGED, MOVED)

    def _stands_there(self, job: BulkJob, order: OrderKey) -> bool:
        return any(
            change.actor == job.by and change.why == job.why and change.at >= job.made_at
            for change in self._store.orders.timeline(order)
        )

    async def _fetched(self, order: OrderKey) -> Outcome:
        try:
            receipt = await self._resync(order)
        except Unavailable:
            raise
        except OmsError as error:
            return Outcome(Fate.REFUSED, str(error))
        if receipt is None:
            return Outcome(Fate.GONE)
        return Outcome(Fate.REFUSED if receipt.status == "parked" else Fate.DONE, receipt.status)


def _read(answer: Answer) -> Outcome:
    match answer:
        case Agreed(note=note):
            return Outcome(Fate.DONE, note)
        case Declined(why=why):
            return Outcome(Fate.REFUSED, why)
        case NotRunning():
            return Outcome(Fate.GONE)
        case _:
            assert_never(answer)
