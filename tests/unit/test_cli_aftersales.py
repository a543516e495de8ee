"""What the command line shows of after-sales, and how it answers them."""

from pathlib import Path

import pytest

from oms.domain.ids import OrderKey
from oms.opening import open_store
from oms.settings import Settings
from oms.stack.world import SHOP
from tests.unit.command_line import configured, say
from tests.unit.store_builders import a_book as an_order
from tests.unit.test_store_aftersales import a_book

KEY = OrderKey(channel=SHOP.channel, shop=SHOP.shop, number="1001")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A configured place that knows order 1001 and two cases, of which one is held and one is over."""
    environ = configured(tmp_path)
    store = open_store(Settings.from_environ(environ))
    store.migrate()
    store.books.commit(an_order(key=KEY))
    store.after_sales.commit(a_book("C1", order=KEY, held="189.00 are to go back", why_here="held: 189.00"))
    store.after_sales.commit(a_book("C2", order=KEY, status="refunded", ended_at=a_book().row.opened_at))
    store.close()
    return environ


def test_cases_are_listed_and_filtered(environ: dict[str, str], tmp_path: Path) -> None:
    """Those that are over only when asked for."""
    held = say("aftersale", "list", "--held", "--json", environ=environ, base=tmp_path)
    every = say("aftersale", "list", "--all", "--json", environ=environ, base=tmp_path)
    refunded = say("aftersale", "list", "--status", "refunded", "--json", environ=environ, base=tmp_path)

    assert [row["case"] for row in held.json] == ["woo:main:C1"]
    assert len(every.json) == 2
    assert [row["status"] for row in refunded.json] == ["refunded"]


@pytest.mark.parametrize("name", ["C1", "woo:main:C1"])
def test_a_case_is_shown_by_each_of_its_names(environ: dict[str, str], tmp_path: Path, name: str) -> None:
    """To a program and to a person; the amount is in yuan."""
    shown = say("aftersale", "show", name, "--json", environ=environ, base=tmp_path)
    read = say("aftersale", "show", name, environ=environ, base=tmp_path)

    assert shown.json["timeline"][0]["what"] == "after_sale.moved"
    for words in ("requested", "held: 189.00", "94.00", "after_sale.moved"):
        assert words in read.out


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (("show", "nobody"), 1, "aftersale list"),
        (("approve", "C1", "--why", "x", "--amount", "a lot"), 2, "88.00"),
        (("approve", "C1", "--why", "x", "--amount", "0.00"), 2, "88.00"),
        (("waybill", "C1", "??", "--carrier", "sf"), 2, "4 to 40 letters"),
        (("open", "9999", "--kind", "return"), 1, "order list"),
        (("approve", "C1", "--why", "phoned"), 3, "starter.py up"),
        (("open", "1001", "--kind", "return", "--amount", "1.00"), 3, "starter.py up"),
    ],
)
def test_what_cannot_be_done_is_told_with_the_next_step(
    environ: dict[str, str], tmp_path: Path, words: tuple[str, ...], code: int, hint: str
) -> None:
    """Exit code 1: no such thing; 2: wrong use; 3: Temporal does not answer."""
    said = say("aftersale", *words, environ=environ, base=tmp_path)

    assert said.code == code
    assert hint in said.err


def test_a_case_opened_again_is_meant_by_its_id(environ: dict[str, str], tmp_path: Path) -> None:
    """The last run; the first one has a name of its own still."""
    store = open_store(Settings.from_environ(environ))
    for run, key in ((2, "woo:main:C2~2"), (10, "woo:main:C2~10")):
        store.after_sales.commit(a_book("C2", order=KEY, key=key, seq=run, return_code=f"RT{run}"))
    store.close()

    last = say("aftersale", "show", "C2", "--json", environ=environ, base=tmp_path)
    first = say("aftersale", "show", "woo:main:C2", "--json", environ=environ, base=tmp_path)

    assert (last.json["key"], first.json["status"]) == ("woo:main:C2~10", "refunded")
