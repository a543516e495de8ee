"""Offer orders one after another, each at its time, never more than one ahead."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from simulator.clock import Action, Timeline

Script = Iterator[tuple[timedelta, Action]]


class Offering:
    """Plays a script of orders; each step says how long after the beginning it is due."""

    def __init__(self, timeline: Timeline) -> None:
        """Wait for a script."""
        self._timeline = timeline
        self.begun_at: datetime | None = None
        self.done = False

    def begin(self, script: Script) -> bool:
        """Begin, once; False if it had begun."""
        if self.begun_at is not None:
            return False
        self.begun_at = self._timeline.now()
        self._next(script, self.begun_at)
        return True

    def _next(self, script: Script, begun: datetime) -> None:
        step = next(script, None)
        if step is None:
            self.done = True
            return
        offset, act = step

        def play() -> None:
            try:
                act()
            finally:
                self._next(script, begun)

        self._timeline.at(begun + offset, play)
