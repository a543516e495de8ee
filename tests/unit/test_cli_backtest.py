"""`rules backtest` tries a table on past orders and says what would have become of them."""

from pathlib import Path

import pytest

from oms.cli.place import Place
from oms.domain.book import Sold
from tests.unit.command_line import Said, configured, say
from tests.unit.rule_tables import text_of
from tests.unit.store_builders import NOON, a_book
from tests.unit.test_store_past import HOUR

ORDERS = """order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_carrier_date
early,c1,delivered,11/1/2026 8:00,11/1/2026 9:00,11/1/2026 20:00
last-day,c2,delivered,11/2/2026 8:00,11/2/2026 9:00,11/3/2026 21:00
late,c3,delivered,11/3/2026 8:00,11/3/2026 9:00,11/5/2026 9:01
unpaid,c4,canceled,11/4/2026 8:00,,
"""
ITEMS = """order_id,order_item_id,product_id,shipping_limit_date,price
early,1,p1,11/3/2026 9:00,99.9
last-day,1,p1,11/4/2026 9:00,999.99
last-day,2,p1,11/4/2026 8:00,0.01
late,1,p1,11/5/2026 9:00,5
"""
CUSTOMERS = """customer_id,customer_unique_id,customer_state
c1,u1,SP
c2,u1,SP
c3,u3,RJ
c4,u4,RJ
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four past orders, and a table whose red line is a day before the platform's time."""
    csv = tmp_path / "market"
    csv.mkdir()
    for name, text in (("orders.csv", ORDERS), ("order_items.csv", ITEMS), ("customers.csv", CUSTOMERS)):
        (csv / name).write_text(text, encoding="utf-8")
    table = text_of(version="stricter", ship={"combine": "platform_only", "ahead": "24h"})
    (tmp_path / "stricter.yaml").write_text(table, encoding="utf-8")
    return tmp_path


def tried(folder: Path, *words: str) -> Said:
    table = str(folder / "stricter.yaml")
    return say("rules", "backtest", table, *words, environ={}, base=folder / "none")


def test_past_orders_of_a_csv_are_tried_without_any_set_up(folder: Path) -> None:
    """A program is told of every count, every order that changes, and who is late."""
    said = tried(folder, "--from-csv", str(folder / "market"), "--json")

    answer = said.json
    late = [row for row in answer["counts"] if row["kind"] == "late"]
    assert (said.code, answer["orders"], answer["never_paid"], answer["changed"]) == (0, 4, 1, 1)
    assert [(row["rule"], row["today"], row["proposed"]) for row in late] == [("ship-late", 1, 2)]
    assert answer["late"] == ["last-day", "late"]
    assert (
        "late:ship-late" in next(each for each in answer["examples"] if each["order"] == "last-day")["gained"]
    )
    assert next(row for row in answer["counts"] if row["kind"] == "held")["proposed"] == 1, (
        "1000.00, as whole centavos"
    )


def test_a_person_sees_a_table_a_chart_and_who_changes(folder: Path) -> None:
    """No more orders are named than were asked for; the rate is told."""
    said = tried(folder, "--from-csv", str(folder / "market"), "--limit", "1")

    assert said.code == 0
    assert "stricter against" in said.out
    assert "█" in said.out
    assert said.out.count("more: ") == 1
    assert "orders would have gone otherwise" in said.out
    assert "orders a minute" in said.out


def test_the_page_needs_no_network(folder: Path) -> None:
    """One file with a chart in it; nothing is loaded from anywhere, and what the table says is escaped."""
    table = folder / "stricter.yaml"
    table.write_text(table.read_text(encoding="utf-8").replace("stricter", "<b>bold</b>"), encoding="utf-8")

    said = tried(folder, "--from-csv", str(folder / "market"), "--html", str(folder / "page.html"))

    page = (folder / "page.html").read_text(encoding="utf-8")
    assert said.code == 0
    assert page.count("<rect") >= 4
    assert "last-day" in page
    assert "<b>bold</b>" not in page
    assert not [word for word in ("http:", "https:", "src=", "<link", "@import", "<script") if word in page]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--from-csv", "{market}", "--since", "soon"], "is no moment"),
        (["--from-csv", "{market}", "--since", "2026-11-02", "--until", "2026-11-02"], "not before"),
        (["--from-csv", "{market}", "--platform", "atlantis"], "no row 'atlantis'"),
        (["--from-csv", "{market}", "--against", "nine"], "no version 'nine'"),
        (["--from-csv", "{market}", "--shop", "woo:main"], "no shop"),
        (["--from-csv", "{folder}"], "order_items.csv is not in the folder"),
        ([], "nothing is configured here"),
    ],
)  # fmt: skip
def test_what_cannot_be_tried_is_said_with_the_next_step(folder: Path, words: list[str], told: str) -> None:
    """Nothing was tried: wrong use."""
    places = {"market": str(folder / "market"), "folder": str(folder)}

    said = tried(folder, *(word.format(**places) for word in words))

    assert said.code == 2
    assert told in said.err
    assert "→" in said.err


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("orders.csv", ORDERS.replace("order_status", "state")), ("orders.csv", ORDERS.replace("11/1/2026 8:00", "yesterday")),
     ("order_items.csv", ITEMS.replace("999.99", "9e9"))],
)  # fmt: skip
def test_a_file_of_another_shape_is_refused(folder: Path, name: str, wrong: str) -> None:
    """A column that is missing, a moment or an amount that is none: no order is left out silently."""
    (folder / "market" / name).write_text(wrong, encoding="utf-8")

    said = tried(folder, "--from-csv", str(folder / "market"))

    assert said.code == 2
    assert "order" in said.err


def test_a_span_leaves_the_others_out(folder: Path) -> None:
    """From 2 November on, business time, and before 3 November."""
    span = ["--since", "2026-11-02", "--until", "2026-11-03"]

    said = tried(folder, "--from-csv", str(folder / "market"), *span, "--json")

    assert said.json["orders"] == 1


def test_our_own_orders_are_tried_at_the_pace_they_lived_at(folder: Path) -> None:
    """Against the version in force, each by its shop's row."""
    environ = configured(folder / "ours", OMS_PACE="60")
    place = Place(environ)
    shop = place.settings().shops[0]
    store = place.store()
    store.migrate()
    left = NOON + 30 * HOUR / 60
    sold = Sold(ship_by=NOON + 40 * HOUR / 60, province="浙江省")
    book = a_book(1, created_at=NOON, paid_at=NOON, shipped_at=left, sold=sold)
    key = book.row.key.model_copy(update={"channel": shop.key.channel, "shop": shop.key.shop})
    store.books.commit(book.model_copy(update={"row": book.row.model_copy(update={"key": key})}))
    place.close()

    table = text_of(shop.platform, version="stricter", ship={"combine": "platform_only", "ahead": "24h"})
    (folder / "stricter.yaml").write_text(table, encoding="utf-8")
    said = say(
        "rules", "backtest", str(folder / "stricter.yaml"), "--json", environ=environ, base=folder / "none"
    )

    counts = {(row["platform"], row["kind"]): (row["today"], row["proposed"]) for row in said.json["counts"]}
    assert said.code == 0
    assert counts[shop.platform, "late"] == (0, 1)
