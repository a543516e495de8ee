"""The figures of a week, counted once more: plain SQL over the audit table and decision 0023, and nothing of the report's own.

Fines are read straight from the YAML of the table.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import yaml

SHANGHAI = ZoneInfo("Asia/Shanghai")
TABLE = Path(__file__).parents[2] / "oms" / "rules" / "table.yaml"
WEEK = timedelta(days=7)
VIOLATING = {
    "clock.late": "late",
    "courier.not_allowed": "courier_not_allowed",
    "parcel.no_first_scan": "false_shipment_risk",
}
NEARLY = {
    "gate.refused": "gate_refused",
    "gate.unsure": "gate_unsure",
    "address.refused": "address_refused",
    "waybill.refused": "waybill_refused",
}
ALARMS = {
    "clock.remind": "reminded", "clock.warn": "warned", "clock.escalate": "escalated",
    "clock.escalate_further": "escalated_further", "clock.lock": "locked",
}  # fmt: skip
"""The gravest last."""
WAY = (
    "received", "awaiting_payment", "accepted", "allocated", "cleared", "released", "shipped", "in_transit", "delivered",
)  # fmt: skip
PENALTIES = {"late": "late_ship", "false_shipment_risk": "false_ship"}


class Found(NamedTuple):
    """One violation or near miss."""

    order: str
    kind: str
    rule: str
    step: str
    at: datetime
    times: int

    @property
    def shop(self) -> str:
        """`channel:shop`."""
        return self.order.rpartition(":")[0]

    @property
    def violates(self) -> bool:
        """A platform may punish it."""
        return self.kind in VIOLATING.values()


class Week(NamedTuple):
    """What was found in a week, and how many alarmed orders are still open."""

    found: list[Found]
    open: int


class Figures(NamedTuple):
    """Everything that a report shows; rows of counts are violations, near misses, and both of the week before."""

    totals: dict[str, tuple[int, int]]
    counts: dict[str, dict[str, tuple[int, int, int, int]]]
    shops: dict[str, tuple[str, int, int, int, int, int]]
    """Platform, violations, near misses, orders concerned, orders under way, violations of the week before."""
    fines: dict[tuple[str, str], tuple[int, int, int, str]]
    """Violations, those with a figure, fen, grade."""
    worst: tuple[str, int, int, str]
    """The step that fails most: how often, of how many, mostly by which rule."""
    found: list[Found]


def recount(database: Path, monday: datetime, platforms: Mapping[str, str]) -> Figures:
    """Count the week that begins at a moment, and the one before it."""
    with sqlite3.connect(database) as connection:
        connection.row_factory = sqlite3.Row
        events = connection.execute("SELECT * FROM audit ORDER BY order_key, at, seq").fetchall()
        orders = connection.execute("SELECT * FROM orders").fetchall()
    connection.close()
    trails = [[*trail] for _, trail in groupby(events, key=lambda row: row["order_key"])]
    now, before = (_week(trails, begin) for begin in (monday, monday - WEEK))
    under_way, created = _orders(orders, monday)
    under_way_before, created_before = _orders(orders, monday - WEEK)
    violations = [each for each in now.found if each.violates]
    totals = {
        "violations": (len(violations), sum(each.violates for each in before.found)),
        "near_misses": (len(now.found) - len(violations), sum(not each.violates for each in before.found)),
        "open": (now.open, before.open),
        "concerned": (_concerned(now.found), _concerned(before.found)),
        "orders": (len(under_way), len(under_way_before)),
        "created": (created, created_before),
    }
    return Figures(
        totals, _counts(now.found, before.found, monday, platforms), _shops(now.found, before.found, under_way, platforms),
        _fines(violations, platforms), _worst(violations), sorted(now.found, key=lambda each: (each.at, each.order, each.kind)),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------- what counts


def _week(trails: Iterable[list[sqlite3.Row]], begin: datetime) -> Week:
    found: list[Found] = []
    still_open = 0
    for trail in trails:
        within = [row for row in trail if begin <= _moment(row["at"]) < begin + WEEK]
        gone = _reached(trail, "shipped", "in_transit", "delivered", "completed", "closed")
        over = _reached(trail, "completed", "cancelled", "closed")
        late = _late(trail)
        found += _by_itself(within, late=late)
        alarms = [row for row in within if row["what"] in ALARMS and row["rule"]]
        if alarms and gone and not late:
            gravest = max(alarms, key=lambda row: [*ALARMS].index(row["what"]))
            found.append(_found(ALARMS[gravest["what"]], gravest, 1))
        still_open += bool(alarms) and not (gone or over or late)
    return Week(found, still_open)


def _reached(trail: Iterable[sqlite3.Row], *stages: str) -> bool:
    return any(row["what"] == "stage.moved" and row["after"] in stages for row in trail)


def _late(trail: list[sqlite3.Row]) -> bool:
    """Late is what the clock called late, unless its parcel turned out to have left in time."""
    said = [row["what"] for row in trail]
    return "clock.late" in said and "sla.late_withdrawn" not in said


def _by_itself(within: Iterable[sqlite3.Row], *, late: bool) -> Iterator[Found]:
    """Give each kind and rule of an order once, at its first time."""
    kinds = VIOLATING | NEARLY
    rows: dict[tuple[str, str], list[sqlite3.Row]] = defaultdict(list)
    for row in within:
        if row["what"] in kinds and row["rule"] and (late or row["what"] != "clock.late"):
            rows[kinds[row["what"]], row["rule"]].append(row)
    for (kind, _), same in rows.items():
        yield _found(kind, same[0], len(same))


def _found(kind: str, row: sqlite3.Row, times: int) -> Found:
    return Found(row["order_key"], kind, row["rule"], row["before"], _moment(row["at"]), times)


def _moment(text: str) -> datetime:
    """Read what SQLite keeps: UTC, without saying so."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# ------------------------------------------------------------------------------------------------- how it is counted


