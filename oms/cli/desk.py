"""The demo's staff: approve reviews and wishes, lift red locks and answer the clock's calls, as people would."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import islice

from temporalio.client import Client

from oms.cli.commands import ask, ask_one
from oms.cli.output import Trouble
from oms.cli.rule_figures import CALLS
from oms.clock import wall_clock
from oms.domain.aftersale import AfterSaleStatus
from oms.domain.aftersales.book import AfterSaleRow
from oms.domain.aftersales.messages import ApproveCase
from oms.domain.errors import Unavailable
from oms.domain.holds import REVIEWS, HoldReason
from oms.domain.ids import OrderKey
from oms.domain.messages import Acknowledge, ApproveReview, Command, LiftLock
from oms.store import Store
from oms.temporal.asking import the_case

log = logging.getLogger(__name__)
WHO = "demo desk"
WHY = "address and specification confirmed by phone"
WISH_GRANTED = "the buyer is right"
SUPERVISOR = "demo supervisor"
UNLOCKED = "the warehouse has been asked: it is packed today"
HEARD = "seen; the warehouse is asked for it"
LOOK_SECONDS = 0.5
READ_AT_ONCE = 100
HANDS = 24
"""An approval is answered when the order has gone on, two seconds later on a busy machine: with few hands they pile up."""


class Desk:
    """Works as long as its task runs.

    `approved` counts the orders it has approved, `agreed` the after-sales, `lifted` the locks, `heard` the calls.
    """

    def __init__(self, store: Store, client: Client) -> None:
        """Sit down."""
        self._store = store
        self._client = client
        self.approved = 0
        self.agreed = self.lifted = self.heard = 0
        self._since, self._hands = wall_clock(), asyncio.Semaphore(HANDS)
        self._answered: dict[OrderKey, int] = {}
        self._decided: set[tuple[str, str, str]] = set()

    async def work(self) -> None:
        """Approve review after review and wish after wish, and heed what the clock calls for, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(_again_and_again(self.serve))
            group.create_task(_again_and_again(self.supervise))

    async def serve(self) -> None:
        """Approve everything that waits for service."""
        await self._approve_all(await asyncio.to_thread(self._waiting))
        await self._agree_to_all(await asyncio.to_thread(self._wishes))

    async def supervise(self) -> None:
        """Lift every red lock, and acknowledge every call."""
        await self._lift_all(await asyncio.to_thread(self._locked))
        await self._answer_all(await asyncio.to_thread(self._calls))

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
        except (Trouble, Unavailable) as error:
            # The read model lags: what it shows as waiting may have gone on, or the server restarts just now.
            log.info("review.not_approved", extra={"order": str(key), "reason": str(error)})
        else:
            self.approved += 1

    def _locked(self) -> list[OrderKey]:
        return [
            row.key for row in self._store.orders.list(hold=HoldReason.NO_WAYBILL_LOCK, limit=READ_AT_ONCE)
        ]

    async def _lift_all(self, keys: Sequence[OrderKey]) -> None:
        done = await asyncio.gather(
            *(self._ask(key, "lift_lock", LiftLock(by=SUPERVISOR, why=UNLOCKED)) for key in keys)
        )
        self.lifted += sum(done)

    def _calls(self) -> dict[OrderKey, int]:
        """List the orders about which the clock has called somebody since it was last answered."""
        called = self._store.orders.called(self._since, CALLS)
        return {key: seq for key, seq in called.items() if self._answered.get(key, -1) < seq}

    async def _answer_all(self, calls: Mapping[OrderKey, int]) -> None:
        """Acknowledge each call once; an order that has gone on meanwhile needs no answer any more."""
        some = dict(islice(calls.items(), READ_AT_ONCE))
        done = await asyncio.gather(
            *(self._ask(key, "acknowledge", Acknowledge(by=SUPERVISOR, why=HEARD)) for key in some)
        )
        self.heard += sum(done)
        self._answered |= some

    async def _ask(self, key: OrderKey, update: str, message: Command) -> bool:
        try:
            async with self._hands:
                await ask(self._client, key, update, message)
        except (Trouble, Unavailable) as error:
            log.info("desk.refused", extra={"order": str(key), "update": update, "reason": str(error)})
            return False
        return True

    def _wishes(self) -> list[AfterSaleRow]:
        """List the after-sales that wait for a person, each once in every state it waits in."""
        cases = self._store.after_sales
        asked = cases.list(status=AfterSaleStatus.REQUESTED, limit=READ_AT_ONCE)
        waiting = {row.key: row for row in (*asked, *cases.list(held=True, limit=READ_AT_ONCE))}
        return [row for row in waiting.values() if _place(row) not in self._decided]

    async def _agree_to_all(self, rows: Sequence[AfterSaleRow]) -> None:
        async with asyncio.TaskGroup() as group:
            for row in rows:
                group.create_task(self._agree(row))

    async def _agree(self, row: AfterSaleRow) -> None:
        try:
            await ask_one(self._client, the_case(row.key), "approve", ApproveCase(by=WHO, why=WISH_GRANTED))
        except (Trouble, Unavailable) as error:
            log.info("after_sale.not_approved", extra={"case": row.key, "reason": str(error)})
        else:
            self.agreed += 1
            self._decided.add(_place(row))


async def _again_and_again(work: Callable[[], Awaitable[None]]) -> None:
    while True:
        with contextlib.suppress(Unavailable):
            await work()
        await asyncio.sleep(LOOK_SECONDS)


def _place(row: AfterSaleRow) -> tuple[str, str, str]:
    return row.key, row.status, row.held
