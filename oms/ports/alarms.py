"""Whoever is told that a condition is open, and that it is over."""

from typing import Protocol

from oms.domain.alerts import Condition
from oms.domain.model import Moment


class Alarms(Protocol):
    """Opens and closes alerts; both may be said any number of times."""

    async def open(self, condition: Condition) -> None:
        """A condition is so. Raises Unavailable when nobody could be reached."""

    async def over(self, key: str, at: Moment, why: str) -> None:
        """A condition has ended; nothing happens when no alert is open. Raises Unavailable."""
