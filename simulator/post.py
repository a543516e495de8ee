"""Carry what the outside world sends: webhooks, notices and callbacks, with the faults of the way."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

import httpx

from simulator.faults import Fault, Faults

log = logging.getLogger(__name__)

Route = Literal["webhook", "notify", "callback", "payments"]
CARRIERS_PER_ROUTE = 8
PATIENCE_S = 10.0
USUAL_DELAY_S = 2.0


@dataclass(frozen=True)
class Sheet:
    """One attempt's address, headers and body, signed at the moment of sending."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Letter:
    """Something to deliver: how to write an attempt, what counts as received, and how often to try again."""

    route: Route
    about: str
    write: Callable[[], Sheet]
    received: Callable[[httpx.Response], bool]
    waits: tuple[float, ...] = ()
    closed: Callable[[bool], None] = field(default=lambda _received: None)
    attempt: int = 1


class Postman:
    """Deliver letters in the order in which they were handed over, unless a fault disturbs it."""

    def __init__(self, faults: Faults, client: httpx.AsyncClient) -> None:
        """Start with empty hands."""
        self._faults = faults
        self._client = client
        self._bags: dict[Route, asyncio.Queue[tuple[Letter, Fault | None]]] = {
            "webhook": asyncio.Queue(),
            "notify": asyncio.Queue(),
            "callback": asyncio.Queue(),
            "payments": asyncio.Queue(),
        }
        self._waiting: dict[int, tuple[Letter, asyncio.TimerHandle]] = {}
        self._numbers = count()
        self.delivered = 0
        self.failed = 0
        self.under_way = 0

    @property
    def moving(self) -> int:
        """Count what is being delivered or will be next."""
        return sum(bag.qsize() for bag in self._bags.values()) + self.under_way

    @property
    def pending(self) -> int:
        """Count what has been handed over and is neither delivered nor given up."""
        return self.moving + len(self._waiting)

    def send(self, letter: Letter) -> None:
        """Take a letter and deliver it soon."""
        fault = self._faults.draw(letter.route, letter.about)
        if fault is None:
            self._bags[letter.route].put_nowait((letter, None))
        elif fault.kind in {"delay", "hang", "reorder"}:
            self.later(letter, USUAL_DELAY_S if fault.seconds is None else fault.seconds)
        elif fault.kind == "duplicate":
            self._bags[letter.route].put_nowait((letter, None))
            self._bags[letter.route].put_nowait((letter, None))
        else:
            self._bags[letter.route].put_nowait((letter, fault))

    def later(self, letter: Letter, seconds: float) -> None:
        """Deliver a letter after a real delay; letters handed over meanwhile overtake it."""
        number = next(self._numbers)

        def put() -> None:
            self._waiting.pop(number, None)
            self._bags[letter.route].put_nowait((letter, None))

        self._waiting[number] = (letter, asyncio.get_running_loop().call_later(seconds, put))

    async def run(self) -> None:
        """Keep delivering until cancelled."""
        async with asyncio.TaskGroup() as group:
            for bag in self._bags.values():
                for _ in range(CARRIERS_PER_ROUTE):
                    group.create_task(self._carry(bag))

    async def _carry(self, bag: asyncio.Queue[tuple[Letter, Fault | None]]) -> None:
        while True:
            letter, fault = await bag.get()
            self.under_way += 1
            try:
                received = await self._try(letter, fault)
                self._settle(letter, received=received)
            except Exception:
                log.exception("letter.broken")
            finally:
                self.under_way -= 1

    async def _try(self, letter: Letter, fault: Fault | None) -> bool:
        if fault is not None and fault.kind in {"drop", "error"}:
            return False
        sheet = letter.write()
        body = (
            sheet.body[: len(sheet.body) // 2]
            if fault is not None and fault.kind == "malformed"
            else sheet.body
        )
        try:
            answer = await self._client.post(
                sheet.url, content=body, headers=dict(sheet.headers), timeout=PATIENCE_S
            )
        except (httpx.HTTPError, httpx.InvalidURL):
            return False
        if fault is not None and fault.kind == "lost_answer":
            return False
        return letter.received(answer)

    def _settle(self, letter: Letter, *, received: bool) -> None:
        if received or letter.attempt > len(letter.waits):
            self.delivered += received
            self.failed += not received
            letter.closed(received)
            return
        wait = letter.waits[letter.attempt - 1]
        letter.attempt += 1
        self.later(letter, wait)
