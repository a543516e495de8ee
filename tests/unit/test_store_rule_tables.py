"""Every version of the rule table that was activated stays, as it was, with who wanted it and why."""

from datetime import timedelta
from typing import Any

import pytest

from oms.domain.errors import Misused
from oms.store import Activation, Store
from tests.unit.store_builders import NOON, SHOP, a_book, a_key

DAY = timedelta(days=1)


def an_activation(version: str = "2026-12-01.1", **fields: Any) -> Activation:
    known = {
        "version": version, "digest": f"digest of {version}", "text": f"table_version: {version}\n# 注释\n",
        "effective_from": NOON + DAY, "activated_by": "lin", "why": "double twelve", "activated_at": NOON,
    }  # fmt: skip
    return Activation(**(known | fields))


def test_versions_come_back_in_the_order_of_their_activations(store: Store) -> None:
    """Whatever their names and whenever they are in force."""
    store.rule_tables.activate(an_activation("b", effective_from=NOON + 2 * DAY))
    store.rule_tables.activate(an_activation("a"))

    kept = store.rule_tables.all()

    assert [(each.version, each.number) for each in kept] == [("b", 1), ("a", 2)]
    assert kept[1] == an_activation("a", number=2)
    assert store.rule_tables.get("b") == kept[0]
    assert store.rule_tables.get("c") is None
    assert store.rule_tables.count() == 2


def test_the_same_version_again_changes_nothing(store: Store) -> None:
    """A command that broke off may be given again; the first one stands, with its moment and its person."""
    first = store.rule_tables.activate(an_activation())

    again = store.rule_tables.activate(an_activation(activated_by="wang", effective_from=NOON + 9 * DAY))

    assert again == first
    assert (store.rule_tables.count(), len(store.rule_tables.log())) == (1, 1)


def test_a_version_is_never_edited(store: Store) -> None:
    """Orders that were judged by it name it: another content needs another name, and the old one stays."""
    store.rule_tables.activate(an_activation())

    with pytest.raises(Misused, match="activated by lin with another content"):
        store.rule_tables.activate(an_activation(digest="other", text="other"))

    kept = store.rule_tables.get("2026-12-01.1")
    assert kept is not None
    assert kept.text == "table_version: 2026-12-01.1\n# 注释\n"


def test_what_was_done_to_a_version_is_written_down(store: Store) -> None:
    """Who activated it and why, and when the orders in flight had been told; the first time counts."""
    store.rule_tables.activate(an_activation())
    store.rule_tables.spread("2026-12-01.1", NOON + DAY, "told 3, kept 4, gone 0")
    store.rule_tables.spread("2026-12-01.1", NOON + 2 * DAY, "told 0, kept 4, gone 3")

    kept = store.rule_tables.get("2026-12-01.1")
    log = store.rule_tables.log()

    assert kept is not None
    assert kept.spread_at == NOON + DAY
    assert [(each.what, each.actor, each.at) for each in log] == [
        ("rules.activated", "lin", NOON),
        ("rules.spread", "orderloom", NOON + DAY),
        ("rules.spread", "orderloom", NOON + 2 * DAY),
    ]
    assert "double twelve" in log[0].why
    assert log[1].why == "told 3, kept 4, gone 0"


def test_unfinished_orders_are_read_page_by_page(store: Store) -> None:
    """Each once, and those that have ended not at all."""
    for number in range(1, 6):
        store.books.commit(a_book(number))
    store.books.commit(a_book(6, ended_at=NOON, stage="completed"))

    first = store.in_flight.after("", 2)
    second = store.in_flight.after(str(first[-1]), 2)
    rest = store.in_flight.after(str(second[-1]), 2)

    assert [*first, *second, *rest] == [a_key(number) for number in range(1, 6)]
    assert store.in_flight.after(str(rest[-1]), 2) == ()
    assert store.in_flight.by_shop() == {SHOP: 5}
