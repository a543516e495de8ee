"""`peak`: how soon a carrier's callback shows in the read model while thousands of orders flood in (R21).

A real stack: simulator, web process, worker, dev server. Some orders have shipped; then a poll finds thousands of new ones,
and meanwhile the carrier calls. Once with nobody else, once as orders are let in by default, once as fast as they come; and
both once more with a lower Temporal priority of orders that a poll finds. Those whose carrier calls were not found by a poll.
At last the flood comes from another shop, as fast as it can, with the server's fairness between shops off and on.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import md5
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.worker import Worker

from bench.bare import Ears, Word
from bench.life import Say
from bench.scene import Scene, a_scene
from oms.cli.timetable import quantile
from oms.domain.ids import OrderKey, ShopKey
from oms.http import Http
from oms.opening import open_counter
from oms.stack.loopback import LOOPBACK
from oms.stack.world import SHOP, World

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CHINA = timedelta(hours=8)
CALLS_A_SECOND = 4.0
HEAD_START = 300
"""So many of the flood are there when the first callback comes."""
TARGET_SECONDS = 2.0
LOOK_SECONDS = 0.01
PATIENCE_SECONDS = 120.0
AT_ONCE = 16
ROUNDS = 4
Pour = Callable[[], Awaitable[asyncio.Task[str]]]
ANOTHER = ShopKey(channel="jd", shop=SHOP.shop)
AS_THEY_COME: Mapping[str, str] = {"OMS_NEW_ORDERS_AT_ONCE": "0"}
LOWER: Mapping[str, str] = {"OMS_FOUND_PRIORITY": "4"}


@dataclass(frozen=True)
class Mode:
    """How orders are let in, from which shop they come, and whether the server shares its tasks out fairly."""

    settings: Mapping[str, str] = field(default_factory=dict)
    flooded: ShopKey = SHOP
    fair: bool = True


MODES: Mapping[str, Mode] = {
    "quiet": Mode(),
    "let in as the workers take them up": Mode(),
    "let in as they come": Mode(AS_THEY_COME),
    "let in as they come, with a lower priority": Mode({**AS_THEY_COME, **LOWER}),
    "let in as the workers take them up, with a lower priority": Mode(LOWER),
    "another shop's, let in as they come, not fairly": Mode(AS_THEY_COME, ANOTHER, fair=False),
    "another shop's, let in as they come, fairly": Mode(AS_THEY_COME, ANOTHER),
}


@dataclass(frozen=True)
class Call:
    """A parcel's carrier reports a state at a moment."""

    waybill: str
    state: str
    code: str
    at: datetime


class Carrier:
    """Calls our web process as Kuaidi100 does, with its signature."""

    def __init__(self, scene: Scene, http: Http) -> None:
        """Take the salt that the run's settings have."""
        self._salt = scene.stack.settings.kuaidi100_salt.get_secret_value()
        self._base = f"http://{LOOPBACK}:{scene.stack.blueprint.ports.web}/hooks/kuaidi100"
        self._http = http

    async def calls(self, call: Call) -> None:
        """Make one callback. Raises RuntimeError when it is not taken."""
        moment = (call.at + CHINA).strftime("%Y-%m-%d %H:%M:%S")
        line = {"time": moment, "ftime": moment, "context": "快件在途", "statusCode": call.code}
        trace = {
            "message": "ok",
            "state": call.state,
            "status": "200",
            "com": "shunfeng",
            "nu": call.waybill,
            "data": [line],
        }
        param = json.dumps({"status": "polling", "lastResult": trace}, ensure_ascii=False)
        sign = md5((param + self._salt).encode(), usedforsecurity=False).hexdigest().upper()
        body = urlencode({"param": param, "sign": sign}).encode()
        answer = await self._http.ask("POST", f"{self._base}/{call.waybill}", headers=FORM, content=body)
        if answer.status != 200 or not answer.json().get("result"):
            raise RuntimeError(f"callback of {call.waybill}: {answer.status} {answer.body[:200]!r}")


async def peak(*, flood: int, parcels: int, say: Say, keep: Path | None = None) -> dict[str, Any]:
    """Measure each mode on a stack of its own, and signals a second beside a bare loop on the first."""
    modes: dict[str, Any] = {}
    signals: dict[str, Any] = {}
    for name, mode in MODES.items():
        async with _a_stack(keep, mode) as scene, Http() as http:
            shipped = await _shipped(scene, http, parcels)
            carrier = Carrier(scene, http)
            pour = None if name == "quiet" else partial(_pour, scene, mode.flooded, flood)
            waits, known = await _measured(scene, carrier, shipped, pour)
            modes[name] = {
                "callbacks": len(waits), "p50_s": round(quantile(waits, 0.5), 3), "p99_s": round(quantile(waits, 0.99), 3),
                "most_s": round(max(waits), 3), "orders_known_at_the_end": known,
            }  # fmt: skip
            say(
                f"{name}: visible after p50 {modes[name]['p50_s']} s, p99 {modes[name]['p99_s']} s; {known} orders known"
            )
            if name == "quiet":
                signals = await _signals(scene, carrier, list(shipped.values()))
                say(f"callbacks {signals['ours_per_second']}/s, bare signals {signals['bare_per_second']}/s")
    return {"flood": flood, "target_p99_s": TARGET_SECONDS, "modes": modes, "signals": signals}


