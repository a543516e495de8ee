"""Whoever hears of every call to an outside interface."""

from typing import Protocol

from oms.domain.calls import CallMade


class CallListener(Protocol):
    """Hears of a call when it is over, in the event loop that made it."""

    def heard(self, call: CallMade) -> None:
        """Take note of a call: at once and without waiting, for the caller waits. What it raises is not passed on."""
