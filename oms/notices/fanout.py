"""One notice, several ways; a way that fails keeps nobody else from hearing it."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

from oms.domain.errors import Unavailable
from oms.ports import Notice, Notices

REMEMBERED = 10_000


class Fanout:
    """Sends a notice every way at once; fulfils `oms.ports.Notices`.

    It remembers what was heard where, so that sending again after a failure reaches only those who have
    not heard it yet. That memory is this process's: whoever needs more asks the store first.
    """

    def __init__(self, ways: Sequence[Notices]) -> None:
        self._ways = tuple(ways)
        self._heard: OrderedDict[tuple[str, int], None] = OrderedDict()

    async def send(self, notice: Notice) -> None:
        """Send. Raises Unavailable when a way failed, after all were tried."""
        open_ways = [number for number in range(len(self._ways)) if (notice.id, number) not in self._heard]
        outcomes = await asyncio.gather(
            *(self._ways[number].send(notice) for number in open_ways), return_exceptions=True
        )
        failed = []
        for number, outcome in zip(open_ways, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                failed.append(f"{type(self._ways[number]).__name__} ({type(outcome).__name__})")
            else:
                self._remember((notice.id, number))
        if failed:
            raise Unavailable(f"notice {notice.id} was not sent by {', '.join(failed)}")

    def _remember(self, heard: tuple[str, int]) -> None:
        self._heard[heard] = None
        while len(self._heard) > REMEMBERED:
            self._heard.popitem(last=False)
