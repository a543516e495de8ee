"""Whoever writes the calls down: behind the callers' backs, in batches, and never at their cost."""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Self

from oms.domain.calls import CallMade
from oms.domain.errors import Unavailable

log = logging.getLogger(__name__)

ROOM = 20_000
"""Calls that wait for the database at most, some 20 MB; more of them are counted and dropped."""
BATCH = 500
EVERY_S = 1.0
PATIENCE_S = 5.0
"""How long closing waits for the last batches."""
SAID_EVERY_S = 60.0


class CallLog:
    """Hears of calls and writes them down; fulfils `oms.ports.calls.CallListener`.

    A thread of its own does the writing: a database that hangs holds up nobody else, not even the end of the process.
    """

    def __init__(
        self, write: Callable[[Sequence[CallMade]], None], *, room: int = ROOM, every_s: float = EVERY_S
    ) -> None:
        """Take what writes a batch, and raises Unavailable when it cannot now; nothing is written before `async with`."""
        self._write = write
        self._room = room
        self._every_s = every_s
        self._waiting: deque[CallMade] = deque()
        self._dropped = 0
        self._said_at: float | None = None
        self._wake = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="call-log", daemon=True)

    async def __aenter__(self) -> Self:
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.close)

    def heard(self, call: CallMade) -> None:
        """Take note of a call; when there is no room, only that there was one."""
        if len(self._waiting) >= self._room:
            self._dropped += 1
        else:
            self._waiting.append(call)

    def close(self, patience_s: float = PATIENCE_S) -> None:
        """Write what waits, for as long as patience lasts; what is left is dropped, and said to be."""
        self._closing = True
        self._wake.set()
        self._thread.join(patience_s)
        self._dropped += len(self._waiting)
        self._say_dropped(at_once=True)

    def _run(self) -> None:
        while not self._closing:
            self._wake.wait(self._every_s)
            self._write_what_waits()
            self._say_dropped()
        self._write_what_waits()

    def _write_what_waits(self) -> None:
        """Write batch after batch; when the database cannot, everything waits on."""
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            try:
                self._write(batch)
            except Unavailable:
                self._waiting.extendleft(reversed(batch))
                return
            except Exception:  # a batch that cannot be written must not keep the next ones from it
                self._dropped += len(batch)
                log.exception("calls.not_written", extra={"calls": len(batch)})

    def _say_dropped(self, *, at_once: bool = False) -> None:
        now = time.monotonic()
        if not self._dropped or (
            not at_once and self._said_at is not None and now - self._said_at < SAID_EVERY_S
        ):
            return
        dropped, self._dropped, self._said_at = self._dropped, 0, now
        log.warning("calls.dropped", extra={"calls": dropped})
