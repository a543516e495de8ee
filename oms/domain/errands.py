"""What schedules ask for: one poll of a shop, one sweep of a day, one round over the silent parcels."""

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
    after_sales: "PollDone | PollFailed | None" = None
    """How it went with the shop's after-sales, which have a cursor of their own; None where the channel lists none."""


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
    after_sales: "PollDone | PollFailed | None" = None


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
    after_sales: int = 0
    """How many the platform lists."""
    after_sales_recovered: int = 0
    """How many of them the polls had passed by."""


class WatchParcels(Fact):
    """Look after the parcels of unfinished orders that say nothing."""

    pace: PositiveInt = 1


class WatchDone(Fact):
    """What one round over the parcels came to."""

    due: int
    """How many needed something."""
    asked: int = 0
    healed: int = 0
    """How many answers told an order what no callback had."""
    followed_again: int = 0
    at_risk: int = 0
    """How many had no first scan in time, told of in this round."""
    failed: int = 0
    error: str = ""
    """What went wrong last, in words without personal data."""
