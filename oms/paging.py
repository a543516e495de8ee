"""Walk a platform's numbered pages so that no order is lost while orders move under our hands."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from oms.domain.errors import Unavailable
from oms.ports import Page

SECOND = timedelta(seconds=1)
RESTARTS = 5
"""How often a window that keeps growing is begun again before we say so."""


class Window(NamedTuple):
    """From when to when, both in whole seconds, both belonging to it."""

    since: datetime
    until: datetime

    def halves(self) -> tuple["Window", "Window"]:
        """Cut in two that share one second, so that nothing falls between them."""
        middle = (self.since + (self.until - self.since) / 2).replace(microsecond=0)
        return Window(self.since, middle), Window(middle, self.until)


class Numbered(NamedTuple):
    """One page of a window and how many orders the platform counts in the whole of it."""

    rows: tuple[Mapping[str, Any], ...]
    total: int


AskPage = Callable[[Window, int], Awaitable[Numbered]]
Mark = Callable[[Mapping[str, Any]], str]
"""Names the order a row is about; empty for a row that names none."""


def windows(since: datetime, until: datetime, longest: timedelta) -> list[Window]:
    """Cut a stretch into windows of at most `longest`, oldest first; neighbours share their border second."""
    start, end = since.replace(microsecond=0), _up(until)
    found: list[Window] = []
    while not found or start < end:
        stop = max(min(start + longest, end), start)
        found.append(Window(start, stop))
        start = stop
    return found


class NumberedList(NamedTuple):
    """What a platform's list of numbered pages is like."""

    ask: AskPage
    mark: Mark
    page_size: int
    longest: timedelta
    """Longer windows are cut up."""
    first_page: int = 1
    most_rows: int | None = None
    """A window of more rows is halved."""


async def walk_backwards(of: NumberedList, since: datetime, until: datetime) -> AsyncIterator[Page]:
    """Yield every order modified in [since, until], from the last page of each window to the first.

    An order modified while we read leaves its window, and everything behind it moves one place towards the
    first page: read forwards, the first order of the next page slips onto a page already read. Read
    backwards, it slips onto one still to come. Should the count have grown meanwhile, somebody wrote into
    the window late, and it is read again. A window of more
    than `most_rows` is halved.

    Whatever the window still holds at the end, we must have seen: a page that came with fewer orders than
    it has raises Unavailable instead of passing for the whole. Raises what `ask` raises, and Unavailable
    when one second holds more than the platform shows or a window never comes to rest.
    """
    for window in windows(since, until, of.longest):
        async for page in _walk(of, window):
            yield page


async def _walk(of: NumberedList, window: Window) -> AsyncIterator[Page]:
    first = await of.ask(window, of.first_page)
    if of.most_rows is not None and first.total > of.most_rows:
        for half in _halved(window, of.most_rows):
            async for page in _walk(of, half):
                yield page
        return
    seen, nameless = set[str](), 0
    counted = first.total
    for _ in range(RESTARTS):
        pages = max(-(-counted // of.page_size), 1)
        last = first
        for number in range(of.first_page + pages - 1, of.first_page - 1, -1):
            last = first if pages == 1 else await of.ask(window, number)
            marks = [of.mark(row) for row in last.rows]
            seen.update(filter(None, marks))
            nameless += marks.count("")
            yield Page(payloads=last.rows, total=counted)
        if last.total <= counted:
            if len(seen) + nameless < last.total:
                raise Unavailable(
                    f"{last.total} orders from {window.since} to {window.until}, but only {len(seen)} were shown"
                )
            return
        first, counted = last, last.total
    raise Unavailable(f"the list from {window.since} to {window.until} never comes to rest; ask again")


def _halved(window: Window, most_rows: int) -> tuple[Window, Window]:
    if window.until - window.since <= SECOND:
        raise Unavailable(f"more than {most_rows} orders changed in one second at {window.since}")
    return window.halves()


def _up(moment: datetime) -> datetime:
    whole = moment.replace(microsecond=0)
    return whole if whole == moment else whole + SECOND
