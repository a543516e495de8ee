"""`calls`: what the call log costs intake, with the log and without it in turns.

Every order is asked for by a call of its own, as by platforms whose lists name numbers only: no platform makes us
ask more often. The platform answers from another process. A turn with the log lasts until the log is written.

Intake is bound by its process's CPU, and a busy machine's turns differ by far more than the log costs. So beside the
turns' ratio there is the log's own CPU, noting and writing, as a share of an order's intake: that decides.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.figures import spread
from bench.ground import Ground
from bench.intake import Ours, Pages, Supply, rest
from bench.life import Say
from bench.opening import open_store, our_client
from bench.shops import listed
from oms.calls import CallLog, calling
from oms.calls.calling import heard_at_the_door
from oms.calls.log import BATCH
from oms.calls.measuring import Made
from oms.clock import wall_clock
from oms.domain.calls import CallMade
from oms.http import Answer, Http
from oms.intake import ADMITTED
from oms.stack.blueprint import ROOT
from oms.stack.children import LAUNCHER
from oms.stack.loopback import LOOPBACK
from oms.store import CallQuery, Store

ANSWER_BYTES = 3_000
"""An order of two lines."""
BOUND = 0.03
WARM_UP = 10
OWN_ROUNDS, OWN_CALLS = 9, 2_000


@dataclass(frozen=True)
class Turn:
    """What some pages of one shop took: seconds, and CPU seconds of the process that takes in."""

    seconds: float
    cpu: float


class Noted:
    """Hears of calls and keeps them."""

    def __init__(self) -> None:
        """Know none."""
        self.calls: list[CallMade] = []

    def heard(self, call: CallMade) -> None:
        """Keep a call."""
        self.calls.append(call)


class Asking:
    """Asks for every order, then takes it in."""

    def __init__(self, ours: Ours, store: Store, url: str) -> None:
        """Take the real intake, the store whose log is written, and where the platform answers."""
        self._ours = ours
        self._store = store
        self._url = url

    async def turn(self, pages: Pages, *, noted: bool) -> Turn:
        """Take in some pages, their calls noted or not."""
        begun, cpu = time.perf_counter(), time.process_time()
        if noted:
            async with CallLog(self._store.calls.add) as log, Http(listener=log) as http:
                await self._take(pages, http)
        else:
            async with Http() as http:
                await self._take(pages, http)
        return Turn(time.perf_counter() - begun, time.process_time() - cpu)

    async def _take(self, pages: Pages, http: Http) -> None:
        gate = asyncio.Semaphore(ADMITTED)
        for shop, page in pages:
            await asyncio.gather(*(self._ask(http, gate, str(shop)) for _ in page))
            await self._ours.take([(shop, page)])

    async def _ask(self, http: Http, gate: asyncio.Semaphore, shop: str) -> None:
        async with gate:
            with calling(system="bench", interface="orders/:id", version="v1", shop=shop):
                (await http.ask("GET", f"{self._url}/orders/1")).check("the platform")


async def calls(ground: Ground, *, orders: int, rounds: int, say: Say) -> dict[str, Any]:
    """Measure pairs of turns, shop by shop; the ratio is the median of the pairs."""
    shops = await listed(2 * (WARM_UP + rounds * orders))
    pairs: list[tuple[Turn, Turn]] = []
    with closing(open_store(ground.plan)) as store:
        async with _a_platform() as url:
            supply = Supply(shops)
            asking = Asking(Ours(store, await our_client(ground.plan), shops), store, url)
            for number in range(rounds + 1):
                each = orders if number else WARM_UP
                for place, shop in enumerate(shops):
                    pair = {}
                    for noted in (True, False) if (place + number) % 2 else (False, True):
                        await rest(ground.server.pid)
                        pair[noted] = await asking.turn(supply.next(shop, each), noted=noted)
                    if number:
                        pairs.append((pair[True], pair[False]))
                say(f"round {number}: {_summary(pairs, each) if number else 'warm'}")
        noted_calls = len(store.calls.find(CallQuery(), 1_000_000))
        own = median(_own(store) for _ in range(OWN_ROUNDS))
    wanted = len(shops) * (WARM_UP + rounds * orders)
    if noted_calls != wanted:
        raise RuntimeError(f"{noted_calls} calls were noted instead of {wanted}")
    return _summary(pairs, orders) | _share(own, pairs, orders)


def _own(store: Store) -> float:
    """Return the CPU seconds that the log takes for one call: what is done at the door, and the writing."""
    told, answer = Noted(), Answer(200, {"date": "Mon, 23 Nov 2026 00:00:00 GMT"}, b"x" * ANSWER_BYTES)
    begun = time.process_time()
    for _ in range(OWN_CALLS):
        with calling(system="bench", interface="orders/:id", version="v1", shop="bench:main"):
            seen = (answer.status, answer.headers, answer.body, answer.skew_seconds)
            heard_at_the_door(Made(told, "http://platform/1", wall_clock(), 10, 0, answer.complaint, *seen))
    for place in range(0, OWN_CALLS, BATCH):
        store.calls.add(told.calls[place : place + BATCH])
    return (time.process_time() - begun) / OWN_CALLS


def _share(own: float, pairs: list[tuple[Turn, Turn]], each: int) -> dict[str, Any]:
    """Compare the log's own CPU with that of the cheapest order there was: a busy machine makes orders dearer."""
    order = min(plain.cpu for _, plain in pairs) / each
    share = round(own / order, 4)
    return {
        "own_us": round(own * 1e6, 1),
        "order_ms": round(order * 1e3, 2),
        "share": share,
        "bound": BOUND,
        "reached": share <= BOUND,
    }


def _summary(pairs: list[tuple[Turn, Turn]], each: int) -> dict[str, Any]:
    on, off = ([each / turn.seconds for turn in side] for side in zip(*pairs, strict=True))
    costs = [1 - noted.seconds**-1 / plain.seconds**-1 for noted, plain in pairs]
    cpu = sum(noted.cpu for noted, _ in pairs) / sum(plain.cpu for _, plain in pairs) - 1
    return {
        "pairs": len(pairs),
        "orders_per_second": {"noted": spread(on), "not noted": spread(off)},
        "cost": round(median(costs), 4),
        "cpu_cost": round(cpu, 4),
    }


@asynccontextmanager
async def _a_platform() -> AsyncIterator[str]:
    """Run what answers, in a process that ends with this one."""
    launch = (sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), str(int(signal.SIGKILL)))
    process = await asyncio.create_subprocess_exec(
        *launch, sys.executable, "-m", "bench.answering", str(ANSWER_BYTES), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )  # fmt: skip
    assert process.stdout is not None  # noqa: S101 - started with a pipe; for the type checker
    try:
        port = int(await process.stdout.readline())
        yield f"http://{LOOPBACK}:{port}"
    finally:
        process.terminate()
        await process.wait()
