"""What schedules and people ask for: a poll of a shop, a sweep of a day, a round over silent parcels, word of new rules."""

from collections.abc import Mapping
from typing import Literal

from pydantic import PositiveInt

from oms.domain.ids import ShopKey
from oms.domain.interfaces import Health
from oms.domain.model import Fact, Moment
from oms.domain.periods import Period


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
    retired: str = ""
    """The interface that does not exist any more, as the platform calls it; empty for any other failure."""
    after_sales: "PollDone | PollFailed | None" = None


class SweepShop(Fact):
    """Compare a shop's list of the last `hours` with ours; or of a stretch that lies back, day by day."""

    shop: ShopKey
    hours: PositiveInt = 24
    pace: PositiveInt = 1
    since: Moment | None = None
    """Sweep the business days from here on instead; never divided by the pace."""
    until: Moment | None = None
    """To here; now, when it is missing."""


class SweepDone(Fact):
    """The completeness of a shop's day: platform N, ours N, recovered k, which."""

    platform: int
    ours: int
    recovered: int
    which: tuple[str, ...] = ()
    parked: int = 0
    late: int = 0
    """How many a poll had fetched only after a row of failures; not among the recovered."""
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


class WatchInterfaces(Fact):
    """Ask every outside interface how it is, and judge its calls."""

    pace: PositiveInt = 1


class InterfacesWatched(Fact):
    """How the outside interfaces stand after a round."""

    states: Mapping[str, Health] = {}
    """Of those that are not healthy, by name."""
    healthy: int = 0
    turned: tuple[str, ...] = ()
    """Those whose state has changed in this round."""
    failed: tuple[str, ...] = ()
    """What of the round did not come about, in words; the next round does it."""


class SpreadRules(Fact):
    """Tell the orders in flight that another version of the rule table is in force, each as its row there says."""

    version: str
    effective_from: Moment


class RulesSpread(Fact):
    """How many orders in flight were told of a new version, and how many were not."""

    told: int = 0
    """They live by it from now on."""
    kept: int = 0
    """Their row says that they keep the version they were judged by."""
    gone: int = 0
    """They had ended meanwhile."""
    failed: tuple[str, ...] = ()
    """Orders that could not be told though Temporal answered; they keep their version."""
    superseded_by: str = ""
    """Another version was in force by then: nobody was told of this one."""

    def words(self) -> str:
        """Say it in one line."""
        if self.superseded_by:
            return f"nobody was told: {self.superseded_by} is in force"
        words = f"told {self.told}, kept {self.kept}, gone {self.gone}"
        return f"{words}, failed {len(self.failed)}" if self.failed else words


class MakeReport(Fact):
    """Write the violation report of a period; without one, of the last full week, divided by the pace."""

    period: Period | None = None
    language: Literal["zh", "en"] = "zh"
    pace: PositiveInt = 1


class WriteReport(Fact):
    """Write the files of one report."""

    period: Period
    language: Literal["zh", "en"] = "zh"


class ReportWritten(Fact):
    """Which files were written, and what they say in a few figures; nothing personal."""

    name: str
    files: tuple[str, ...]
    violations: int
    near_misses: int
    violations_before: int
    open: int
    orders: int
    concerned: int
    headline: str
    """In one sentence, which step fails most."""
