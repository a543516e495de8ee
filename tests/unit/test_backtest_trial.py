"""A table is tried on past orders fast, and says of each what `assess` and `judge` say."""

from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.domain.past import PastOrder
from oms.rules.backtest import Kind, Mark
from oms.rules.table import TABLE, RuleTable, parse_table, read_table
from oms.rules.trial import TableTrial
from tests.unit.random_orders import a_past_order
from tests.unit.rule_tables import changed
from tests.unit.slow_trial import slowly

PAID = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
LATE = Mark(Kind.LATE, "ship-late")
LOCKED = Mark(Kind.LOCKED, "no-waybill-lock")


def odd_table() -> RuleTable:
    """The real one with what it has none of: workdays, a campaign, a shop of its own, a rule that cannot be asked."""
    content: dict[str, Any] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    content["table_version"] = "odd"
    ship = {
        "ship": {"calendar": "workdays", "ahead": "2h"},
        "evidence": {"ship.calendar": "D", "ship.ahead": "D"},
    }
    content["shops"] = {"woo:main": ship}
    sale = {
        "id": "autumn",
        "name": {"zh": "秋", "en": "autumn"},
        "ship": {"within": "72h"},
        "evidence": {"ship.within": "D"},
    }
    content["campaigns"] = [{**sale, "from": "2026-10-01T00:00:00+08:00", "to": "2026-10-09T00:00:00+08:00"}]
    content["rules"] += [
        blocking("divides", "total_fen / refunded_fen > 3", "push"),
        blocking("cleared-late", 'stage == "cleared" && since_paid_s >= 3600', "release", "push"),
        blocking("no-time-left", "has_ship_by && to_ship_by_s < 600 && !has_waybill", "push"),
    ]
    return parse_table(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "odd")


def blocking(name: str, when: str, *at: str) -> dict[str, Any]:
    """A rule of the gate."""
    words = {"message": {"zh": "无", "en": "none"}, "evidence": "D"}
    return {"id": name, "at": list(at), "when": when, "action": "block", "severity": "red", **words}


@pytest.mark.parametrize(
    ("table", "pace", "seed"), [(read_table(), 1, 1), (odd_table(), 1, 2), (odd_table(), 60, 3)]
)
def test_the_fast_way_and_the_models_say_the_same_of_two_thousand_orders(
    table: RuleTable, pace: int, seed: int
) -> None:
    """Whatever the row, the time of the year, the pace; a rule that cannot be asked is a mark of its own."""
    random, trial = Random(seed), TableTrial(table, pace)
    orders = [a_past_order(random, number) for number in range(2000)]

    told = {order.key: trial(order) for order in orders}

    wrong = [order for order in orders if set(told[order.key]) != slowly(table, order, pace)]
    assert wrong == []
    assert all(len(marks) == len(set(marks)) for marks in told.values())
    kinds = {mark.kind for marks in told.values() for mark in marks}
    assert kinds == set(Kind) - ({Kind.UNSURE} if table.version != "odd" else set())


def an_order(**fields: Any) -> PastOrder:
    known: dict[str, Any] = {
        "key": "woo:main:1",
        "platform": "own_shop",
        "created": PAID,
        "paid": PAID,
        "until": None,
        "province": "浙江省",
    }
    return PastOrder(**(known | fields))


@pytest.mark.parametrize(("left", "late"), [(-SECOND, False), (timedelta(), False), (SECOND, True)])
def test_an_order_is_late_that_left_after_the_promise(left: timedelta, late: bool) -> None:
    """One second before, at, and one second after."""
    moment = PAID + 20 * HOUR + left

    marks = TableTrial(read_table(), 1)(an_order(ship_by=PAID + 20 * HOUR, until=moment, left=moment))

    assert (LATE in marks) is late


@pytest.mark.parametrize(
    ("waybill", "until", "locked"),
    [(12 * HOUR, 20 * HOUR, False), (12 * HOUR + SECOND, 20 * HOUR, True), (None, 12 * HOUR - SECOND, False),
     (None, 12 * HOUR, True)],
)  # fmt: skip
def test_douyin_locks_an_order_that_has_no_waybill_after_half_a_day(
    waybill: timedelta | None, until: timedelta, locked: bool
) -> None:
    """A waybill in the very moment is in time; an order that had left by then is not locked any more."""
    drawn = None if waybill is None else PAID + waybill

    marks = TableTrial(read_table(), 1)(an_order(platform="douyin", until=PAID + until, waybill=drawn))

    assert (LOCKED in marks) is locked


def test_nothing_is_said_of_an_order_that_was_never_paid() -> None:
    """And no clock is run for one of which nobody knows how long it waited."""
    trial = TableTrial(read_table(), 1)

    unpaid, unknown = trial(an_order(paid=None, until=PAID + 900 * HOUR)), trial(an_order(total_fen=200_000))

    assert unpaid == ()
    assert {mark.kind for mark in unknown} == {Kind.HELD, Kind.TAGGED}


MINUTES = st.integers(min_value=0, max_value=10_000)
STEPS = (0, 60, 1440, 2820)


@cache
def own_shop_trial(ahead: int, within: int) -> TableTrial:
    """The own shop's row with our red line so many minutes earlier, and so many minutes to ship."""
    return TableTrial(changed(ship={"ahead": f"{ahead}m", "within": f"{within}m"}), 1)


@settings(max_examples=300, deadline=None)
@given(
    left=MINUTES, promised=st.none() | MINUTES, ahead=st.sampled_from(STEPS), shorter=st.sampled_from(STEPS)
)
def test_an_order_that_is_late_is_late_under_every_stricter_table(
    left: int, promised: int | None, ahead: int, shorter: int
) -> None:
    """Stricter: our red line lies earlier, or the table's own time is shorter."""
    at, minute = PAID + timedelta(minutes=left), timedelta(minutes=1)
    order = an_order(until=at, left=at, ship_by=None if promised is None else PAID + promised * minute)

    usual, strict = own_shop_trial(0, 2880), own_shop_trial(ahead, 2880 - shorter // 2)

    assert LATE not in usual(order) or LATE in strict(order)
