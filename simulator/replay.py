"""Read past orders of a real marketplace; nothing in real rows stops a run."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from simulator.wms.catalogue import GUANGZHOU, HANGZHOU, Article

Row = Mapping[str, str]


@dataclass(frozen=True)
class PastLine:
    """So many pieces of a product at one price."""

    sku: str
    quantity: int
    price_fen: int


@dataclass(frozen=True)
class PastOrder:
    """One order as it once happened; a time that is None never came."""

    id: str
    customer: str
    status: str
    purchased: datetime
    approved: datetime | None
    handed_over: datetime | None
    delivered: datetime | None
    ship_by: datetime | None
    freight_fen: int
    lines: tuple[PastLine, ...]


def read_past_orders(folder: Path) -> list[PastOrder]:
    """Read a folder of orders.csv, order_items.csv and customers.csv, in order of purchase."""
    items: dict[str, list[Row]] = defaultdict(list)
    for row in _rows(folder / "order_items.csv"):
        items[row["order_id"]].append(row)
    customers = {row["customer_id"]: row["customer_unique_id"] for row in _rows(folder / "customers.csv")}
    orders = []
    for row in _rows(folder / "orders.csv"):
        purchased = _moment(row["order_purchase_timestamp"])
        if purchased is not None:
            customer = customers.get(row["customer_id"], row["customer_id"])
            orders.append(_past_order(row, purchased, items[row["order_id"]], customer))
    return sorted(orders, key=lambda order: (order.purchased, order.id))


def read_articles(folder: Path, ample: int) -> tuple[Article, ...]:
    """Read the products; there is ample stock of every one in every warehouse."""
    on_hand = ((HANGZHOU, ample), (GUANGZHOU, ample))
    skus = dict.fromkeys(row["product_id"] for row in _rows(folder / "order_items.csv"))
    categories = {row["product_id"]: row["product_category_name"] for row in _rows(folder / "products.csv")}
    return tuple(Article(sku, categories.get(sku) or "product", 1000, on_hand) for sku in skus)


def _past_order(row: Row, purchased: datetime, items: list[Row], customer: str) -> PastOrder:
    pieces = Counter((item["product_id"], _fen(item["price"])) for item in items if item["product_id"])
    limits = [limit for item in items if (limit := _moment(item["shipping_limit_date"]))]
    return PastOrder(
        id=row["order_id"],
        customer=customer,
        status=row["order_status"],
        purchased=purchased,
        approved=_moment(row["order_approved_at"]),
        handed_over=_moment(row["order_delivered_carrier_date"]),
        delivered=_moment(row["order_delivered_customer_date"]),
        ship_by=max(limits, default=None),
        freight_fen=sum(_fen(item["freight_value"]) for item in items),
        lines=tuple(PastLine(sku, quantity, price) for (sku, price), quantity in pieces.items()),
    )


def _rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            yield {key: value or "" for key, value in row.items() if key}


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text.strip(), "%m/%d/%Y %H:%M")  # noqa: DTZ007 - only differences matter
    except ValueError:
        return None


def _fen(text: str) -> int:
    try:
        return round(float(text) * 100)
    except ValueError:
        return 0
