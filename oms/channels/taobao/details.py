"""Put the single trade in the place of a list's row, where the list tells too little."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from oms.channels.taobao.mapping import STATUSES, UNDER_WAY
from oms.channels.taobao.times import read_stamp
from oms.channels.taobao.trades import Trades
from oms.domain.errors import Misused

AT_ONCE = 5
MOST_REMEMBERED = 5_000
SETTLED = timedelta(seconds=5)
"""The platform's times are whole seconds: a trade fetched so long after its last change is whole as of that change."""
Row = Mapping[str, Any]


class Details:
    """Fetches trades by rows of a list; what has not changed since is not fetched again by the next poll."""

    def __init__(self, trades: Trades, now: Callable[[], datetime]) -> None:
        self._trades = trades
        self._now = now
        self._known: OrderedDict[tuple[str, str], Row] = OrderedDict()

    async def complete(self, rows: tuple[Row, ...]) -> tuple[Row, ...]:
        """Return the rows, those that tell too little replaced by what the platform says of the single trade.

        Raises Unavailable or RateLimited; a trade that it refuses to show stays as the list has it.
        """
        gate = asyncio.Semaphore(AT_ONCE)

        async def whole(row: Row) -> Row:
            if not mark_of(row) or not _tells_too_little(row):
                return row
            async with gate:
                return await self._whole(row)

        return tuple(await asyncio.gather(*map(whole, rows)))

    async def _whole(self, row: Row) -> Row:
        state = (mark_of(row), str(row.get("modified")))
        if state in self._known:
            self._known.move_to_end(state)
            return self._known[state]
        asked_at = self._now()
        try:
            found = await self._trades.fetch(mark_of(row))
        except Misused:
            return row
        if found is not None and _is_settled(row, asked_at):
            self._known[state] = found
            if len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)
        return found or row


def mark_of(row: Row) -> str:
    """Name the trade a row is about; empty for a row that names none."""
    number = row.get("tid")
    return str(number) if isinstance(number, int | str) else ""


def _tells_too_little(row: Row) -> bool:
    """What the buyer wrote, and with whom and by when to ship, is only in the single trade."""
    status = row.get("status")
    return row.get("has_buyer_message") is True or (
        isinstance(status, str) and STATUSES.get(status) in UNDER_WAY
    )


def _is_settled(row: Row, asked_at: datetime) -> bool:
    try:
        return asked_at - read_stamp(str(row.get("modified"))) >= SETTLED
    except ValueError:
        return False
