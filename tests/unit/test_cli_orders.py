"""What the command line shows of orders that the database knows."""

from pathlib import Path

import pytest

from oms.domain.ids import OrderKey, business_id
from oms.opening import open_store
from oms.settings import Settings
from oms.stack.world import SHOP
from tests.unit.command_line import configured, say
from tests.unit.store_builders import NOON, a_book, a_parcel

KEY = OrderKey(channel=SHOP.channel, shop=SHOP.shop, number="1001")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A configured place that knows order 1001, held for a first-time buyer."""
    environ = configured(tmp_path)
    store = open_store(Settings.from_environ(environ))
    store.migrate()
    store.books.commit(
        a_book(key=KEY, holds=("first_buyer",), why_here="waits for a review", parcels=(a_parcel("SF1"),))
    )
    store.close()
    return environ


@pytest.mark.parametrize("name", ["1001", "woocommerce:main:1001", str(business_id(KEY, NOON))])
def test_an_order_is_found_by_each_of_its_names(environ: dict[str, str], tmp_path: Path, name: str) -> None:
    """The number is enough when there is only one shop."""
    if name.startswith("OL"):
        name = say("order", "list", "--json", environ=environ, base=tmp_path).json[0]["id"]

    shown = say("order", "show", name, "--json", environ=environ, base=tmp_path)

    assert shown.code == 0
    assert shown.json["row"]["key"]["number"] == "1001"
    assert shown.json["timeline"][0]["what"] == "stage.moved"
    assert shown.json["parcels"][0]["waybill"] == "SF1"
    assert "/t/OL" in shown.json["tracking"]


def test_an_order_is_shown_to_a_person(environ: dict[str, str], tmp_path: Path) -> None:
    """Where it is, why, its parcels and its timeline stand on one page; the amount is in yuan."""
    shown = say("order", "show", "1001", environ=environ, base=tmp_path)

    for words in ("accepted", "first_buyer", "waits for a review", "SF1", "stage.moved", "188.00 CNY"):
        assert words in shown.out


def test_orders_are_listed_by_stage_and_hold(environ: dict[str, str], tmp_path: Path) -> None:
    """A filter that fits nobody leaves an empty list, which is no error."""
    held = say("order", "list", "--hold", "first_buyer", "--json", environ=environ, base=tmp_path)
    none = say("order", "list", "--stage", "shipped", "--json", environ=environ, base=tmp_path)

    assert [row["order"] for row in held.json] == ["woocommerce:main:1001"]
    assert (none.code, none.json) == (0, [])


def test_an_unknown_order_is_answered_with_the_next_step(environ: dict[str, str], tmp_path: Path) -> None:
    """Exit code 1, the order's name, and what would fetch it."""
    shown = say("order", "show", "9999", environ=environ, base=tmp_path)

    assert shown.code == 1
    assert "9999" in shown.err
    assert "order resync" in shown.err


def test_a_command_without_temporal_says_so(environ: dict[str, str], tmp_path: Path) -> None:
    """Exit code 3, the address that did not answer, and what to do."""
    said = say("order", "approve", "1001", "--why", "phoned", environ=environ, base=tmp_path)

    assert said.code == 3
    assert environ["TEMPORAL_ADDRESS"] in said.err
    assert "starter.py up" in said.err


def test_an_empty_inbox_is_good_news(environ: dict[str, str], tmp_path: Path) -> None:
    """Nothing parked means everything was read."""
    listed = say("inbox", "list", environ=environ, base=tmp_path)
    retried = say("inbox", "retry", environ=environ, base=tmp_path)

    assert "everything that came in was read" in listed.out
    assert retried.code == 2
    assert "--all" in retried.err
