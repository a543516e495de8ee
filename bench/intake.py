"""`intake`: from a page of a platform's list to running workflows, beside a bare loop of `start_workflow` calls."""

import asyncio
import itertools
import os
import time
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Literal, NamedTuple, Protocol

from temporalio.client import Client

from bench.bare import Errand
from bench.figures import spread, usage
from bench.ground import Ground
from bench.life import Say
from bench.opening import bare_client, open_store, our_client
from bench.shops import Listed, Payload, listed
from oms.channels import CHANNELS
from oms.clock import wall_clock
from oms.domain.ids import ShopKey
from oms.domain.messages import SnapshotArrived, Way
from oms.intake import ADMITTED, Intake
from oms.store import Store
from oms.temporal.mailbox import TemporalMailbox

Side = Literal["ours", "mailbox", "bare"]
SIDES: tuple[Side, ...] = ("ours", "mailbox", "bare")
"""`mailbox`: only what comes after intake, starts with our search attributes; tells whose the difference is."""
WARM_UP = 5
TARGET = 0.8
GLANCE_SECONDS, GLANCES, IDLE = 0.25, 20, 0.12
"""The server rests when it uses less than this share of a core between two glances; so many are enough."""
Pages = Sequence[tuple[ShopKey, Sequence[Payload]]]
"""Each with its shop, as polls take them in."""


@dataclass(frozen=True)
class Round:
    """What a round came to."""

    orders: int
    seconds: float
    per_second: float
    own_ms: float
    """CPU of the process that takes in, an order; likewise of the server."""
    server_ms: float


class Turn(NamedTuple):
    """What some pages of one shop took: seconds, and CPU seconds of the process that takes in and of the server."""

    seconds: float
    own: float
    server: float


class Party(Protocol):
    """Somebody who makes workflows of orders."""

    async def take(self, pages: Pages) -> None:
        """Start a workflow for every payload."""


class Ours:
    """Intake as a poll calls it: page after page, shop after shop."""

    def __init__(self, store: Store, client: Client, shops: Mapping[ShopKey, Listed]) -> None:
        """Take the real store and the real mailbox."""
        channels = {shop: found.channel for shop, found in shops.items()}
        self._intake = Intake(store, TemporalMailbox(client), channels, wall_clock)

    async def take(self, pages: Pages) -> None:
        """Hand on every page. Raises RuntimeError when an order was not delivered."""
        for shop, page in pages:
            receipts = await self._intake.receive_all(shop, Way.POLL, page)
            if any(receipt.status != "delivered" for receipt in receipts):
                raise RuntimeError(f"{shop}: {[receipt.status for receipt in receipts]}")


class Mailbox:
    """The way out of intake alone."""

    def __init__(self, client: Client, shops: Mapping[ShopKey, Listed]) -> None:
        """Take the channels, which read the payloads."""
        self._mailbox = TemporalMailbox(client)
        self._shops = shops

    async def take(self, pages: Pages) -> None:
        """Read, and deliver at once."""
        await _all_at_once([self._one(shop, payload) for shop, page in pages for payload in page])

    async def _one(self, shop: ShopKey, payload: Payload) -> None:
        snapshot = self._shops[shop].channel.read(payload).snapshot
        message = SnapshotArrived(event_id=snapshot.fingerprint, way=Way.POLL, snapshot=snapshot)
        await self._mailbox.begin(message)


class Bare:
    """The yardstick: `start_workflow` with a tiny input, nothing read, nothing kept, nothing signalled."""

    def __init__(self, client: Client) -> None:
        """Take a client with the stock pydantic converter."""
        self._client = client
        self._numbers = itertools.count(1)

    async def take(self, pages: Pages) -> None:
        """Start as many workflows as there are payloads, no page waiting for the one before."""
        await _all_at_once([self._one() for _, page in pages for _ in page])

    async def _one(self) -> None:
        errand = Errand(in_place=False, ship_by=1.0, last_wait=1.0)
        await self._client.start_workflow(
            "BareOrder", errand, id=f"bare:{next(self._numbers)}", task_queue="bare"
        )


