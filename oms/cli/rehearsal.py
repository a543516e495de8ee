"""One demonstration: offer orders to a running stack, watch them to their end, let the oracle judge."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from temporalio.client import Client, WorkflowExecutionStatus

from oms.cli.board import Board, Picture
from oms.cli.case_verdict import all_cases_over
from oms.cli.desk import Desk
from oms.cli.observer import EVERY_ORDER, Observer, Seen
from oms.cli.output import Code, Output, Trouble
from oms.cli.timetable import OUTSIDE, STAGES, Row, timetable
from oms.cli.told import ToldFigures, still_telling, told_figures
from oms.cli.verdict import Evidence, Verdict, judge
from oms.domain.ids import OrderKey
from oms.domain.stages import ENDED
from oms.stack.loopback import NoAnswer, get_json, post_json
from oms.stack.stack import Stack
from oms.store import Store
from oms.temporal.mailbox import ORDER_WORKFLOW

LOOK_SECONDS = 0.5
ORACLE_SECONDS = 2.0
ORACLE_RESTS = 10
"""The oracle looks at every order there is: it rests so many times as long as it took, so that the world can go on."""
PATIENCE_SECONDS = 60.0
LONGEST_SILENCE_HOURS = 96
"""Business hours in which a healthy run may show nothing: the 72 hours after shipping, and some."""
CHATTER = frozenset({"ledger", "letters", "webhooks_lost"})
"""What also moves when no order does: rows that are modified, questions that are spoilt, and the talk about both."""
LAST_LETTERS_SECONDS = 10.0
TELLING_SECONDS = 60.0
"""How long a subscriber that was down may take to hear what it missed."""
HOUR_SECONDS = 3600
SHOWN_STUCK = 15


@dataclass
class Rehearsal:
    """A run on a stack that stands: `run` offers, watches and returns the verdict."""

    stack: Stack
    store: Store
    client: Client
    output: Output
    to_offer: int | None = None
    troubles: list[str] = field(default_factory=list)
    _brief: dict[str, Any] = field(default_factory=dict, init=False)
    _clock: dict[str, Any] = field(default_factory=dict, init=False)
    _moved_at: float = field(default=0.0, init=False)
    _signature: object = field(default=None, init=False)
    _began: float = field(default=0.0, init=False)
    _ask_at: float = field(default=0.0, init=False)
    stalled: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        """Let somebody look, and somebody approve."""
        self._observer, self._desk = Observer(self.store), Desk(self.store, self.client)

    async def run(self, addresses: dict[str, str]) -> Verdict:
        """Offer everything, wait until it has ended or nothing moves any more, and judge."""
        await self.begin()
        return await self.judged(await self.live(addresses))

    async def begin(self) -> None:
        """Let the outside world begin to offer."""
        await asyncio.to_thread(self._observer.look)
        await post_json(self._port, "/control/start", {})
        self._began = time.monotonic()

    async def live(self, addresses: dict[str, str]) -> Seen:
        """Watch until every order has ended and all letters have come, or nothing moves any more."""
        self._moved_at = time.monotonic()
        async with _working(self._desk):
            with Board(self.output.out, addresses) as board:
                seen = await self._watch(self._observer, self._desk, board)
            await self._wait_for_the_last_letters()
        return seen

    async def judged(self, seen: Seen) -> Verdict:
        """Compare what the outside world received with what we hold."""
        return judge(await self._evidence(seen))

    @property
    def seconds(self) -> float:
        """How long ago it began, in real time."""
        return time.monotonic() - self._began

    @property
    def _port(self) -> int:
        return self.stack.blueprint.ports.simulator

    @property
    def _pace(self) -> int:
        return self.stack.settings.pace

    async def _watch(self, observer: Observer, desk: Desk, board: Board) -> Seen:
        while True:
            seen = await asyncio.to_thread(observer.look)
            if time.monotonic() > self._ask_at:
                await self._ask_the_oracle()
            self._note_movement(seen)
            done = self._finished(seen)
            self.stalled = not done and self._silent_too_long()
            board.show(self._picture(seen, desk), at_once=done or self.stalled)
            if done or self.stalled:
                return seen
            if self.stack.broken.is_set():
                raise Trouble(self.troubles[-1], "its log has the reason", Code.UNREACHABLE)
            await asyncio.sleep(LOOK_SECONDS)

    def _picture(self, seen: Seen, desk: Desk) -> Picture:
        seconds = (
            seen.ended_at if self._finished(seen) and seen.ended_at else time.monotonic()
        ) - self._began
        offered = self._brief.get("offered", 0)
        return Picture(seen, offered, self.to_offer, seconds, desk.approved, tuple(self.troubles))

    async def _ask_the_oracle(self) -> None:
        asked_at = time.monotonic()
        with contextlib.suppress(NoAnswer):
            self._brief = await get_json(self._port, "/control/oracle?brief=1")
            self._clock = await get_json(self._port, "/control/clock")
        answered_at = time.monotonic()
        self._ask_at = answered_at + max(ORACLE_SECONDS, ORACLE_RESTS * (answered_at - asked_at))

    def _finished(self, seen: Seen) -> bool:
        if (
            not self._brief.get("done_offering")
            or self._brief["unsettled"]
            or not all_cases_over(self._brief)
        ):
            return False
        stay_open = self._brief["totals"]["expected"].get("open", 0)
        offered = int(self._brief["offered"])
        return seen.started >= offered and seen.ended >= offered - int(stay_open)

    def _note_movement(self, seen: Seen) -> None:
        totals = {name: n for name, n in self._brief.get("totals", {}).items() if name not in CHATTER}
        signature = (dict(seen.stages), seen.sla_alerts, totals, self._clock.get("next_due"))
        if signature != self._signature:
            self._signature, self._moved_at = signature, time.monotonic()

    def _silent_too_long(self) -> bool:
        allowed = PATIENCE_SECONDS + LONGEST_SILENCE_HOURS * HOUR_SECONDS / self._pace
        return time.monotonic() - self._moved_at > allowed

    async def _wait_for_the_last_letters(self) -> None:
        """Let late and doubled webhooks arrive, so that what they break is seen."""
        deadline = time.monotonic() + LAST_LETTERS_SECONDS
        while not self.stalled and self._letters_pending() and time.monotonic() < deadline:
            await asyncio.sleep(LOOK_SECONDS)
            await self._ask_the_oracle()

    def _letters_pending(self) -> bool:
        letters = self._brief.get("totals", {}).get("letters", {})
        return bool(letters.get("pending"))

    async def _evidence(self, seen: Seen) -> Evidence:
        oracle = await get_json(self._port, "/control/oracle")
        rows = await asyncio.to_thread(self.store.orders.list, limit=EVERY_ORDER)
        workflows, lengths = await _workflows(self.client)
        world = self.stack.blueprint.world
        return Evidence(
            told=await self._told(),
            timetable=await self.timetable(),
            oracle=oracle,
            rows=rows,
            workflows=workflows,
            history_lengths=tuple(lengths),
            sla_alerts=seen.sla_alerts,
            rules=seen.rules,
            seconds=(seen.ended_at or time.monotonic()) - self._began,
            seed=world.seed if world else 0,
            pace=self._pace,
        )

    async def timetable(self) -> dict[str, Row]:
        """Measure, over the orders that came so far, how soon we acted on what happened outside."""
        reached = await asyncio.to_thread(self.store.orders.reached, STAGES)
        kinds = [await get_json(self._port, f"/control/ledger?kind={kind}") for kind in OUTSIDE]
        return timetable([entry for entries in kinds for entry in entries], reached, self._pace)

    async def _told(self) -> ToldFigures | None:
        """Wait until every subscriber has heard all, and count at their side."""
        subscribers = self.stack.settings.subscribers
        if not subscribers:
            return None
        deadline = time.monotonic() + TELLING_SECONDS
        while await asyncio.to_thread(still_telling, self.store, subscribers) and time.monotonic() < deadline:  # noqa: ASYNC110 - another process
            await asyncio.sleep(LOOK_SECONDS)
        return await told_figures(self.store, subscribers, self._port)

    def outstanding(self) -> str:
        """Name, by the oracle's short word, the orders and after-sales that are not where they should end."""
        cases = self._brief.get("totals", {}).get("after_sales", {})
        waiting = {
            "orders": self._brief.get("unsettled", []),
            "after-sales": cases.get("unsettled", []),
            "buyers who have not asked yet": cases.get("to_come", 0),
        }
        return "; ".join(f"{what} {which}" for what, which in waiting.items() if which)

    def stuck(self) -> list[dict[str, object]]:
        """List orders that have not ended, with the reason each gives."""
        rows = [row for row in self.store.orders.list(limit=EVERY_ORDER) if row.stage not in ENDED]
        return [
            {"order": row.key.number, "stage": row.stage, "holds": list(row.holds), "why_here": row.why_here}
            for row in rows[:SHOWN_STUCK]
        ]


@contextlib.asynccontextmanager
async def _working(desk: Desk) -> AsyncIterator[None]:
    task = asyncio.create_task(desk.work())
    try:
        yield
    finally:
        task.cancel()
        (broken,) = await asyncio.gather(task, return_exceptions=True)
    if isinstance(broken, Exception):
        raise broken


async def _workflows(client: Client) -> tuple[Counter[str], list[int]]:
    """Count the workflows of each order number, and the history lengths of those that have ended."""
    counts: Counter[str] = Counter()
    lengths: list[int] = []
    async for found in client.list_workflows(f"WorkflowType = '{ORDER_WORKFLOW}'"):
        if found.status is WorkflowExecutionStatus.CONTINUED_AS_NEW:
            continue
        counts[OrderKey.parse(found.id).number] += 1
        if found.status is WorkflowExecutionStatus.COMPLETED:
            lengths.append(found.history_length)
    return counts, lengths
