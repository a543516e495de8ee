"""How the calls of a time went, interface by interface: what the watch classifies by."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, case, func, select

from oms.domain.calls import FAILED, CallResult
from oms.domain.model import Fact, Moment
from oms.store.tables import CallsRow, table_of
from oms.store.tables.columns import UtcDateTime

CALLS = table_of(CallsRow)
MEDIAN, SLOWEST = 0.5, 0.95


class CallStatistics(Fact):
    """One interface's calls of a time; those that no answer came to count like the others."""

    system: str
    interface: str
    shop: str = ""
    """Empty unless asked for by shop."""
    counts: Mapping[CallResult, int]
    """Only those that occurred."""
    p50_ms: int
    p95_ms: int
    last_ok_at: Moment | None = None
    """A business refusal is an answer, too: the interface worked."""
    last_failed_at: Moment | None = None
    skew_seconds: int | None = None
    """Their clock minus ours, as the last call that told any said it."""

    @property
    def key(self) -> str:
        """Name the interface everywhere: `{system}/{interface}`."""
        return f"{self.system}/{self.interface}"

    @property
    def total(self) -> int:
        """Count all calls."""
        return sum(self.counts.values())

    @property
    def failed(self) -> int:
        """Count those that failed."""
        return sum(count for result, count in self.counts.items() if result in FAILED)


def calls_by_interface(
    connection: Connection, since: datetime, until: datetime, *, by_shop: bool
) -> tuple[CallStatistics, ...]:
    """Count the calls of `since` (included) to `until` (not)."""
    of = ("system", "interface", *(("shop",) if by_shop else ()))
    counts: dict[tuple[str, ...], dict[CallResult, int]] = defaultdict(dict)
    for *named, result, count in connection.execute(_counted(of, since, until)):
        counts[tuple(named)][CallResult(result)] = count
    skews = {tuple(row[:-1]): row[-1] for row in connection.execute(_clocks(of, since, until))}
    found = []
    for row in connection.execute(_durations(of, since, until)).mappings():
        key = tuple(row[name] for name in of)
        found.append(CallStatistics(**row, counts=counts[key], skew_seconds=skews.get(key)))
    return tuple(found)


def _counted(of: tuple[str, ...], since: datetime, until: datetime) -> Select[Any]:
    """Count each result of each interface."""
    named = [CALLS.c[name] for name in of]
    statement = select(*named, CALLS.c.result, func.count()).where(CALLS.c.at >= since, CALLS.c.at < until)
    return statement.group_by(*named, CALLS.c.result)


def _durations(of: tuple[str, ...], since: datetime, until: datetime) -> Select[Any]:
    """Take, by nearest rank, the durations that half and 95 % of an interface's calls did not exceed."""
    named = [CALLS.c[name] for name in of]
    rank = func.cume_dist().over(partition_by=named, order_by=CALLS.c.duration_ms).label("rank")
    window = (CALLS.c.at >= since, CALLS.c.at < until)
    ranked = select(*named, CALLS.c.at, CALLS.c.result, CALLS.c.duration_ms, rank).where(*window).subquery()
    failed = ranked.c.result.in_(sorted(FAILED))
    shown = [ranked.c[name] for name in of]
    return (
        select(
            *shown,
            func.min(case((ranked.c.rank >= MEDIAN, ranked.c.duration_ms))).label("p50_ms"),
            func.min(case((ranked.c.rank >= SLOWEST, ranked.c.duration_ms))).label("p95_ms"),
            func.max(case((~failed, ranked.c.at)), type_=UtcDateTime).label("last_ok_at"),
            func.max(case((failed, ranked.c.at)), type_=UtcDateTime).label("last_failed_at"),
        )
        .group_by(*shown)
        .order_by(*shown)
    )


def _clocks(of: tuple[str, ...], since: datetime, until: datetime) -> Select[Any]:
    """Take the clock difference of each interface's last call that told one."""
    named = [CALLS.c[name] for name in of]
    place = func.row_number().over(partition_by=named, order_by=(CALLS.c.at.desc(), CALLS.c.id.desc()))
    told = select(*named, CALLS.c.skew_seconds, place.label("place")).where(
        CALLS.c.at >= since, CALLS.c.at < until, CALLS.c.skew_seconds.is_not(None)
    )
    last = told.subquery()
    return select(*(last.c[name] for name in of), last.c.skew_seconds).where(last.c.place == 1)
