"""A backtest over the orders of a real marketplace finds late exactly those that its own table calls late."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from oms.rules.backtest import Ask, Comparison, compare
from oms.rules.past_csv import read_csv
from oms.rules.table import RuleTable
from oms.rules.trial import TableTrial
from tests.unit.rule_tables import changed

REAL = Path(__file__).parents[3] / "shared" / "data" / "olist"
DAY = timedelta(hours=24)
PLATFORM_ONLY = changed(version="platform-only", ship={"combine": "platform_only"})
A_DAY_EARLIER = changed(version="a-day-earlier", ship={"combine": "platform_only", "ahead": "24h"})
pytestmark = pytest.mark.skipif(
    not (REAL / "orders.csv").is_file(),
    reason="the real orders lie beside the project, in ../shared/data/olist",
)


def rows(name: str) -> Iterator[dict[str, str]]:
    with (REAL / name).open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


def recounted(ahead: timedelta = timedelta()) -> set[str]:
    """Say straight from the files who left after the latest promise of its lines, or after so long before it."""
    limits: dict[str, list[datetime]] = defaultdict(list)
    for item in rows("order_items.csv"):
        limits[item["order_id"]].append(read(item["shipping_limit_date"]))
    left = {row["order_id"]: row["order_delivered_carrier_date"] for row in rows("orders.csv")}
    return {
        number
        for number, moment in left.items()
        if moment and limits[number] and read(moment) > max(limits[number]) - ahead
    }


def read(text: str) -> datetime:
    return datetime.strptime(text, "%m/%d/%Y %H:%M")  # noqa: DTZ007 - the files name no zone, and none is needed here


def tried(today: RuleTable, proposed: RuleTable) -> Comparison:
    tables = [(table.version, TableTrial(table, 1)) for table in (today, proposed)]
    return compare(read_csv(REAL, "own_shop"), Ask(tables[0], tables[1], 10_000, name_late=True))


def test_the_late_ones_are_those_of_the_files() -> None:
    """Under "ship by shipping_limit_date"; nobody else, and nobody is left out."""
    answer = tried(PLATFORM_ONLY, PLATFORM_ONLY)

    late = set(answer.late)
    assert (answer.orders, len(recounted()), answer.changed) == (2482, 198, 0)
    assert late == recounted()
    assert len(answer.late) == len(late)


def test_a_deadline_a_day_earlier_makes_exactly_those_late_that_left_on_the_last_day() -> None:
    """The larger set, told from the files; the orders that change are the difference of both."""
    answer = tried(PLATFORM_ONLY, A_DAY_EARLIER)

    newly_late = {
        each.order for each in answer.examples if any(mark.startswith("late:") for mark in each.gained)
    }
    assert recounted(DAY) > recounted()
    assert set(answer.late) == recounted(DAY)
    assert newly_late == recounted(DAY) - recounted()


def test_money_of_the_files_is_read_as_text() -> None:
    """The sum over all orders is the sum of the prices, to the last centavo."""
    whole = sum(order.total_fen for order in read_csv(REAL, "own_shop"))

    straight = 0
    for item in rows("order_items.csv"):
        reais, _, centavos = item["price"].partition(".")
        straight += int(reais) * 100 + int(centavos.ljust(2, "0"))
    assert whole == straight > 0
