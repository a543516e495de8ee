"""Buyers of whom only some marketplaces will do: each waits for its turn, so that all marketplaces sell as much."""

from collections.abc import Callable, Sequence
from random import Random

from simulator.buyers import Buyers

Act = Callable[[Random], None]


class Turns:
    """Finds a marketplace for a buyer, or lets the buyer wait for the next round."""

    def __init__(self, buyers: Buyers) -> None:
        """Begin with nobody waiting."""
        self._buyers = buyers
        self._waiting: list[tuple[Sequence[str], Act]] = []

    def find(self, places: Sequence[str], random: Random) -> str | None:
        """Choose among the marketplaces that are still to have an order in this round; None when none of them will do."""
        free = [name for name in places if name in self._buyers.in_this_round]
        return random.choice(free) if free else None

    def wait(self, places: Sequence[str], act: Act) -> None:
        """Let a buyer act later, if any of the marketplaces sells at all."""
        if any(name in self._buyers.selling for name in places):
            self._waiting.append((places, act))

    def overdue(self, random: Random) -> bool:
        """Let a buyer act whose marketplace had no turn before, if one can now; tell whether one did."""
        for waits in self._waiting:
            places, act = waits
            if any(name in self._buyers.in_this_round for name in places):
                self._waiting.remove(waits)
                act(random)
                return True
        return False
