"""The world's timeline: everything that will happen by itself, in the order in which it is due."""

import asyncio
import heapq
import itertools
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

log = logging.getLogger(__name__)

Action = Callable[[], object]
LONGEST_NAP = 5.0


def wall_clock() -> datetime:
    """Tell the real time."""
    return datetime.now(UTC)


class Timeline:
    """A heap of due actions, worked off by one task; what fails is logged and stops nothing else."""

    def __init__(self, pace: float, now: Callable[[], datetime] = wall_clock) -> None:
        """Start with nothing due; `pace` divides business durations."""
        self.pace = pace
        self.now = now
        self._due: list[tuple[datetime, int, Action]] = []
        self._numbers = itertools.count()
        self._changed = asyncio.Event()

    def __len__(self) -> int:
        """Count what is still to come."""
        return len(self._due)

    def real(self, business_seconds: float) -> timedelta:
        """Turn a business duration into a real one."""
        return timedelta(seconds=business_seconds / self.pace)

    def at(self, moment: datetime, action: Action) -> None:
        """Let an action happen at a real moment; a moment that has passed means at once."""
        heapq.heappush(self._due, (moment, next(self._numbers), action))
        self._changed.set()

    def after(self, business_seconds: float, action: Action) -> None:
        """Let an action happen after a business duration."""
        self.at(self.now() + self.real(business_seconds), action)

    def run_due(self) -> int:
        """Do everything that is due by now, oldest first, and count it."""
        done = 0
        while self._due and self._due[0][0] <= self.now():
            _, _, action = heapq.heappop(self._due)
            done += 1
            try:
                action()
            except Exception:
                log.exception("world.action_failed")
        return done

    @property
    def next_due(self) -> datetime | None:
        """Tell when the next action is due."""
        return self._due[0][0] if self._due else None

    async def run(self) -> None:
        """Keep doing what is due until cancelled."""
        while True:
            self._changed.clear()
            self.run_due()
            upcoming = self.next_due
            nap = LONGEST_NAP if upcoming is None else (upcoming - self.now()).total_seconds()
            try:
                async with asyncio.timeout(min(max(nap, 0.0), LONGEST_NAP)):
                    await self._changed.wait()
            except TimeoutError:
                continue
            await asyncio.sleep(0)
