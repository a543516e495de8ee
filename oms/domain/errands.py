"""What schedules ask for: one poll of a shop, one sweep of a day."""

from typing import Literal

from pydantic import PositiveInt

from oms.domain.ids import ShopKey
from oms.domain.model import Fact, Moment


class PollShop(Fact):
    """Fetch what changed in one shop since the cursor."""

    shop: ShopKey
    pace: PositiveInt = 1


class PollDone(Fact):
    """What a poll saw."""

    outcome: Literal["done"] = "done"
    seen: int
    delivered: int
    repeated: int
    parked: int
    cursor: Moment | None = None
    recovered_after: int = 0
    """How many failed polls this success ended, when they had been alerted; else 0."""


class PollFailed(Fact):
    """A poll that did not reach the end of its window; the cursor stands where it stood."""

    outcome: Literal["failed"] = "failed"
    failures: int
    """In a row, this one included."""
    error: str
    """Class and words of what went wrong; no personal data."""
    alert: bool
    """True for exactly one poll of a row of failures: now a person should be told."""
    cursor: Moment | None = None


class SweepShop(Fact):
    """Compare a shop's list of the last `hours` with ours."""

    shop: ShopKey
    hours: PositiveInt = 24
    pace: PositiveInt = 1


class SweepDone(Fact):
    """The completeness of a shop's day: platform N, ours N, recovered k, which."""

    platform: int
    ours: int
    recovered: int
    which: tuple[str, ...] = ()
    parked: int = 0
