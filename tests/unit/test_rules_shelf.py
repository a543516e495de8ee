"""Which version of the rules is in force when: the last activated of those that hold."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from oms.domain.errors import Unavailable
from oms.rules.shelf import Kept, Shelf
from oms.rules.table import TABLE, WrongRule, read_table
from oms.store import Activation, Store
from tests.unit.store_builders import NOON

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
BUILT_IN = read_table()


def a_text(version: str, ends: str = "null") -> str:
    """The built-in table under another name."""
    text = TABLE.read_text(encoding="utf-8").replace(BUILT_IN.version, version)
    return text.replace("effective_to: null", f"effective_to: {ends}")


def kept(version: str, begins: datetime = NOON, **fields: str) -> Activation:
    known = {"digest": version, "text": a_text(version), "activated_by": "lin", "why": "because"}
    return Activation(version=version, effective_from=begins, activated_at=NOON, **(known | fields))


@dataclass
class Cupboard:
    """Keeps versions in memory, and counts how often it is asked."""

    tables: list[Activation] = field(default_factory=list)
    counted: int = 0
    read: int = 0

    def count(self) -> int:
        self.counted += 1
        return len(self.tables)

    def all(self) -> Sequence[Kept]:
        self.read += 1
        return tuple(self.tables)


@dataclass
class Watch:
    """A clock that moves when it is told."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


def test_until_the_first_activation_the_table_of_the_program_is_in_force() -> None:
    """At any moment, and by its name."""
    shelf = Shelf(Cupboard(), Watch())

    assert shelf.in_force(NOON) == BUILT_IN
    assert shelf.in_force(NOON - 10_000 * HOUR) == BUILT_IN
    assert shelf.version(BUILT_IN.version) == BUILT_IN
    assert shelf.version("2020-01-01.1") is None


def test_a_version_is_in_force_from_its_moment_on() -> None:
    """One microsecond before, the one before it; at the moment, it."""
    shelf = Shelf(Cupboard([kept("one"), kept("two", NOON + HOUR)]), Watch())

    before = shelf.in_force(NOON + HOUR - timedelta.resolution)
    at = shelf.in_force(NOON + HOUR)

    assert (before.version, at.version) == ("one", "two")


def test_of_two_that_hold_the_later_activated_goes_before() -> None:
    """A version that was planned first does not come back over one that was activated after it."""
    shelf = Shelf(
        Cupboard([kept("one"), kept("planned", NOON + 9 * HOUR), kept("urgent", NOON + HOUR)]), Watch()
    )

    assert shelf.in_force(NOON + 10 * HOUR).version == "urgent"


def test_a_version_that_ends_gives_way_to_the_one_before() -> None:
    """`effective_to` is half-open, as every end in the table."""
    end = NOON + 2 * HOUR
    short = kept("short", NOON + HOUR, text=a_text("short", f'"{end.isoformat()}"'))
    shelf = Shelf(Cupboard([kept("one"), short]), Watch())

    assert shelf.in_force(end - timedelta.resolution).version == "short"
    assert shelf.in_force(end).version == "one"


def test_the_first_activated_version_counts_for_all_moments_before_it() -> None:
    """A newer program that brings another table changes no order of an installation that has activated one."""
    shelf = Shelf(Cupboard([kept("one")]), Watch())

    assert shelf.in_force(NOON - HOUR).version == "one"
    assert shelf.versions() == (BUILT_IN.version, "one")


def test_a_newer_activation_is_seen_after_a_second_and_looking_costs_one_count() -> None:
    """What is in force is asked for every order; the database is asked once a second at most."""
    cupboard, watch = Cupboard([kept("one")]), Watch()
    shelf = Shelf(cupboard, watch)
    first = shelf.in_force(NOON).version
    cupboard.tables.append(kept("two"))

    at_once = shelf.in_force(NOON).version
    watch.now += SECOND
    then = [shelf.in_force(NOON).version for _ in range(100)]

    assert (first, at_once, set(then)) == ("one", "one", {"two"})
    assert (cupboard.counted, cupboard.read) == (2, 2)


def test_an_unknown_version_is_looked_for_at_once() -> None:
    """An order that was judged by a version a moment ago, elsewhere, must find it here."""
    cupboard = Cupboard([kept("one")])
    shelf = Shelf(cupboard, Watch())
    shelf.in_force(NOON)
    cupboard.tables.append(kept("two"))

    found = shelf.version("two")

    assert found is not None
    assert found.version == "two"


def test_nobody_is_judged_by_a_table_that_may_be_out_of_date() -> None:
    """While the database is away the question waits."""

    class Away(Cupboard):
        def count(self) -> int:
            raise Unavailable("the database")

    with pytest.raises(Unavailable):
        Shelf(Away(), Watch()).in_force(NOON)


def test_a_kept_version_that_cannot_be_read_is_named() -> None:
    """A program that is older than the table says which one it cannot read; it does not take another."""
    shelf = Shelf(Cupboard([kept("one"), kept("two", text="schema: 99\n")]), Watch())

    with pytest.raises(WrongRule, match="two"):
        shelf.in_force(NOON)


def test_many_threads_see_the_same_version() -> None:
    """Each is parsed once."""
    shelf = Shelf(Cupboard([kept("one")]), Watch())

    with ThreadPoolExecutor(8) as pool:
        seen = set(map(id, pool.map(lambda _: shelf.in_force(NOON), range(64))))

    assert len(seen) == 1


def test_the_database_is_a_shelf(store: Store) -> None:
    """What was activated is found again, as it was written."""
    store.rule_tables.activate(kept("one"))

    table = Shelf(store.rule_tables, Watch()).in_force(NOON)

    assert table.version == "one"
    assert table.rules == BUILT_IN.rules
