"""What is known of each outside interface in one round of the watch: calls, probes, lists, shapes, all under its name."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from oms.domain.calls import CallResult
from oms.domain.emptiness import HISTORY, suspicious
from oms.domain.healthiness import Finding, Observed, Statistics
from oms.domain.ids import ShopKey
from oms.interface_conditions import retired_key
from oms.polling import AFTER_SALES_MARK
from oms.probing import Asked
from oms.store import CallStatistics, Store

WINDOW = timedelta(minutes=30)
"""How far back calls count: two polls lie within."""
LEAST_WINDOW = timedelta(seconds=10)
"""Some rounds lie within, however fast a demonstration runs."""
USUAL = timedelta(days=1)
"""What a window is compared with."""
LEAST_USUAL = 20
"""Fewer calls tell no usual duration."""
ORDERS, AFTER_SALES = "orders", "after_sales"


class Signals:
    """Reads our own database; synchronous. Every method raises Unavailable with it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._usual: Mapping[str, int] = {}
        self._usual_at: datetime | None = None

    def observed(self, asked: Sequence[Asked], now: datetime, pace: int) -> dict[str, Observed]:
        """Return everything known of every interface that was called, asked, listed or learnt lately."""
        seen: dict[str, dict[str, Any]] = {}
        calls = self._calls(now, pace)
        retired = {each.key.partition("/")[0] for each in calls if each.retired_for}
        for key, probed in asked:
            if probed.finding is Finding.RETIRED and key.partition("/")[0] in retired:
                continue  # the check met what the calls have met: one alert is enough
            found = seen.setdefault(key, {})
            found["probes"] = (*found.get("probes", ()), probed)
        usual = self._usual_durations(now, pace)
        for each in calls:
            seen.setdefault(each.key, {}).update(calls=each, usual_ms=usual.get(each.key))
        for key, words in self._empty(now, pace):
            before = seen.setdefault(key, {}).get("empty", "")
            seen[key]["empty"] = f"{before}; {words}" if before and words else before or words
        for recorded in self._store.shapes.all():
            before = seen.setdefault(recorded.interface, {}).get("shape", ())
            seen[recorded.interface]["shape"] = (*before, *recorded.contract.broken)
        return {key: Observed(**fields) for key, fields in sorted(seen.items())}

    def _calls(self, now: datetime, pace: int) -> list[Statistics]:
        since = now - max(WINDOW / pace, LEAST_WINDOW)
        by_shop = self._store.calls.statistics(since, now + SOON, by_shop=True)
        retired = {(each.key, each.shop) for each in by_shop if _says_so(each) and not self._is_over(each)}
        return [_statistics(each, retired) for each in self._store.calls.statistics(since, now + SOON)]

    def _is_over(self, calls: CallStatistics) -> bool:
        """Tell whether the shop was fetched since: another version of the interface may have taken over."""
        if not calls.shop or calls.last_failed_at is None:
            return False
        channel, _, shop = calls.shop.partition(":")
        condition = retired_key(calls.key, calls.shop)
        holes = self._store.holes.all(ShopKey(channel=channel, shop=shop))
        newest = next((hole for hole in holes if hole.condition == condition), None)
        return newest is not None and newest.until is not None and newest.until >= calls.last_failed_at

    def _usual_durations(self, now: datetime, pace: int) -> Mapping[str, int]:
        """Counting a day of calls costs something; what is usual does not change within the hour."""
        if self._usual_at is None or now - self._usual_at >= USUAL / 24 / pace:
            since, until = now - USUAL / pace, now - WINDOW / pace
            statistics = self._store.calls.statistics(since, until)
            self._usual = {each.key: each.p50_ms for each in statistics if each.total >= LEAST_USUAL}
            self._usual_at = now
        return self._usual

    def _empty(self, now: datetime, pace: int) -> Iterable[tuple[str, str]]:
        for list_key, reads in self._store.list_reads.since(now - HISTORY / pace).items():
            shop, mark, _ = list_key.partition(AFTER_SALES_MARK)
            words = suspicious(reads, pace)
            channel = shop.partition(":")[0]
            yield (
                f"{channel}/{AFTER_SALES if mark else ORDERS}",
                f"the list of {shop} is {words}" if words else "",
            )


SOON = timedelta(seconds=1)
"""What was called this very moment counts too."""


def _statistics(whole: CallStatistics, retired: Collection[tuple[str, str]]) -> Statistics:
    return Statistics(
        key=whole.key, results=whole.counts, median_ms=whole.p50_ms, skew_seconds=whole.skew_seconds,
        retired_for=tuple(sorted(shop for key, shop in retired if key == whole.key)),
    )  # fmt: skip


def _says_so(calls: CallStatistics) -> bool:
    """Tell whether the newest that a shop heard is that the interface is no more."""
    if not calls.counts.get(CallResult.RETIRED) or calls.last_failed_at is None:
        return False
    return calls.last_ok_at is None or calls.last_ok_at < calls.last_failed_at
