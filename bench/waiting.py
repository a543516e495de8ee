"""`waiting`: what orders that wait for their warehouse cost, and what they cost those that move."""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import asdict
from typing import Any

from bench.driver import Driver, fresh_numbers
from bench.figures import MEGABYTE, usage
from bench.ground import Crew, Ground
from bench.life import Say
from bench.opening import open_store, our_client
from bench.plan import Side, number_of
from bench.sides import Ours

LEVELS = (0, 1_000, 5_000, 10_000)
SETTLE_SECONDS = 3.0
PATIENCE = 1800.0
OURS: Side = "ours"


async def waiting(ground: Ground, *, most: int, orders: int, at_once: int, say: Say) -> dict[str, Any]:
    """Measure memory and the rate of a small batch at each level of waiting orders up to `most`."""
    rows: list[dict[str, Any]] = []
    async with AsyncExitStack() as stack:
        crew = await stack.enter_async_context(ground.crew(OURS))
        store = open_store(ground.plan)
        stack.callback(store.close)
        client = await our_client(ground.plan)
        queue = Queue(Ours(client, store, pace=1), crew)
        driver = Driver(OURS, Ours(client, store), crew, ground.server.pid)
        await driver.round(orders, at_once)
        for level in sorted({*(level for level in LEVELS if level < most), most}):
            opened = await queue.grow_to(level, at_once)
            await asyncio.sleep(SETTLE_SECONDS)
            memory = _memory(ground, crew)
            batch = await driver.round(orders, at_once)
            rows.append({"waiting": level, "opened_per_second": opened, **memory, "batch": asdict(batch)})
            say(f"{level} waiting: {batch.per_second} orders/s, worker {memory['worker_mb']:.0f} MB")
    return {"cached_workflows": ground.plan.cached_workflows, "levels": rows}


class Queue:
    """Orders that are paid, released, and wait for the warehouse with their ship-by timer armed."""

    def __init__(self, party: Ours, crew: Crew) -> None:
        """Listen for the warehouse being asked: from there an order waits."""
        self._party = party
        self._opening: dict[str, asyncio.Event] = {}
        self._size = 0
        crew.listeners.append(self._heard)

    async def grow_to(self, size: int, at_once: int) -> float | None:
        """Open as many as are missing; return how many a second came to wait, or None when none was missing."""
        numbers = fresh_numbers(size - self._size)
        self._size = size
        if not numbers:
            return None
        self._party.prepare(numbers)
        begun = time.perf_counter()
        places = asyncio.Semaphore(at_once)
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(self._open(number, places) for number in numbers))
        return round(len(numbers) / (time.perf_counter() - begun), 1)

    async def _open(self, number: str, places: asyncio.Semaphore) -> None:
        async with places:
            waits = self._opening[number] = asyncio.Event()
            await self._party.starts(number)
            await waits.wait()

    def _heard(self, workflow: str, code: str) -> None:
        del code
        if waits := self._opening.pop(number_of(workflow), None):
            waits.set()


def _memory(ground: Ground, crew: Crew) -> dict[str, float]:
    file = ground.database.stat().st_size / MEGABYTE
    worker, server = usage(crew.pid).rss, usage(ground.server.pid).rss
    return {"worker_mb": round(worker, 1), "server_mb": round(server, 1), "server_file_mb": round(file, 1)}