async def intake(ground: Ground, *, orders: int, rounds: int, say: Say) -> dict[str, Any]:
    """Measure interleaved rounds of each side on one server without a worker; the ratio is that of the medians.

    In a round the sides take turns shop by shop, and each turn begins when the server has come to rest.
    """
    each = orders // len(CHANNELS)
    shops = await listed(len(SIDES) * (WARM_UP + rounds * each))
    results: dict[Side, list[Round]] = {side: [] for side in SIDES}
    with closing(open_store(ground.plan)) as store:
        parties = await _parties(ground, store, shops)
        supply = Supply(shops)
        await _round(parties, supply, WARM_UP, ground.server.pid)
        for number in range(1, rounds + 1):
            done = await _round(parties, supply, each, ground.server.pid)
            for side in SIDES:
                results[side].append(done[side])
            say(
                f"round {number}: "
                + ", ".join(f"{side} {done[side].per_second}" for side in SIDES)
                + " orders/s"
            )
    return _summary(results)


class Supply:
    """Pages that nobody has taken in yet."""

    def __init__(self, shops: Mapping[ShopKey, Listed]) -> None:
        """Begin with the first payload of every shop."""
        self.shops = shops
        self._used = dict.fromkeys(shops, 0)

    def next(self, shop: ShopKey, count: int) -> Pages:
        """Give so many orders of a shop, in pages of its platform's size."""
        start, self._used[shop] = self._used[shop], self._used[shop] + count
        return [(shop, page) for page in self.shops[shop].pages(start, self._used[shop])]


async def _parties(ground: Ground, store: Store, shops: Mapping[ShopKey, Listed]) -> Mapping[Side, Party]:
    client = await our_client(ground.plan)
    return {
        "ours": Ours(store, client, shops),
        "mailbox": Mailbox(client, shops),
        "bare": Bare(await bare_client(ground.plan)),
    }


async def _all_at_once(calls: Sequence[Awaitable[None]]) -> None:
    """Make so many calls at a time as intake does."""
    gate = asyncio.Semaphore(ADMITTED)

    async def one(call: Awaitable[None]) -> None:
        async with gate:
            await call

    await asyncio.gather(*map(one, calls))


async def _round(
    parties: Mapping[Side, Party], supply: Supply, each: int, server_pid: int
) -> Mapping[Side, Round]:
    turns: dict[Side, list[Turn]] = {side: [] for side in SIDES}
    for place, shop in enumerate(supply.shops):
        first = place % len(SIDES)
        for side in SIDES[first:] + SIDES[:first]:
            await rest(server_pid)
            turns[side].append(await _turn(parties[side], supply.next(shop, each), server_pid))
    return {side: _total(each * len(supply.shops), taken) for side, taken in turns.items()}


async def rest(server_pid: int) -> None:
    """Wait until the server has nothing left over from the turn before, or for as long as one is patient."""
    for _ in range(GLANCES):
        before = usage(server_pid).cpu
        await asyncio.sleep(GLANCE_SECONDS)
        if usage(server_pid).cpu - before <= IDLE * GLANCE_SECONDS:
            return


async def _turn(party: Party, pages: Pages, server_pid: int) -> Turn:
    own, server = usage(os.getpid()).cpu, usage(server_pid).cpu
    begun = time.perf_counter()
    await party.take(pages)
    seconds = time.perf_counter() - begun
    return Turn(seconds, usage(os.getpid()).cpu - own, usage(server_pid).cpu - server)


def _total(orders: int, turns: Sequence[Turn]) -> Round:
    seconds, own, server = (sum(figures) for figures in zip(*turns, strict=True))
    return Round(
        orders=orders, seconds=round(seconds, 2), per_second=round(orders / seconds, 1),
        own_ms=round(own / orders * 1000, 2), server_ms=round(server / orders * 1000, 2),
    )  # fmt: skip


def _summary(results: Mapping[Side, list[Round]]) -> dict[str, Any]:
    rates = {side: [each.per_second for each in rounds] for side, rounds in results.items()}
    middle = {side: median(values) for side, values in rates.items()}
    return {
        "at_once": ADMITTED,
        "orders_per_second": {side: spread(values) for side, values in rates.items()},
        "ratio": {side: round(middle["ours"] / middle[side], 3) for side in SIDES if side != "ours"},
        "target": TARGET,
        "sides": {side: _medians(rounds) for side, rounds in results.items()},
        "rounds": {side: [asdict(each) for each in rounds] for side, rounds in results.items()},
    }


def _medians(rounds: Sequence[Round]) -> dict[str, float]:
    return {
        name: round(median([getattr(each, name) for each in rounds]), 2) for name in ("own_ms", "server_ms")
    }
