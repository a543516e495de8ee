"""What becomes of a message on its way to the order centre: some go missing, some come twice, some late."""

from random import Random

from simulator.config import Noise

LATE_BY_S = (0.5, 4.0)


class Luck:
    """Draws the fate of each message from a seed."""

    def __init__(self, noise: Noise, seed: str) -> None:
        """Start counting."""
        self._noise = noise
        self._random = Random(seed)
        self.lost = 0

    def copies(self) -> tuple[float, ...]:
        """Say after how many seconds each copy of the next message leaves; none at all means lost."""
        luck = self._random.random()
        if luck < self._noise.lost:
            self.lost += 1
            return ()
        if luck < self._noise.lost + self._noise.delayed:
            return (self._random.uniform(*LATE_BY_S),)
        return (0.0, 0.0) if luck > 1 - self._noise.duplicated else (0.0,)
