"""Past orders of a folder of CSV in the form of the Olist data set: orders.csv, order_items.csv, customers.csv."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from oms.domain.money import yuan_to_fen
from oms.domain.past import PastOrder

FILES = ("orders.csv", "order_items.csv", "customers.csv")
WRITTEN = "%m/%d/%Y %H:%M"
"""Local time; read as if it were UTC, so that differences are those of the columns, also across a change of clocks."""
NEVER_PAID = "canceled"
Row = Mapping[str, str]


class NotSuchOrders(ValueError):
    """A folder, a column or a cell that is not as in the data set; says where."""


def read_csv(folder: Path, platform: str) -> list[PastOrder]:
    """Read every order, oldest first, as one of `platform`; no other column of the data set means a rule anything.

    Promised is the latest `shipping_limit_date` of an order's lines, paid is `order_approved_at` (the purchase, where
    an order that was not cancelled lacks it), left is `order_delivered_carrier_date`. Of an order that never left it
    is not known how long it waited. Amounts are text in the data set's currency, and become minor units as they are.
    Raises NotSuchOrders.
    """
    items: dict[str, list[Row]] = defaultdict(list)
    for row in _rows(folder, "order_items.csv", "order_id", "shipping_limit_date", "price"):
        items[row["order_id"]].append(row)
    people = {
        row["customer_id"]: (row["customer_unique_id"], row["customer_state"])
        for row in _rows(folder, "customers.csv", "customer_id", "customer_unique_id", "customer_state")
    }
    asked = ("order_id", "customer_id", "order_status", "order_purchase_timestamp", "order_approved_at",
             "order_delivered_carrier_date")  # fmt: skip
    found = [
        (_past(row, items[row["order_id"]], platform), row) for row in _rows(folder, "orders.csv", *asked)
    ]
    found.sort(key=lambda each: (each[0].created, each[0].key))
    return list(_of_people(found, people))


def _past(row: Row, items: list[Row], platform: str) -> PastOrder:
    number = row["order_id"]
    created = _moment(row["order_purchase_timestamp"], number)
    if created is None:
        raise NotSuchOrders(f"orders.csv: order {number} has no order_purchase_timestamp")
    paid = _moment(row["order_approved_at"], number)
    if paid is None and row["order_status"] != NEVER_PAID:
        paid = created
    left = _moment(row["order_delivered_carrier_date"], number)
    limits = [_moment(item["shipping_limit_date"], number) for item in items]
    return PastOrder(
        key=number, platform=platform, created=created, paid=paid, until=left, left=left, waybill=left,
        ship_by=max((limit for limit in limits if limit), default=None),
        total_fen=sum(_minor(item["price"], number) for item in items),
        lines=len({item.get("product_id", item["price"]) for item in items}), pieces=len(items),
    )  # fmt: skip


def _of_people(
    found: list[tuple[PastOrder, Row]], people: Mapping[str, tuple[str, str]]
) -> Iterator[PastOrder]:
    """A buyer is the person, whatever the account; who has bought before has paid before."""
    known: set[str] = set()
    for past, row in found:
        person, state = people.get(row["customer_id"], (row["customer_id"], ""))
        yield past._replace(first_buyer=person not in known, province=state)
        if past.paid is not None:
            known.add(person)


def _rows(folder: Path, name: str, *columns: str) -> Iterator[Row]:
    path = folder / name
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            lacking = sorted(set(columns) - set(reader.fieldnames or ()))
            if lacking:
                raise NotSuchOrders(f"{name} has no column {', '.join(lacking)}")
            yield from reader
    except OSError:
        raise NotSuchOrders(f"{name} is not in the folder; expected {', '.join(FILES)}") from None


def _moment(text: str, number: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, WRITTEN).replace(tzinfo=UTC)
    except ValueError:
        raise NotSuchOrders(f"order {number}: {text!r} is not month/day/year hour:minute") from None


def _minor(text: str, number: str) -> int:
    try:
        return yuan_to_fen(text)
    except ValueError as error:
        raise NotSuchOrders(f"order {number}: {error}") from None
