"""Telling orders of new rules: page by page, going on where somebody stopped, whoever fails."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.rule_changes import RuleChangeActivities
from oms.domain.errands import SpreadRules
from oms.domain.errors import Unavailable
from oms.domain.ids import OrderKey
from oms.domain.messages import RulesChanged
from oms.rules.table import TABLE, RuleTable, parse_table, read_table
from oms.rules.tables import OnlyTable
from oms.spreading import Progress, Spreading, affected
from oms.store import Store
from tests.unit.store_builders import NOON, SHOP, a_book, a_key

TABLE_NOW = read_table()
REQUEST = SpreadRules(version=TABLE_NOW.version, effective_from=NOON)


class Orders:
    """Hears who is told; `fails` cannot be reached, `gone` do not run any more."""

    def __init__(self, fails: Any = (), gone: Any = (), heals_after: int = 10_000) -> None:
        self.told: Counter[str] = Counter()
        self._fails = {str(a_key(number)) for number in fails}
        self._gone = {str(a_key(number)) for number in gone}
        self._heals_after = heals_after

    async def rules_changed(self, order: OrderKey, message: RulesChanged) -> bool:
        assert message == RulesChanged(event_id=f"rules:{TABLE_NOW.version}", version=TABLE_NOW.version)
        name = str(order)
        self.told[name] += 1
        if name in self._fails and self.told[name] <= self._heals_after:
            raise Unavailable("not now")
        return name not in self._gone


def a_spreading(store: Store, orders: Orders, table: RuleTable = TABLE_NOW, page: int = 4) -> Spreading:
    return Spreading(store, OnlyTable(table), {SHOP: "own_shop"}, orders, lambda: NOON, page=page)


def in_flight(store: Store, count: int) -> None:
    for number in range(1001, 1001 + count):
        store.books.commit(a_book(number))


async def test_every_order_is_told_once(store: Store) -> None:
    """Over several pages; how far it came is noted after each."""
    in_flight(store, 10)
    orders, noted = Orders(), list[Progress]()

    done = await a_spreading(store, orders).tell(REQUEST, Progress(), noted.append)

    assert orders.told == {str(a_key(number)): 1 for number in range(1001, 1011)}
    assert done.told == 10
    assert [each.told for each in noted] == [4, 8, 10]
    assert noted[-1].cursor == str(a_key(1010))


async def test_whoever_takes_over_goes_on_behind_the_cursor(store: Store) -> None:
    """The activity of a worker that died is given to another one, with its last heartbeat."""
    in_flight(store, 10)
    orders, activity = Orders(), ActivityEnvironment()
    progress = Progress(cursor=str(a_key(1008)), told=8)
    activity.info = replace(activity.info, heartbeat_details=[progress.model_dump()])

    done = await activity.run(RuleChangeActivities(a_spreading(store, orders)).spread, REQUEST)

    assert set(orders.told) == {str(a_key(1009)), str(a_key(1010))}
    assert done.told == 10


async def test_an_order_that_fails_or_is_gone_keeps_nobody_waiting(store: Store) -> None:
    """It is asked once more at the end, and then named for a person."""
    in_flight(store, 10)
    orders = Orders(fails=[1002], gone=[1003])

    done = await a_spreading(store, orders).tell(REQUEST, Progress(), lambda _: None)

    assert (done.told, done.gone, done.failed) == (8, 1, (str(a_key(1002)),))
    assert orders.told[str(a_key(1002))] == 2


async def test_an_order_that_answers_the_second_time_is_told(store: Store) -> None:
    """A passing trouble leaves no trace."""
    in_flight(store, 5)
    orders = Orders(fails=[1002], heals_after=1)

    done = await a_spreading(store, orders).tell(REQUEST, Progress(), lambda _: None)

    assert (done.told, done.failed) == (5, ())


async def test_when_nobody_can_be_told_the_page_is_tried_again(store: Store) -> None:
    """It is not the orders: the activity fails, and Temporal gives it out again where it stood."""
    in_flight(store, 12)
    orders = Orders(fails=range(1001, 1013))

    with pytest.raises(Unavailable):
        await a_spreading(store, orders, page=100).tell(REQUEST, Progress(), lambda _: None)


async def test_orders_of_rows_that_keep_are_counted_and_left_alone(store: Store) -> None:
    """The row of their own shop decides."""
    in_flight(store, 3)
    text = TABLE.read_text(encoding="utf-8")
    keeping = parse_table(text.replace("in_flight: reevaluate ", "in_flight: keep "), "keeping")
    orders = Orders()

    done = await a_spreading(store, orders, keeping).tell(REQUEST, Progress(), lambda _: None)

    assert (done.told, done.kept, orders.told) == (0, 3, Counter())
    assert affected(keeping, {SHOP: "own_shop"}, store.in_flight.by_shop().items(), NOON) == (0, 3)
    assert affected(TABLE_NOW, {SHOP: "own_shop"}, store.in_flight.by_shop().items(), NOON) == (3, 0)


async def test_a_version_that_is_not_in_force_any_more_is_told_to_nobody(store: Store) -> None:
    """Another was activated after it; what came of it is in the log."""
    in_flight(store, 3)
    orders = Orders()
    stale = SpreadRules(version="1999-12-31.1", effective_from=NOON - timedelta(days=1))

    done = await a_spreading(store, orders).tell(stale, Progress(), lambda _: None)

    assert (done.superseded_by, orders.told) == (TABLE_NOW.version, Counter())
    assert TABLE_NOW.version in store.rule_tables.log()[-1].why