@contextlib.asynccontextmanager
async def _a_stack(keep: Path | None, mode: Mode) -> AsyncIterator[Scene]:
    channels = tuple(dict.fromkeys((SHOP.channel, mode.flooded.channel)))
    world = World(
        pace=1, orders=0, channels=channels, scenario="none", pays_by_gateways=False,
        more={"webhook_noise": {"lost": 1.0}},
    )  # fmt: skip
    with contextlib.ExitStack() as places:
        folder = keep or Path(places.enter_context(TemporaryDirectory(prefix="orderloom-bench-")))
        async with a_scene(
            folder,
            world,
            fair=mode.fair,
            OMS_POLL_EVERY_SECONDS="86400",
            OMS_LOG_LEVEL="WARNING",
            **mode.settings,
        ) as scene:
            yield scene


async def _shipped(scene: Scene, http: Http, parcels: int) -> dict[OrderKey, str]:
    """Bring so many orders to where their parcel waits for the first scan; by order, the waybill."""
    counter = open_counter(scene.stack.settings, scene.store, scene.client, http)
    keys = [await scene.place() for _ in range(parcels)]
    for key in keys:
        await counter.intake.resync(key)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(key: OrderKey) -> tuple[OrderKey, str]:
        async with gate:
            await scene.ship(key)
            await scene.becomes(key, lambda row: row.stage == "shipped")
            found = await asyncio.to_thread(scene.store.orders.get, key)
            assert found is not None  # noqa: S101 - it has just been seen
            return key, found.parcels[0].waybill

    return dict(await asyncio.gather(*map(one, keys)))


async def _pour(scene: Scene, shop: ShopKey, flood: int) -> asyncio.Task[str]:
    """Let so many orders be placed in a shop, and begin to poll it."""
    await scene.ask("orders", {"count": flood} | ({} if shop == SHOP else {"at": shop.channel}))
    return asyncio.create_task(scene.poll(shop))


async def _measured(
    scene: Scene, carrier: Carrier, shipped: Mapping[OrderKey, str], pour: Pour | None
) -> tuple[list[float], int]:
    """Let the carrier call of each parcel, one after the other; return the seconds until each shows, and orders known."""
    pouring: asyncio.Task[str] | None = None
    if pour is not None:
        pouring = await pour()
        while await _known(scene) < len(shipped) + HEAD_START:  # noqa: ASYNC110 - another process sets no event
            await asyncio.sleep(LOOK_SECONDS)
    seen: dict[OrderKey, float] = {}
    watching = asyncio.create_task(_watch(scene, seen, set(shipped)))
    begun: dict[OrderKey, float] = {}
    calls = []
    for key, waybill in shipped.items():
        begun[key] = time.monotonic()
        calls.append(asyncio.create_task(carrier.calls(Call(waybill, "1", "103", datetime.now(UTC)))))
        await asyncio.sleep(1 / CALLS_A_SECOND)
    await asyncio.gather(*calls)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await watching
    known = await _known(scene)
    if pouring is not None:
        pouring.cancel()
        await asyncio.gather(pouring, return_exceptions=True)
    return [seen[key] - begun[key] for key in shipped], known


async def _known(scene: Scene) -> int:
    return await asyncio.to_thread(scene.store.orders.count)


async def _watch(scene: Scene, seen: dict[OrderKey, float], missing: set[OrderKey]) -> None:
    """Note when the read model shows each order in transit."""
    while missing:
        known = await asyncio.to_thread(scene.store.orders.all_known, tuple(missing))
        for key, row in known.items():
            if row.stage == "in_transit":
                seen[key] = time.monotonic()
                missing.discard(key)
        await asyncio.sleep(LOOK_SECONDS)


async def _signals(scene: Scene, carrier: Carrier, waybills: Sequence[str]) -> dict[str, Any]:
    """Compare callbacks that each change their parcel with signals to workflows that only count them."""
    calls = []
    for place in range(ROUNDS):
        state, code = ("2", "204") if place % 2 == 0 else ("0", "1002")
        at = datetime.now(UTC) + timedelta(seconds=place)
        calls.append([Call(waybill, state, code, at) for waybill in waybills])
    begun = time.perf_counter()
    for calls_of_a_round in calls:
        await _all(carrier.calls(call) for call in calls_of_a_round)
    ours = sum(map(len, calls)) / (time.perf_counter() - begun)
    bare = await _bare(scene.client, [len(each) for each in calls])
    return {
        "ours_per_second": round(ours, 1),
        "bare_per_second": round(bare, 1),
        "ratio": round(ours / bare, 3),
    }


async def _bare(client: Client, rounds: Sequence[int]) -> float:
    async with Worker(client, task_queue="bare", workflows=[Ears]):
        handles = [
            await client.start_workflow(
                Ears.run,
                id=f"bare:{number}",
                task_queue="bare",
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )
            for number in range(max(rounds))
        ]
        begun = time.perf_counter()
        for size in rounds:
            await _all(handle.signal(Ears.word, Word(text="scan")) for handle in handles[:size])
        rate = sum(rounds) / (time.perf_counter() - begun)
        for handle in handles:
            await handle.terminate()
        return rate


async def _all(calls: Any) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(call: Any) -> None:
        async with gate:
            await call

    await asyncio.gather(*map(one, calls))
