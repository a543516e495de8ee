"""The demo's service desk: approves what waits for a review, as a person would."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence

from temporalio.client import Client, RPCError

from oms.cli.commands import ask
from oms.cli.output import Trouble
from oms.domain.errors import Unavailable
from oms.domain.holds import REVIEWS
from oms.domain.ids import OrderKey
from oms.domain.messages import ApproveReview
from oms.store import Store

log = logging.getLogger(__name__)
WHO = "demo desk"
WHY = "address and specification confirmed by phone"
LOOK_SECONDS = 0.5
READ_AT_ONCE = 100
HANDS = 24
"""An approval is answered when the order has gone on, two seconds later on a busy machine: with few hands they pile up."""


class Desk:
    """Works as long as its task runs; `approved` counts what it has done."""

    def __init__(self, store: Store, client: Client) -> None:
        """Sit down."""
        self._store = store
        self._client = client
        self.approved = 0

    async def work(self) -> None:
        """Approve review after review, until cancelled."""
        while True:
            with contextlib.suppress(Unavailable):
                await self._approve_all(await asyncio.to_thread(self._waiting))
            await asyncio.sleep(LOOK_SECONDS)

    def _waiting(self) -> list[OrderKey]:
        rows = [
            row
            for reason in sorted(REVIEWS)
            for row in self._store.orders.list(hold=reason, limit=READ_AT_ONCE)
        ]
        return list(dict.fromkeys(row.key for row in rows))

    async def _approve_all(self, keys: Sequence[OrderKey]) -> None:
        hands = asyncio.Semaphore(HANDS)

        async def approve(key: OrderKey) -> None:
            async with hands:
                await self._approve(key)

        async with asyncio.TaskGroup() as group:
            for key in keys:
                group.create_task(approve(key))

    async def _approve(self, key: OrderKey) -> None:
        try:
            await ask(self._client, key, "approve", ApproveReview(by=WHO, why=WHY))
        except (Trouble, RPCError, Unavailable) as error:
            # The read model lags: what it shows as waiting may have gone on, or the server restarts just now.
            log.info("review.not_approved", extra={"order": str(key), "reason": str(error)})
        else:
            self.approved += 1
