"""Weeks of audit events to report on: a few orders by hand, or many at random, and an independent recount of them."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from oms.domain.book import Change, OrderBook
from oms.domain.ids import OrderKey, ShopKey, business_id
from oms.domain.periods import week_named
from oms.store import Store
from tests.unit.store_builders import a_row

WEEK = week_named("2026-W47")
MONDAY = datetime(2026, 11, 15, 16, tzinfo=UTC)
"""00:00 in Shanghai."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OWN, TMALL, PDD = (ShopKey(channel=name, shop="main") for name in ("woocommerce", "taobao", "pdd"))
PLATFORMS = {OWN: "own_shop", TMALL: "tmall", PDD: "pdd"}
MADE_AT = MONDAY + 8 * DAY
VIOLATING = {"clock.late", "courier.not_allowed", "parcel.no_first_scan"}
NEARLY = {"gate.refused", "gate.unsure", "address.refused", "waybill.refused"}
ALARMS = ("clock.remind", "clock.warn", "clock.escalate", "clock.escalate_further", "clock.lock")


class Line(NamedTuple):
    """One audit event."""

    at: datetime
    what: str
    rule: str = ""
    before: str = "released"
    after: str = ""


def an_order(store: Store, shop: ShopKey, number: int, lines: Iterable[Line], **row: Any) -> str:
    """Write an order's audit events down, as its workflow would."""
    key = OrderKey(channel=shop.channel, shop=shop.shop, number=str(number))
    changes = tuple(
        Change(
            id=f"{key}#{seq}", seq=seq, at=line.at, actor="clock", what=line.what, before=line.before,
            after=line.after, rule=line.rule, rule_version="v1", why=f"{line.what} at {line.before}",
        )
        for seq, line in enumerate(lines, start=1)
    )  # fmt: skip
    fields = {"seq": max(len(changes), 1), "created_at": MONDAY, "business_id": business_id(key, MONDAY)}
    store.books.commit(OrderBook(row=a_row(number, **(fields | {"key": key} | row)), changes=changes))
    return str(key)


def left(at: datetime, stage: str = "released") -> Line:
    """The order leaves the warehouse."""
    return Line(at, "stage.moved", before=stage, after="shipped")


def a_random_week(store: Store, seed: int, orders: int = 120) -> None:
    """Write two weeks of orders with alarms, refusals, lateness and parcels nobody scanned."""
    luck = random.Random(seed)
    for number in range(orders):
        shop, began = luck.choice(list(PLATFORMS)), MONDAY + luck.uniform(-7, 7) * DAY
        lines = [
            Line(began + luck.uniform(0, 30) * HOUR, what, f"rule-{luck.randint(1, 3)}", stage)
            for what, stage in (
                ("gate.refused", "allocated"), ("gate.unsure", "cleared"), ("address.refused", "accepted"),
                ("waybill.refused", "shipped"), ("courier.not_allowed", "released"), ("parcel.no_first_scan", "shipped"),
            )
            for _ in range(luck.choice((0, 0, 0, 1, 2)))
        ]  # fmt: skip
        lines += [Line(began + 30 * HOUR, what, what[6:]) for what in ALARMS if luck.random() < 0.3]
        if luck.random() < 0.2:
            lines.append(Line(began + 40 * HOUR, "clock.late", "late"))
        lines.append(Line(began + 45 * HOUR, "stage.moved", before="allocated", after="cleared"))
        if luck.random() < 0.8:
            lines.append(left(began + 50 * HOUR))
        an_order(store, shop, 1000 + number, lines)


def recount(store: Store) -> tuple[Counter[tuple[str, str, str, str]], Mapping[str, int]]:
    """Count the week from the audit table, by other means: (order, event, rule, step) once each, and who stays open.

    Knows nothing of shipments against the gate: the weeks at random hold none.
    """
    sql = "SELECT order_key, at, what, before, after, rule FROM audit ORDER BY at, seq"
    with store.database.engine.connect() as connection:
        rows = [*connection.exec_driver_sql(sql)]
    late = {row.order_key for row in rows if row.what == "clock.late"}
    gone = {row.order_key for row in rows if row.what == "stage.moved" and row.after == "shipped"}
    week = [row for row in rows if MONDAY <= _moment(row.at) < MONDAY + 7 * DAY and row.rule]
    found: dict[tuple[str, str, str], str] = {}
    gravest: dict[str, Any] = {}
    for row in week:
        if row.what in VIOLATING | NEARLY:
            found.setdefault((row.order_key, row.what, row.rule), row.before)
        elif row.what in ALARMS and row.order_key not in late:
            known = gravest.get(row.order_key, row)
            gravest[row.order_key] = max(known, row, key=lambda each: ALARMS.index(each.what))
    for order, row in gravest.items():
        if order in gone:
            found[order, row.what, row.rule] = row.before
    open_ones = sum(order not in gone for order in gravest)
    counted = Counter((order, what, rule, step) for (order, what, rule), step in found.items())
    violations = sum(what in VIOLATING for _, what, _, _ in counted)
    return counted, {"violations": violations, "near": len(counted) - violations, "open": open_ones}


def _moment(at: Any) -> datetime:
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
