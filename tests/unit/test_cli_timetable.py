"""The timetable: how long we took after what happened outside, in business time at the run's pace."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from oms.cli.timetable import quantile, timetable
from oms.domain.book import Reached
from oms.domain.ids import OrderKey
from oms.domain.stages import Stage
from tests.unit.domain_orders import NOON

KEY = OrderKey(channel="taobao", shop="flagship", number="7")
PACE = 3600


def entry(kind: str, seconds: float, outcome: str = "ok") -> Mapping[str, str]:
    """One line of the oracle's ledger, so many real seconds after noon."""
    time = (NOON + timedelta(seconds=seconds)).isoformat()
    return {"kind": kind, "order": KEY.number, "outcome": outcome, "time": time}


def came_to(stage: Stage, seconds: float) -> Reached:
    """The order came to a stage so many real seconds after noon."""
    return Reached(order=KEY, stage=stage, at=NOON + timedelta(seconds=seconds))


def test_each_row_counts_from_what_happened_last_outside() -> None:
    """Paid at 1, collected at 3, signed at 20; 72 business hours after shipping are over at 74."""
    ledger = [
        entry("buyer.order", 0, "unpaid"), entry("buyer.pay", 1), entry("carrier.collected", 3),
        entry("carrier.signed", 20),
    ]  # fmt: skip
    reached = [
        came_to(Stage.RELEASED, 1.5), came_to(Stage.SHIPPED, 2), came_to(Stage.IN_TRANSIT, 3.25),
        came_to(Stage.COMPLETED, 75),
    ]  # fmt: skip

    rows = timetable(ledger, reached, PACE)

    assert {name: row.orders for name, row in rows.items()} == dict.fromkeys(rows, 1)
    assert rows["paid_to_ready"].real_p99_s == 0.5
    assert rows["paid_to_ready"].p99_s == 1800.0
    assert rows["shipped_to_transit"].real_p99_s == 0.25
    assert rows["signed_to_completed"].real_p99_s == pytest.approx(1.0, abs=0.01)


def test_what_has_not_happened_yet_is_not_counted() -> None:
    """An order on its way has no row for its end."""
    rows = timetable([entry("buyer.order", 0, "paid")], [came_to(Stage.RELEASED, 1)], PACE)

    assert [row.orders for row in rows.values()] == [1, 0, 0]
    assert rows["signed_to_completed"].p99_s == 0.0


def test_a_quantile_is_one_of_the_values() -> None:
    """Ninety-nine of a hundred do not exceed it."""
    assert quantile([float(n) for n in range(1, 101)], 0.99) == 100.0
    assert quantile([3.0, 1.0, 2.0], 0.5) == 2.0
