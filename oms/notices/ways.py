"""One way to one person: a robot of a group chat, or whatever apprise can reach (e-mail before all)."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

import apprise
from pydantic import SecretStr

from oms.domain.errors import Misused, Unavailable
from oms.http import Http
from oms.notices.robots import Robot, robot_address

log = logging.getLogger(__name__)
PATIENCE_S = 20.0
"""A mail server that hangs must not keep the next way waiting."""


class Way(Protocol):
    """How one person is reached."""

    async def send(self, title: str, text: str) -> None:
        """Send. Raises an OmsError when it did not get there."""


class Mail:
    """Anything that apprise knows; a `Way`."""

    def __init__(self, url: SecretStr, name: str) -> None:
        self._place = apprise.Apprise()
        self._name = name
        if not self._place.add(url.get_secret_value()):
            raise Misused(f"the address in {name} is none that apprise understands")

    async def send(self, title: str, text: str) -> None:
        """Send, in a thread of its own. Raises Unavailable when it did not get there in time."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                reached = await asyncio.to_thread(self._place.notify, title=title, body=text)
        except TimeoutError:
            raise Unavailable(f"{self._name} did not answer within {PATIENCE_S:g} s") from None
        if not reached:
            raise Unavailable(f"{self._name} did not take the notice")


class AllWays:
    """Several ways at once, for a list of addresses that belongs to nobody in particular; a `Way`."""

    def __init__(self, ways: Sequence[Way]) -> None:
        self._ways = tuple(ways)

    async def send(self, title: str, text: str) -> None:
        """Send everywhere; raises Unavailable when it got nowhere."""
        outcomes = await asyncio.gather(
            *(way.send(title, text) for way in self._ways), return_exceptions=True
        )
        failed = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        for outcome in failed:
            log.warning("alert.address_failed", extra={"why": type(outcome).__name__})
        if len(failed) == len(outcomes):
            raise Unavailable(f"none of {len(outcomes)} addresses took the notice")


def open_way(name: str, url: SecretStr, http: Http, clock: Callable[[], datetime]) -> Way:
    """Open the way to the address that a variable holds. Raises Misused, naming the variable, when it is none."""
    try:
        address = robot_address(url.get_secret_value())
    except Misused as error:
        raise Misused(f"{name}: {error}") from None
    return Mail(url, name) if address is None else Robot(address, http, clock)
