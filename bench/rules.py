"""`rules`: what the compliance gate costs an order, by itself and beside its whole life; how fast a backtest is."""

import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bench.driver import Driver
from bench.figures import spread
from bench.ground import Ground
from bench.life import Say
from bench.opening import open_store, our_client
from bench.sides import Ours
from oms.domain.past import PastOrder
from oms.domain.rulings import OrderFacts, Phase
from oms.rules.backtest import Ask, compare
from oms.rules.backtest_page import backtest_page
from oms.rules.judging import judge
from oms.rules.table import TABLE, RuleTable, parse_table, read_table
from oms.rules.trial import TableTrial

SEED = 20261122
JUDGED, PAST, ROUNDS = 2_000, 40_000, 5
GATE_TARGET_US, TRIAL_TARGET = 200.0, 200_000
MICRO, MINUTE = 1_000_000, 60
WARM_UP = 10
MEAN_WAIT_MINUTES = 700
PROPOSED = {
    'table_version: "2026-11-22': 'table_version: "2026-12-01',
    "escalate_after: 12h, waybill_within: 12h": "escalate_after: 16h, waybill_within: 16h",
    'high_value: "1000.00"': 'high_value: "800.00"',
    "remind_before: 4h": "remind_before: 8h",
}
"""What the picture's table says otherwise."""
SHOWN = {"douyin", "jd_self", "own_shop"}
START = datetime(2026, 9, 1, tzinfo=UTC)


async def rules(place: Ground, *, orders: int, at_once: int, say: Say) -> dict[str, Any]:
    """Measure one round of whole lives, then the gate alone over varied orders, then a backtest of two tables."""
    table = read_table()
    life_ms = await _life(place, orders, at_once)
    say(f"an order's life: {life_ms:.1f} ms of CPU, worker and server")
    gate = spread(_rounds(lambda: _gate(table)))
    say(f"gate: {gate['median']} µs an order")
    trial = spread(_rounds(lambda: _trial(table)))
    share = gate["median"] / (life_ms * 1000)
    return {
        "life_cpu_ms": round(life_ms, 1),
        "gate_us": gate,
        "gate_share_of_life": round(share, 5),
        "backtest_per_minute": trial,
        "rules": len(table.rules),
        "reached": gate["median"] < GATE_TARGET_US and trial["median"] >= TRIAL_TARGET,
    }


async def _life(place: Ground, orders: int, at_once: int) -> float:
    """Return what an order costs, in ms of CPU of the worker and the server."""
    async with AsyncExitStack() as stack:
        crew = await stack.enter_async_context(place.crew("ours"))
        store = open_store(place.plan)
        stack.callback(store.close)
        driver = Driver("ours", Ours(await our_client(place.plan), store), crew, place.server.pid)
        await driver.round(WARM_UP, at_once)
        done = await driver.round(orders, at_once)
    return done.worker_ms + done.server_ms


def _rounds(measure: Callable[[], float]) -> list[float]:
    measure()
    return [measure() for _ in range(ROUNDS)]


def _gate(table: RuleTable) -> float:
    """Judge distinct orders before the release and before the push; µs of CPU an order."""
    asked = _facts(table, Random(SEED))
    begun = time.process_time()
    for facts in asked:
        judge(table, Phase.RELEASE, facts)
        judge(table, Phase.PUSH, facts)
    return (time.process_time() - begun) / len(asked) * MICRO


def _trial(table: RuleTable) -> float:
    """Try two tables that share nothing on distinct past orders; orders a minute of one core."""
    past = _past(table, Random(SEED))
    both = [(table.version, TableTrial(table, 1)) for _ in range(2)]
    begun = time.process_time()
    compare(past, Ask(both[0], both[1]))
    return round(len(past) / (time.process_time() - begun) * MINUTE)


def backtest_picture(folder: Path) -> Path:
    """Write the page of a backtest over invented orders: a longer red line for waybills, a lower line for reviews."""
    text = TABLE.read_text(encoding="utf-8")
    for now, proposed in PROPOSED.items():
        if text.count(now) != 1:
            raise ValueError(f"the table has no one place that says {now}")
        text = text.replace(now, proposed)
    today, next_one = read_table(), parse_table(text, "proposed")
    past = [order for order in _past(today, Random(SEED)) if order.platform in SHOWN]
    ask = Ask((today.version, TableTrial(today, 1)), (next_one.version, TableTrial(next_one, 1)), 0)
    page = folder / "backtest.html"
    page.write_text(backtest_page(compare(past, ask), "invented orders 虚构订单"), encoding="utf-8")
    return page


def _facts(table: RuleTable, random: Random) -> list[OrderFacts]:
    platforms, couriers = sorted(table.platforms), ("", "sf", "yto", "jd")
    found = []
    for number in range(JUDGED):
        paid = START + timedelta(minutes=random.randrange(200_000))
        at = paid + timedelta(seconds=random.randrange(100_000))
        found.append(
            OrderFacts(
                key=f"bench:main:{number}", platform=random.choice(platforms), shop="bench:main", at=at,
                created_at=paid, paid_at=paid, ship_by=paid + timedelta(hours=48),
                total_fen=random.randrange(200_000), courier=random.choice(couriers), province="浙江省",
                has_waybill=random.random() < 0.5, first_buyer=random.random() < 0.3,
            )
        )  # fmt: skip
    return found


def _past(table: RuleTable, random: Random) -> Sequence[PastOrder]:
    platforms, couriers = sorted(table.platforms), ("", "sf", "yto", "jd")
    found = []
    for number in range(PAST):
        paid = START + timedelta(minutes=random.randrange(200_000))
        left = paid + timedelta(minutes=random.expovariate(1 / MEAN_WAIT_MINUTES))
        found.append(
            PastOrder(
                key=f"bench:main:{number}", platform=random.choice(platforms), shop="bench:main", created=paid,
                paid=paid, until=left, left=left, released=paid + timedelta(seconds=random.randrange(3_000)),
                waybill=left, ship_by=paid + timedelta(minutes=random.randrange(6_000)),
                total_fen=random.randrange(200_000), courier=random.choice(couriers), province="浙江省",
                first_buyer=random.random() < 0.3,
            )
        )  # fmt: skip
    return found
