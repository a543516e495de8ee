"""Drive a round of whole lives: so many orders, so many of them at once, each until it has ended."""

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench.figures import usage
from bench.ground import Crew
from bench.plan import SCAN_AFTER, SHIP_AFTER, SIGN_AFTER, Side, number_of, workflow_id
from bench.sides import Party

SAMPLED = 15
PATIENCE = 120.0
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Round:
    """What a round came to."""

    orders: int
    seconds: float
    per_second: float
    life_p50: float
    """Seconds from an order's start to its end."""
    worker_ms: float
    server_ms: float
    """CPU an order."""
    events_p50: float


class Driver:
    """Tells the orders of one side what happens to them."""

    def __init__(self, side: Side, party: Party, crew: Crew, server_pid: int) -> None:
        """Listen to the side's worker, which says when its warehouse was asked."""
        self._side = side
        self._party = party
        self._crew = crew
        self._server_pid = server_pid
        self._asked: dict[str, asyncio.Future[str]] = {}
        crew.listeners.append(self._heard)

    async def round(self, orders: int, at_once: int) -> Round:
        """Bring so many orders through their whole lives; count from the first start to the last end."""
        numbers = fresh_numbers(orders)
        self._party.prepare(numbers)
        worker, server = usage(self._crew.pid), usage(self._server_pid)
        begun = time.perf_counter()
        lives = await self._live(numbers, at_once)
        seconds = time.perf_counter() - begun
        worker_cpu = usage(self._crew.pid).cpu - worker.cpu
        server_cpu = usage(self._server_pid).cpu - server.cpu
        return Round(
            orders=orders, seconds=round(seconds, 2), per_second=round(orders / seconds, 2),
            life_p50=round(median(lives), 2), worker_ms=round(worker_cpu / orders * 1000, 1),
            server_ms=round(server_cpu / orders * 1000, 1), events_p50=await self._events(numbers[-SAMPLED:]),
        )  # fmt: skip

    async def _live(self, numbers: Sequence[str], at_once: int) -> list[float]:
        places = asyncio.Semaphore(at_once)

        async def one(number: str) -> float:
            async with places:
                begun = time.perf_counter()
                try:
                    await asyncio.wait_for(self._life(number), PATIENCE)
                except TimeoutError:
                    raise await self._stuck(number) from None
                return time.perf_counter() - begun

        return await asyncio.gather(*(one(number) for number in numbers))

    async def _life(self, number: str) -> None:
        party = self._party
        asked = self._asked[number] = asyncio.get_running_loop().create_future()
        await party.starts(number)
        code = await asked
        await asyncio.sleep(SHIP_AFTER)
        await party.ships(number, code)
        await asyncio.sleep(SCAN_AFTER)
        await party.scans(number)
        await asyncio.sleep(SIGN_AFTER)
        await party.signs(number)
        await party.client.get_workflow_handle(workflow_id(self._side, number)).result()

    async def _stuck(self, number: str) -> RuntimeError:
        name = workflow_id(self._side, number)
        events = [
            event async for event in self._party.client.get_workflow_handle(name).fetch_history_events()
        ]
        kinds = [str(event.WhichOneof("attributes")).removesuffix("_event_attributes") for event in events]
        return RuntimeError(f"{name} has not ended within {PATIENCE:.0f} s: {' '.join(kinds)}")

    def _heard(self, workflow: str, code: str) -> None:
        asked = self._asked.pop(number_of(workflow), None)
        if asked is not None and not asked.done():
            asked.set_result(code)

    async def _events(self, numbers: Sequence[str]) -> float:
        handles = [
            self._party.client.get_workflow_handle(workflow_id(self._side, number)) for number in numbers
        ]
        return median([(await handle.describe()).history_length for handle in handles])


def fresh_numbers(count: int) -> list[str]:
    """Return numbers that no order of this process has had."""
    return [f"{next(_numbers):07d}" for _ in range(count)]
