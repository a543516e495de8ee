"""Which couriers may carry an order: what the platform demands of it, and what we choose."""

from collections.abc import Sequence
from enum import StrEnum

from oms.domain.model import Fact


class CourierMode(StrEnum):
    """What a list of couriers means."""

    FREE = "free"
    ADVISORY = "advisory"
    """The platform recommends them; any other will do."""
    ONLY = "only"
    EXCEPT = "except"


class CourierTerms(Fact):
    """A demand on the courier, in our words for couriers: of one order, or of a platform's row."""

    mode: CourierMode = CourierMode.FREE
    names: tuple[str, ...] = ()

    def allow(self, courier: str) -> bool:
        """Tell whether a courier is allowed; none yet is."""
        match self.mode:
            case CourierMode.ONLY:
                return not courier or courier in self.names
            case CourierMode.EXCEPT:
                return courier not in self.names
            case CourierMode.FREE | CourierMode.ADVISORY:
                return True


ANY = CourierTerms()


def choose(preferred: Sequence[str], terms: Sequence[CourierTerms]) -> str:
    """Return the first preferred courier that all terms allow; else the usual one, which the gate then refuses.

    Without a preference, whom the terms designate, for the warehouse to be told; empty: anybody.
    """
    for courier in preferred:
        if all(each.allow(courier) for each in terms):
            return courier
    if preferred:
        return preferred[0]
    return next((name for each in terms if each.mode is CourierMode.ONLY for name in each.names), "")
