"""The engine watches itself: a canary workflow every minute, and a watcher outside Temporal that hears when it is silent (R29)."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from oms.domain.card import clock as on_the_clock
from oms.domain.errors import OmsError, Unavailable
from oms.domain.handover import Notice
from oms.domain.healthiness import Standing
from oms.domain.interfaces import Health
from oms.domain.summaries import Words
from oms.logs import words_of
from oms.ports import Notices
from oms.store import Store
from oms.temporal.client import ORDERS_QUEUE

log = logging.getLogger(__name__)

CANARY = "canary"
INTERFACE = "temporal/canary"
"""Its row in the table of interfaces' health."""
PATIENCE = timedelta(seconds=30)
"""A canary that has not closed within it is an alert."""


class Canary:
    """Sends a canary in again and again, and tells people itself, not through Temporal, when it does not come back.

    Several processes may do so: whichever notices first tells, and so at the end. Without our database each tells for itself.
    """

    def __init__(
        self, client: Client, store: Store, notices: Notices, now: Callable[[], datetime], *,
        queue: str = ORDERS_QUEUE, patience: timedelta = PATIENCE,
    ) -> None:  # fmt: skip
        self._client = client
        self._store = store
        self._notices = notices
        self._now = now
        self._queue = queue
        self._patience = patience
        self._silent_since: datetime | None = None
        self._untold: Notice | None = None

    async def watch(self, every: timedelta) -> None:
        """Send one in every so often, until cancelled. Whatever goes wrong, the next one is sent in."""
        while True:
            began = asyncio.get_running_loop().time()
            try:
                await self.send_one_in()
            except Exception:  # the watcher must outlive whatever it meets
                log.exception("canary.broken")
            took = asyncio.get_running_loop().time() - began
            await asyncio.sleep(max(every.total_seconds() - took, 0.0))

    async def send_one_in(self) -> bool:
        """Send one canary in; tells whether it came back in time. People hear of the first that does not, and of the end."""
        problem = await self._sing()
        if problem:
            await self._silent(problem)
        else:
            await self._sings()
        if self._untold is not None:
            await self._tell(self._untold)
        return not problem

    async def _sing(self) -> str:
        """Run one canary; returns what is wrong, or nothing."""
        within, began = f"within {self._patience.total_seconds():g} s", False
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                canary: WorkflowHandle[object, str] = await self._client.start_workflow(
                    "CanaryWorkflow", id=CANARY, task_queue=self._queue, result_type=str,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                    execution_timeout=2 * self._patience, static_summary=Words("does the engine work?"),
                )  # fmt: skip
                began = True
                await canary.result()
        except TimeoutError:
            who = "a canary workflow has not closed" if began else "Temporal has not answered"
            hint = ": is a worker running?" if began else ""
            return f"{who} {within}{hint}"
        except WorkflowFailureError as error:
            return f"a canary workflow failed: {type(error.cause).__name__}"
        except (RPCError, RuntimeError) as error:  # a client that cannot connect says RuntimeError
            return f"Temporal does not answer: {type(error).__name__}"
        return ""

    async def _silent(self, problem: str) -> None:
        now = self._now()
        if self._silent_since is not None:
            return
        self._silent_since = now
        log.error("canary.silent", extra={"reason": problem})
        standing = Standing(health=Health.UNREACHABLE, since=now, reason=problem)
        if await self._turned(standing, now):
            body = f"Since {on_the_clock(now)}: {problem}. Every order stands still. This was sent past the engine; its end is told, too."
            self._untold = Notice(
                id=f"canary:{now:%Y%m%dT%H%M%S}", to="operations", severity="red", title="the engine stands still",
                body=body,
            )  # fmt: skip

    async def _sings(self) -> None:
        now = self._now()
        since = self._silent_since or await self._noted()
        self._silent_since = None
        if since is None or not await self._turned(Standing(since=now), now):
            return
        log.warning("canary.sings_again", extra={"since": since.isoformat()})
        body = (
            f"It stood still from {on_the_clock(since)} to {on_the_clock(now)}; orders go on where they were."
        )
        self._untold = Notice(
            id=f"canary:{now:%Y%m%dT%H%M%S}:over", to="operations", title="the engine works again", body=body
        )

    async def _noted(self) -> datetime | None:
        """Return since when it is silent as another process has noted, or this one before it was started anew."""
        try:
            known = await asyncio.to_thread(self._store.health.get, INTERFACE)
            if known is None or known.health is Health.HEALTHY:
                now = self._now()
                fine = Standing(since=known.since if known else now)
                await asyncio.to_thread(self._store.health.put, {INTERFACE: fine}, now)
                return None
        except Unavailable:
            return None
        return known.since

    async def _turned(self, standing: Standing, now: datetime) -> bool:
        """Write the state down; tells whether it was another before, or cannot be known."""
        try:
            return await asyncio.to_thread(self._store.health.turn, INTERFACE, standing, now)
        except Unavailable:
            return True

    async def _tell(self, notice: Notice) -> None:
        try:
            await self._notices.send(notice)
        except OmsError as error:
            log.warning("canary.not_told", extra={"reason": words_of(error)})
        else:
            self._untold = None
