"""List a shop's changed trades so that none is lost while trades change under our hands."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

from oms.channels.taobao.details import Details, mark_of
from oms.channels.taobao.fields import TRADE_FIELDS
from oms.channels.taobao.gateway import Content, Shop, nested
from oms.channels.taobao.times import stamp
from oms.channels.taobao.trades import Trades
from oms.domain.errors import Unavailable
from oms.paging import SECOND, Numbered, NumberedList, Window, walk_backwards
from oms.ports import Page

METHOD = "taobao.trades.sold.increment.get"
PAGE_SIZE = 50
"""Of at most 100; the platform advises 40 to 50."""
LONGEST = timedelta(days=1)
ADVISED = timedelta(minutes=30)
"""The platform allows a day and advises no more than this, lest it time out."""


class Listing:
    """The list of changed trades of one shop."""

    def __init__(self, shop: Shop, trades: Trades, now: Callable[[], datetime]) -> None:
        self._shop = shop
        self._details = Details(trades, now)
        self._now = now

    async def ask_page(self, window: Window, number: int) -> Numbered:
        """Ask for one page.

        Only the first is counted by the platform. The others, which cost it less so, say whether more
        follow: their total is what must be there at least.
        """
        content = await self._shop.get(
            METHOD, page_params(window, number, PAGE_SIZE) | {"fields": TRADE_FIELDS}
        )
        found = nested(content, "trades", "trade")
        rows = tuple(row if isinstance(row, dict) else {"unreadable": row} for row in found)
        return Numbered(rows, total_of(content, number, len(rows), PAGE_SIZE))

    async def changed(self, since: datetime, until: datetime) -> AsyncIterator[Page]:
        """Yield every trade modified in [since, until], from the last page of each window to the first.

        The newest come first in a list: one modified while we read leaves a window of the past, and what
        stands behind it moves towards the pages still to come. A window that is not over yet would
        keep it, and push others behind our back instead; so the seconds that are not over are read by themselves.
        """
        for start, end in self._parts(since.replace(microsecond=0), until):
            listed = NumberedList(self.ask_page, mark_of, PAGE_SIZE, ADVISED)
            async for page in walk_backwards(listed, start, end):
                yield Page(payloads=await self._details.complete(page.payloads), total=page.total)

    def _parts(self, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
        """Cut a window after the last second that is over; both bounds belong to each part."""
        over = (self._now() - SECOND).replace(microsecond=0)
        if not since <= over < until:
            return [(since, until)]
        return [(since, over), (over + SECOND, until)] if over + SECOND <= until else [(since, until)]


def page_params(window: Window, number: int, page_size: int) -> dict[str, str]:
    """Write a window and a page the way both lists want them; both bounds belong to the window."""
    return {
        "start_modified": stamp(window.since),
        "end_modified": stamp(window.until),
        "page_no": str(number),
        "page_size": str(page_size),
        "use_has_next": "false" if number == 1 else "true",
    }


def total_of(content: Content, number: int, shown: int, page_size: int) -> int:
    """Return the platform's count, or what pages without one prove. Raises Unavailable for nonsense."""
    if "total_results" not in content:
        return (number - 1) * page_size + shown + bool(content.get("has_next"))
    total = content["total_results"]
    if isinstance(total, bool) or not isinstance(total, int | str) or not str(total).isdecimal():
        raise Unavailable("the platform's count of a list is no number")
    return int(total)
