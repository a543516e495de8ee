"""`life`: whole lives a second, ours and the yardsticks in turn, on one server in one run."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import asdict
from statistics import median
from typing import Any

from bench.driver import Driver, Round
from bench.figures import spread
from bench.ground import Ground
from bench.opening import bare_client, open_store, our_client
from bench.plan import Side
from bench.sides import Bare, Ours, Party

SIDES: tuple[Side, ...] = ("ours", "bare", "lean")
WARM_UP = 30
TARGET = 0.7
Say = Callable[[str], None]


async def life(ground: Ground, *, orders: int, rounds: int, at_once: int, say: Say) -> dict[str, Any]:
    """Measure interleaved rounds of each side; the ratio is that of the medians."""
    results: dict[Side, list[Round]] = {side: [] for side in SIDES}
    async with AsyncExitStack() as stack:
        drivers = {side: await _driver(ground, side, stack) for side in SIDES}
        for driver in drivers.values():
            await driver.round(WARM_UP, at_once)
        for number in range(1, rounds + 1):
            for side in SIDES:
                done = await drivers[side].round(orders, at_once)
                results[side].append(done)
                say(f"round {number}, {side}: {done.per_second} orders/s")
    return _summary(results)


async def _driver(ground: Ground, side: Side, stack: AsyncExitStack) -> Driver:
    crew = await stack.enter_async_context(ground.crew(side))
    party: Party
    if side == "ours":
        store = open_store(ground.plan)
        stack.callback(store.close)
        party = Ours(await our_client(ground.plan), store)
    else:
        party = Bare(await bare_client(ground.plan), side)
    return Driver(side, party, crew, ground.server.pid)


def _summary(results: dict[Side, list[Round]]) -> dict[str, Any]:
    rates = {side: [each.per_second for each in rounds] for side, rounds in results.items()}
    middle = {side: median(values) for side, values in rates.items()}
    return {
        "orders_per_second": {side: spread(values) for side, values in rates.items()},
        "ratio": {side: round(middle["ours"] / middle[side], 3) for side in SIDES if side != "ours"},
        "target": TARGET,
        "sides": {side: _medians(rounds) for side, rounds in results.items()},
        "rounds": {side: [asdict(each) for each in rounds] for side, rounds in results.items()},
    }


def _medians(rounds: list[Round]) -> dict[str, float]:
    names = ("events_p50", "worker_ms", "server_ms", "life_p50")
    return {name: round(median([getattr(each, name) for each in rounds]), 2) for name in names}
