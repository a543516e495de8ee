"""Walk WeChat's lists of ids so that none is lost while rows move under our hands."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from oms.channels.wechat.verdict import Reply
from oms.domain.errors import Unavailable
from oms.paging import RESTARTS, SECOND, Window

TOO_MANY = 31042
"""Too many rows: ask for a shorter stretch of time."""
LONGEST_PASS = 10_000
"""Pages of one second; a cursor that leads further leads in a circle."""


class Ids(NamedTuple):
    """One page of a list."""

    ids: tuple[str, ...]
    next_key: str
    """Where the next page begins; empty after the last one."""


AskIds = Callable[[Window, str], Awaitable[Ids]]


class TooMany(Exception):
    """The platform will not list so much at once."""


async def walk(ask: AskIds, window: Window, page_size: int) -> AsyncIterator[tuple[str, ...]]:
    """Yield the ids of every row modified in the window, in time order, some of them twice.

    What `next_key` marks is nowhere said; if it is a place in a list that moves, then an order modified
    between two pages moves the first row of the next page onto one already read, and it is lost. So we do
    not follow it while we can help it: a window of more than one page is cut in halves until each fits on
    a single page, which is one answer and cannot move. An order modified meanwhile moves to a later half,
    which is still to come, or behind the window's end, which is the next poll's. Only within one second
    is the cursor followed.

    There is no count to hold an answer against, so every window is read again until a whole pass brings
    nothing new. For an order to be missed by two passes of one second a whole page of orders must have
    left that second in between, and then we read it once more.

    Raises what `ask` raises but TooMany, and Unavailable for a second that never comes to rest.
    """
    divisible = window.until - window.since > SECOND
    first = await _first(ask, window)
    if first is None or (first.next_key and divisible):
        if not divisible:
            raise Unavailable(f"more rows in one second than WeChat lists, at {window.since}")
        for half in window.halves():
            async for ids in walk(ask, half, page_size):
                yield ids
        return
    last = set(await _follow(ask, window, first))
    seen = set(last)
    yield tuple(sorted(last))
    for _ in range(RESTARTS):
        again = set(await _follow(ask, window, await ask(window, "")))
        fresh, left = again - seen, last - again
        if fresh:
            yield tuple(sorted(fresh))
        elif len(left) < page_size:
            return
        seen, last = seen | again, again
    raise Unavailable(f"the list from {window.since} to {window.until} never comes to rest; ask again")


async def _first(ask: AskIds, window: Window) -> Ids | None:
    try:
        return await ask(window, "")
    except TooMany:
        return None


async def _follow(ask: AskIds, window: Window, page: Ids) -> list[str]:
    """Read to the end of the list, with all parameters but the cursor unchanged (606006 otherwise)."""
    found = list(page.ids)
    for _ in range(LONGEST_PASS):
        if not page.next_key:
            return found
        page = await ask(window, page.next_key)
        found += page.ids
    raise Unavailable(f"the list at {window.since} has no end")


def page_of(reply: Reply, key: str) -> Ids:
    """Read a page; the list may be absent when it is empty.

    Raises TooMany, Misused for another refusal, Unavailable when the answer is no page.
    """
    if reply.refusal == TOO_MANY:
        raise TooMany
    reply.accepted()
    content: Mapping[str, Any] = reply.content
    rows, more, next_key = content.get(key, []), content.get("has_more", False), content.get("next_key", "")
    if not isinstance(rows, list) or not isinstance(next_key, str) or (more and not next_key):
        raise Unavailable(f"{reply.what}: an answer that is no page of a list")
    if not all(isinstance(row, str | int) for row in rows):
        raise Unavailable(f"{reply.what}: an id that is none")
    return Ids(tuple(map(str, rows)), next_key if more else "")
