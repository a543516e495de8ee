"""A week's report to look at: two weeks of orders of four shops, drawn by lot, with what goes wrong at a merchant's."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from oms.domain.book import Change, OrderBook, OrderRow
from oms.domain.ids import OrderKey, ShopKey, business_id
from oms.domain.periods import week_named
from oms.rules.table import read_table
from oms.store import Store, Vault
from oms.violations.files import Reports, rendered
from oms.violations.reading import Reading

WEEK = week_named("2026-W47")
ORDERS, SEED = 6000, 47
HOUR = timedelta(hours=1)
SHOPS = {"taobao": "tmall", "douyin": "douyin", "pdd": "pdd", "woocommerce": "own_shop"}
LOT = (
    ("clock.remind", "ship-remind", "released", 0.050), ("clock.escalate", "ship-escalate", "released", 0.020),
    ("clock.escalate", "ship-escalate", "allocated", 0.006), ("clock.lock", "no-waybill-lock", "allocated", 0.004),
    ("clock.late", "ship-late", "released", 0.009), ("clock.late", "ship-late", "allocated", 0.003),
    ("parcel.no_first_scan", "parcel.first_scan_within", "shipped", 0.005),
    ("gate.refused", "order-courier-not-designated", "allocated", 0.006), ("gate.refused", "refund-open", "cleared", 0.005),
    ("address.refused", "address-change-forbidden", "released", 0.002), ("courier.not_allowed", "couriers", "shipped", 0.001),
)  # fmt: skip
"""What happens, by which rule, at which stage, to what share of the orders."""


def write(folder: Path) -> Path:
    """Write the report's files below the folder; returns the page."""
    store = Store.open(f"sqlite:///{folder / 'week.db'}", Vault.from_keys([("k1", b"1" * 32)], b"2" * 32))
    store.migrate()
    luck = random.Random(SEED)
    for number in range(ORDERS):
        _order(store, luck, number)
    table = read_table()
    platforms = {ShopKey(channel=channel, shop="main"): row for channel, row in SHOPS.items()}
    reading = Reading(store, platforms, lambda _: table)
    report = reading.report(WEEK, datetime(2026, 11, 23, 0, 0, 4, tzinfo=UTC))
    store.close()
    reports = Reports(folder / "reports")
    reports.put(rendered(report, "zh"))
    return reports.folder / f"{report.name}.html"


def _order(store: Store, luck: random.Random, number: int) -> None:
    shop = luck.choices([*SHOPS], weights=(4, 3, 2, 1))[0]
    key = OrderKey(channel=shop, shop="main", number=str(10_000 + number))
    paid_at = WEEK.before.since + luck.random() * 13.6 * 24 * HOUR
    changes, at = [], paid_at + 4 * HOUR
    for what, rule, stage, share in LOT:
        busy = 1.6 if shop == "douyin" and paid_at > WEEK.since else 1.0
        if luck.random() < share * busy and not (rule == "no-waybill-lock" and shop != "douyin"):
            at = (paid_at + 20 * HOUR).replace(hour=luck.choice((1, 2, 3, 6, 8, 9, 10, 11, 12, 15)))
            changes.append((at, what, rule, stage, ""))
    changes.append((at + HOUR, "stage.moved", "", "allocated", "released"))
    if at + 5 * HOUR < WEEK.until:
        changes.append((at + 5 * HOUR, "stage.moved", "", "released", "shipped"))
    row = OrderRow(
        key=key, business_id=business_id(key, paid_at), seq=len(changes), stage="shipped", payment="paid", sla_state="ok",
        total_fen=18_800, currency="CNY", platform_status="paid", platform_fingerprint="f", platform_modified_at=paid_at,
        created_at=paid_at, paid_at=paid_at, shipped_at=at + 5 * HOUR, ended_at=paid_at + 96 * HOUR,
    )  # fmt: skip
    written = tuple(
        Change(
            id=f"{key}#{seq}", seq=seq, at=moment, actor="clock", what=what, before=before, after=after, rule=rule,
            rule_version="2026-11-22.2", why=f"{what} by {rule}" if rule else "",
        )
        for seq, (moment, what, rule, before, after) in enumerate(sorted(changes), start=1)
    )  # fmt: skip
    store.books.commit(OrderBook(row=row, changes=written))
