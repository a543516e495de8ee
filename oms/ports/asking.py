"""Ask an order or one of its cases for something, as a Protocol: it does it, or refuses in words."""

from typing import Literal, NamedTuple, Protocol

from oms.domain.errors import Unavailable
from oms.domain.model import Fact, Message


class Asked(NamedTuple):
    """Who is asked: its workflow, what it is (also the command that shows it), and its name for people."""

    workflow: str
    what: str
    name: str


class Agreed(Fact):
    """It was done; `note` says what happens now."""

    answer: Literal["agreed"] = "agreed"
    note: str = ""


class Declined(Fact):
    """It was not done, and why not."""

    answer: Literal["declined"] = "declined"
    why: str


class NotRunning(Fact):
    """Nobody is there to be asked: it has ended, or never began."""

    answer: Literal["not_running"] = "not_running"


Answer = Agreed | Declined | NotRunning


class Asks(Protocol):
    """Whoever carries a request to an order and brings its answer back."""

    async def ask(self, asked: Asked, update: str, message: Message, *, once: str = "") -> Answer:
        """Ask, and wait for the answer; asked again under the same `once`, it is done once.

        Raises Unavailable when nobody answers in time: whether it was done is not known then.
        """
        ...


class Unconnected:
    """Nobody can be asked: there is no Temporal here."""

    async def ask(self, asked: Asked, update: str, message: Message, *, once: str = "") -> Answer:
        """Raise Unavailable."""
        del message, once  # nobody hears them
        raise Unavailable(f"{asked.name} cannot be asked for {update}: there is no Temporal here")
