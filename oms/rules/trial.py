"""One table, tried on past orders very fast: the words of `assess` and `judge`, without a model an order.

The conditions are pure, so each is evaluated once for each combination of what it asks for: one over the total once
for each total. The clock's rungs are laid out once for each row of the table, as distances from their anchors. A test
holds all of it against `assess` and `judge` on thousands of orders.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast

from oms.domain.deadlines import Step, tick
from oms.domain.order import Snapshot
from oms.domain.past import PastOrder
from oms.domain.rulings import Phase
from oms.rules.backtest import Kind, Mark, Outcome
from oms.rules.ladder import Promise, later, promise
from oms.rules.remembering import EQUAL_AT_THE_GATE, Judged, RememberedRule
from oms.rules.resolving import Resolved, Rung
from oms.rules.table import RuleTable

KIND_OF_STEP: Mapping[Step, Kind] = {
    Step.REMIND: Kind.REMINDED,
    Step.WARN: Kind.WARNED,
    Step.ESCALATE: Kind.ESCALATED,
    Step.ESCALATE_FURTHER: Kind.ESCALATED_FURTHER,
    Step.LOCK: Kind.LOCKED,
    Step.LATE: Kind.LATE,
}


class TableTrial:
    """What a table would do to a past order; remembers what it has worked out, so use one for many orders."""

    def __init__(self, table: RuleTable, pace: int) -> None:
        """Take the table, and the pace at which these orders lived."""
        self._table = table
        self._pace = pace
        self._rows: dict[int, _Row] = {}

    def __call__(self, past: PastOrder) -> Outcome:
        """Return everything it would have done; nothing to an order that was never paid."""
        if past.paid is None:
            return ()
        live = self._table.resolved(past.platform, past.shop, past.paid)
        row = self._rows.get(id(live))
        if row is None:
            # The row keeps `live`, so that no other one is ever given its id.
            row = self._rows[id(live)] = _Row(self._table, live, self._pace)
        return row.outcome(past, past.paid)


class _Rung:
    """One rung of the clock, laid out for every order of a row."""

    def __init__(self, rung: Rung, live: Resolved, pace: int) -> None:
        row = rung.row
        self.row, self.mark = row, Mark(KIND_OF_STEP[row.step], row.id)
        self.locks, self.escalates = row.step is Step.LOCK, row.step is Step.ESCALATE
        self._ship, self._length, self._pace = live.rules.ship, rung.length, pace
        self._real, self._tick = rung.length / pace, tick(pace) if row.strictly else timedelta()
        self._counted = row.side == "after" and live.rules.ship.calendar != "every_day"

    def due(self, promised: Promise, escalated: datetime | None) -> datetime | None:
        """Return when it strikes, as `oms.rules.ladder` lays it out; None without the rung that it begins at."""
        row = self.row
        start = promised.due if row.anchor == "ship_by" else promised.begins
        if row.anchor == "escalate":
            if escalated is None:
                return None
            start = escalated
        if row.side == "before":
            reached = start - self._real
        else:
            reached = (
                later(self._ship, start, self._length, self._pace).at if self._counted else start + self._real
            )
        due = reached + self._tick
        return min(due, promised.due) if row.no_later_than_ship_by else due


class _Row:
    """Everything that a row of the table does to the orders that live by it."""

    def __init__(self, table: RuleTable, live: Resolved, pace: int) -> None:
        self._live, self._pace = live, pace
        rules = [RememberedRule(rule, live) for rule in table.rules]
        self._paid = [each for each in rules if Phase.PAID in each.rule.at]
        self._gate = _gate(rules)
        self._rungs = [_Rung(rung, live, pace) for rung in live.rungs]

    def outcome(self, past: PastOrder, paid: datetime) -> Outcome:
        """Return its marks: reviews and tags, the gate's, the clock's."""
        promised = promise(self._live.rules.ship, cast("Snapshot", past), paid, self._pace)
        judged = Judged(past, paid, promised.due, self._pace)
        marks = [each.mark(judged) for each in self._paid]
        for phase, rules in self._gate:
            judged.be(phase, past.released or paid)
            marks += [each.mark(judged) for each in rules]
        found = dict.fromkeys(mark for mark in marks if mark is not None)
        return (*found, *self._struck(past, paid, promised))

    def _struck(self, past: PastOrder, paid: datetime, promised: Promise) -> list[Mark]:
        until, waybill = past.until, past.waybill
        if until is None:
            return []
        escalated: datetime | None = None
        struck = []
        for rung in self._rungs:
            due = rung.due(promised, escalated)
            if rung.escalates:
                escalated = due
            if due is None or until < due or (rung.row.side == "before" and due <= paid):
                continue
            if not (rung.locks and waybill is not None and waybill <= due):
                struck.append(rung.mark)
        return struck


def _gate(rules: Sequence[RememberedRule]) -> list[tuple[Phase, list[RememberedRule]]]:
    """What is asked before the release, and what the push asks that may be answered otherwise."""
    release = [each for each in rules if Phase.RELEASE in each.rule.at]
    push = [
        each for each in rules
        if Phase.PUSH in each.rule.at and (each not in release or EQUAL_AT_THE_GATE & set(each.asked))
    ]  # fmt: skip
    return [(Phase.RELEASE, release), *([(Phase.PUSH, push)] if push else [])]