def _orders(orders: Iterable[sqlite3.Row], begin: datetime) -> tuple[list[str], int]:
    """List the shop of each order under way in a week; and how many were created in it."""
    known = [row for row in orders if _moment(row["created_at"]) < begin + WEEK]
    under_way = [row for row in known if row["ended_at"] is None or _moment(row["ended_at"]) >= begin]
    created = sum(_moment(row["created_at"]) >= begin for row in known)
    return [f"{row['channel']}:{row['shop']}" for row in under_way], created


def _concerned(found: Iterable[Found]) -> int:
    return len({each.order for each in found if each.violates})


def _counts(
    found: list[Found], before: list[Found], monday: datetime, platforms: Mapping[str, str]
) -> dict[str, dict[str, tuple[int, int, int, int]]]:
    keys: dict[str, Callable[[Found], str]] = {
        "by_kind": lambda each: each.kind,
        "by_rule": lambda each: each.rule,
        "by_platform": lambda each: platforms[each.shop],
        "by_step": lambda each: each.step,
        "by_hour": lambda each: f"{each.at.astimezone(SHANGHAI):%H}",
    }
    counts = {name: _count(found, before, key) for name, key in keys.items()}
    hours = (f"{hour:02}" for hour in range(24))
    counts["by_hour"] = {hour: counts["by_hour"].get(hour, (0, 0, 0, 0)) for hour in hours}
    week_later = [each._replace(at=each.at + WEEK) for each in before]
    by_day = _count(found, week_later, lambda each: str(each.at.astimezone(SHANGHAI).date()))
    days = (str((monday + timedelta(days=day)).astimezone(SHANGHAI).date()) for day in range(7))
    return counts | {"by_day": {day: by_day.get(day, (0, 0, 0, 0)) for day in days}}


def _count(
    found: list[Found], before: list[Found], key: Callable[[Found], str]
) -> dict[str, tuple[int, int, int, int]]:
    tally = Counter(
        (key(each), each.violates, place) for place, some in enumerate((found, before)) for each in some
    )
    columns = [(True, 0), (False, 0), (True, 1), (False, 1)]
    rows: dict[str, Any] = {
        name: tuple(tally[name, violates, place] for violates, place in columns)
        for name in {name for name, _, _ in tally}
    }
    return rows


def _shops(
    found: list[Found], before: list[Found], under_way: list[str], platforms: Mapping[str, str]
) -> dict[str, tuple[str, int, int, int, int, int]]:
    rows = {}
    for shop in {*under_way, *(each.shop for each in (*found, *before))}:
        ours = [each for each in found if each.shop == shop]
        violations = sum(each.violates for each in ours)
        rows[shop] = (
            platforms[shop], violations, len(ours) - violations, _concerned(ours), under_way.count(shop),
            sum(each.violates for each in before if each.shop == shop),
        )  # fmt: skip
    return rows


def _fines(
    violations: Iterable[Found], platforms: Mapping[str, str]
) -> dict[tuple[str, str], tuple[int, int, int, str]]:
    rows: dict[tuple[str, str], tuple[int, int, int, str]] = {}
    for (platform, kind), times in Counter((platforms[v.shop], v.kind) for v in violations).items():
        yuan, grade = _penalty(platform, PENALTIES.get(kind, ""))
        fen = 0 if yuan is None else int(yuan.replace(".", ""))
        rows[platform, kind] = (times, 0 if yuan is None else times, times * fen, grade)
    return rows


def _penalty(platform: str, name: str) -> tuple[str | None, str]:
    """Return what the YAML says in yuan with two places, and its grade; nothing where it says nothing."""
    content = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    row = content["platforms"][platform]
    yuan = row.get("penalty", {}).get(name)
    return yuan, row["evidence"][f"penalty.{name}"] if yuan else ""


def _worst(violations: list[Found]) -> tuple[str, int, int, str]:
    steps = Counter(each.step for each in violations)
    step, times = min(steps.items(), key=lambda row: (-row[1], WAY.index(row[0])))
    rules = Counter(each.rule for each in violations if each.step == step)
    return step, times, len(violations), min(rules.items(), key=lambda row: (-row[1], row[0]))[0]
