"""Read again what the polls may have missed: whole business days, each with its proof of completeness (R31)."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from oms.domain.errands import SweepDone
from oms.domain.errors import OmsError
from oms.domain.ids import ShopKey
from oms.domain.periods import Period, days_from
from oms.logs import words_of
from oms.polling import WHICH_TOLD, Polling
from oms.store.holes import Hole, Holes

log = logging.getLogger(__name__)

BEFORE_IT_WAS_SEEN = timedelta(hours=6)
"""The watch sees a list that shows nothing some time after it began to; what a poll finds begins at its cursor."""
DAYS_AT_ONE_GO = 3
"""So many days are read again after one poll, so that the next poll is not kept waiting; the rest follows after it."""


class Backfill:
    """Fills the holes of a shop, window by window; what was read stays read whatever interrupts it."""

    def __init__(self, polling: Polling, holes: Holes, clock: Callable[[], datetime]) -> None:
        """Take who compares lists, what must be read again, and the time."""
        self._polling = polling
        self._holes = holes
        self._clock = clock

    async def stretch(self, shop: ShopKey, since: datetime, until: datetime) -> SweepDone:
        """Sweep every business day that the stretch touches; sums up. Raises the errors of a sweep."""
        windows = windows_of(Period(since=since, until=until), self._clock())
        done = [await self._polling.sweep(shop, each.since, each.until) for each in windows]
        return _together(done)

    async def fill(self, shop: ShopKey) -> int:
        """Fill the holes whose conditions are over, a few days at one go; returns how many orders they gave back.

        A sweep that fails is left for the next time: the hole stays due.
        """
        due = await asyncio.to_thread(self._holes.due, shop)
        if not due:
            return 0
        recovered, ended = 0, self._clock()
        windows = _left(due, windows_of(_around(due), ended))
        try:
            for window in windows[:DAYS_AT_ONE_GO]:
                done = await self._polling.sweep(shop, window.since, window.until)
                await asyncio.to_thread(self._note, due, window.until, done)
                recovered += done.recovered + done.late
        except OmsError as error:
            log.warning("hole.not_filled", extra={"shop": str(shop), "reason": words_of(error)})
            return recovered
        if len(windows) <= DAYS_AT_ONE_GO:
            await asyncio.to_thread(self._holes.filled, due, ended)
            log.info("hole.filled", extra={"shop": str(shop), "orders": recovered, "holes": len(due)})
        return recovered

    def _note(self, due: Sequence[Hole], reached: datetime, done: SweepDone) -> None:
        """Note how far holes were read; what a late poll brought belongs to the holes that polls found."""
        theirs = [hole for hole in due if hole.found_by == "poll"]
        self._holes.read(theirs, reached, done.recovered + done.late)
        self._holes.read([hole for hole in due if hole not in theirs], reached, done.recovered)


def windows_of(stretch: Period, now: datetime) -> list[Period]:
    """Cut a stretch into the business days that it touches, each whole, the last one until now at most."""
    days = [days_from(day, day) for day in stretch.days]
    return [
        Period(since=day.since, until=min(day.until, now)) for day in days if day.since < min(day.until, now)
    ]


def _around(due: Sequence[Hole]) -> Period:
    since = min(hole.since - (timedelta() if hole.found_by == "poll" else BEFORE_IT_WAS_SEEN) for hole in due)
    until = max(hole.until for hole in due if hole.until)
    return Period(since=since, until=max(until, since + timedelta.resolution))


def _left(due: Sequence[Hole], windows: list[Period]) -> list[Period]:
    """Return the windows that have not been read since the holes ended."""
    if any(hole.read_until is None for hole in due):
        return windows
    reached = min(hole.read_until for hole in due if hole.read_until)
    return [window for window in windows if window.until > reached]


def _together(done: Sequence[SweepDone]) -> SweepDone:
    which = tuple(name for each in done for name in each.which)[:WHICH_TOLD]
    names = ("platform", "ours", "recovered", "parked", "late", "after_sales", "after_sales_recovered")
    return SweepDone(which=which, **{name: sum(getattr(each, name) for each in done) for name in names})
