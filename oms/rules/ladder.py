"""When an order must ship, and the rungs of the clock that lead there and beyond."""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from oms.domain.deadlines import Deadline, Step, tick
from oms.domain.order import Snapshot
from oms.rules.calendar import after_workdays
from oms.rules.resolving import Resolved, Rung
from oms.rules.row import ShipRules

Source = Literal["platform", "rule", "estimate"]


class Promise(NamedTuple):
    """By when an order must ship, from when its clock runs, and who says so."""

    begins: datetime
    """The payment; of a presale its first day of shipping, of a negotiated time as much before it as the table allows."""
    due: datetime
    source: Source


class _Reached(NamedTuple):
    """A moment reached from another one."""

    at: datetime
    source: Source


def promise(ship: ShipRules, snapshot: Snapshot, paid_at: datetime, pace: int) -> Promise:
    """Combine the platform's own time for this order with the table's.

    `pace` divides the durations of the table, never the platform's absolute times. A presale or negotiated order of
    which the platform gives no time is estimated by the table.
    """
    spot = snapshot.sale == "spot"
    begins = paid_at if spot else _begins(ship, snapshot, paid_at, pace)
    by_rule = later(ship, begins, ship.within, pace)
    if snapshot.ship_by is None:
        return Promise(begins, by_rule.at, by_rule.source if spot else "estimate")
    by_platform = snapshot.ship_by - ship.ahead / pace
    platform_only = ship.combine == "platform_only" or (ship.combine == "strictest_for_spot" and not spot)
    if platform_only or by_platform <= by_rule.at:
        return Promise(begins, by_platform, "platform")
    return Promise(begins, by_rule.at, by_rule.source)


def _begins(ship: ShipRules, snapshot: Snapshot, paid_at: datetime, pace: int) -> datetime:
    if snapshot.ship_from is not None:
        return max(snapshot.ship_from, paid_at)
    return paid_at if snapshot.ship_by is None else max(snapshot.ship_by - ship.within / pace, paid_at)


def later(ship: ShipRules, start: datetime, length: timedelta, pace: int) -> _Reached:
    """Return the moment so much business time after another, counted on the days that the row says."""
    if ship.calendar == "every_day":
        return _Reached(start + length / pace, "rule")
    counted = after_workdays(start, length)
    return _Reached(start + (counted.end - start) / pace, "estimate" if counted.estimated else "rule")


def rungs(live: Resolved, promised: Promise, paid_at: datetime, pace: int) -> tuple[Deadline, ...]:
    """Lay the clock's rungs out for one order, in the table's order.

    What would have been due before the payment reminds of nothing. The mark names the promise: of rungs around the
    ship-by time that moment, of the others the one from which the order's clock runs, so that a new table that
    moves a rung does not make it strike twice.
    """
    escalated: datetime | None = None
    found: dict[str, Deadline] = {}
    for rung in live.rungs:
        if rung.row.anchor == "escalate" and escalated is None:
            continue
        deadline = _lay_out(rung, live, promised, escalated or promised.begins, pace)
        if rung.row.step is Step.ESCALATE:
            escalated = deadline.due
        if rung.row.side == "after" or deadline.due > paid_at:
            found[rung.row.id] = deadline
    return tuple(found.values())


def _lay_out(rung: Rung, live: Resolved, promised: Promise, escalated: datetime, pace: int) -> Deadline:
    row, ship = rung.row, live.rules.ship
    if row.side == "before":
        reached = _Reached(promised.due - rung.length / pace, promised.source)
    elif row.anchor == "ship_by":
        reached = _Reached(later(ship, promised.due, rung.length, pace).at, promised.source)
    else:
        start = escalated if row.anchor == "escalate" else promised.begins
        reached = later(ship, start, rung.length, pace)
    due = reached.at + tick(pace) if row.strictly else reached.at
    anchor = promised.due if row.anchor == "ship_by" else promised.begins
    return Deadline(
        step=row.step, due=min(due, promised.due) if row.no_later_than_ship_by else due, source=reached.source,
        rule=rung.rule, version=live.policy.version, text=rung.text.en, text_zh=rung.text.zh, rung=row.id, to=row.to,
        mark=f"{row.id}@{int(anchor.timestamp())}",
    )  # fmt: skip
