"""Never more promised than there is, and never one piece twice."""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oms.domain.ids import Sku
from oms.domain.stock import OutOfStock, Reserved, UnknownSku
from oms.store import Level, Store
from tests.unit.store_builders import CONSUME, GIVE_BACK, NOON, ON_POSTGRES, a_book, a_key, pieces, there_are

A = Sku("A")
SKUS = itertools.count()


def test_a_thousand_askers_at_once_share_ten_pieces(store: Store) -> None:
    """Exactly ten win, no piece is promised twice, and the stock row agrees with the promises."""
    store.stock.set_levels([there_are(10)])

    with ThreadPoolExecutor(32) as threads:
        answers = list(threads.map(lambda n: store.stock.reserve(a_key(n), pieces("A")), range(1000)))

    assert sum(isinstance(answer, Reserved) for answer in answers) == 10
    assert store.stock.levels() == (Level(warehouse="HZ", sku=A, on_hand=10, reserved=10),)
    assert len(store.stock.waiting([A])) == 990


def test_two_processes_do_not_share_a_piece(open_store: Callable[..., Store]) -> None:
    """Two stores on one database, as worker and web process are, each with many threads."""
    stores = [open_store(), open_store()]
    stores[0].stock.set_levels([there_are(7), there_are(5, warehouse="SH")])

    with ThreadPoolExecutor(16) as threads:
        answers = list(
            threads.map(lambda n: stores[n % 2].stock.reserve(a_key(n), pieces("A", 2)), range(60))
        )

    assert sum(isinstance(answer, Reserved) for answer in answers) == 6
    assert sum(level.reserved for level in stores[0].stock.levels()) == 12


def test_one_order_asking_from_many_threads_is_promised_once(store: Store) -> None:
    """Attempts whose answers were lost overlap; the order holds its pieces once, by whatever warehouse."""
    store.stock.set_levels([there_are(3), there_are(100, warehouse="SH")])

    with ThreadPoolExecutor(16) as threads:
        answers = set(threads.map(lambda _: store.stock.reserve(a_key(), pieces("A", 3)), range(64)))

    assert len(answers) == 1
    assert sum(level.reserved for level in store.stock.levels()) == 3


def test_all_or_nothing(store: Store) -> None:
    """A missing SKU takes nothing of the one that is there."""
    store.stock.set_levels([there_are(5, "A"), there_are(0, "B")])

    answer = store.stock.reserve(a_key(), pieces("A", 2) + pieces("B", 1, line="2"))

    assert answer == OutOfStock(missing=((Sku("B"), 1),))
    assert all(level.reserved == 0 for level in store.stock.levels())


def test_an_unknown_sku_is_not_waited_for(store: Store) -> None:
    """Nobody can replenish what no warehouse has heard of."""
    answer = store.stock.reserve(a_key(), pieces("A"))

    assert answer == UnknownSku(skus=(A,))
    assert store.stock.waiting([A]) == []


def test_a_split_promise_is_the_same_when_asked_again(store: Store) -> None:
    """The order of warehouses and pieces survives, and a preferred warehouse comes first."""
    store.stock.set_levels([there_are(2), there_are(2, warehouse="SH")])

    first = store.stock.reserve(a_key(), pieces("A", 3), prefer=["SH"])
    again = store.stock.reserve(a_key(), pieces("A", 3), prefer=["SH"])

    assert isinstance(first, Reserved)
    assert [(part.warehouse, part.pieces[0].quantity) for part in first.allocations] == [("SH", 2), ("HZ", 1)]
    assert again == first


def test_a_reported_difference_counts_once(store: Store) -> None:
    """The warehouse repeats itself; a SKU nobody knew appears; differences may arrive out of order."""
    store.stock.set_levels([there_are(5)])

    counted = [store.stock.change("e1", "HZ", A, -2), store.stock.change("e1", "HZ", A, -2)]
    store.stock.change("e2", "HZ", Sku("B"), -3)
    store.stock.change("e3", "HZ", Sku("B"), 10)

    assert counted == [True, False]
    assert [level.on_hand for level in store.stock.levels()] == [3, 7]


def test_who_waits_longest_is_named_first(open_store: Callable[..., Store]) -> None:
    """Asking again, or for another SKU too, keeps the place; a promise takes the order off the list."""
    moments = (NOON + timedelta(minutes=n) for n in itertools.count())
    store = open_store(clock=lambda: next(moments))
    store.stock.set_levels([there_are(0, "A"), there_are(0, "B")])
    for number in (3, 1, 2, 3):
        store.stock.reserve(a_key(number), pieces("A"))
    store.stock.reserve(a_key(3), pieces("A") + pieces("B", line="2"))

    store.stock.change("e1", "HZ", A, 1)
    before = store.stock.waiting([A, Sku("B")])
    store.stock.reserve(a_key(1), pieces("A"))

    assert before == [a_key(3), a_key(1), a_key(2)]
    assert store.stock.waiting([A]) == [a_key(3), a_key(2)]
    assert store.stock.waiting([Sku("B")]) == [a_key(3)]


@ON_POSTGRES
def test_goods_that_come_in_at_the_last_moment_are_not_missed(open_store: Callable[..., Store]) -> None:
    """After the order looked and before it is on the list: nobody would wake it."""
    warehouse = open_store()
    store = open_store(clock=lambda: (warehouse.stock.change("e1", "HZ", A, 1), NOON)[1])
    store.stock.set_levels([there_are(0)])

    answer = store.stock.reserve(a_key(), pieces("A"))

    assert isinstance(answer, Reserved)
    assert store.stock.waiting([A]) == []


@pytest.mark.parametrize("end", [{"stock": (GIVE_BACK,)}, {"ended_at": NOON, "stage": "cancelled"}])
def test_an_order_that_ends_waits_no_longer(store: Store, end: dict[str, Any]) -> None:
    """Nobody wakes a cancelled order."""
    store.stock.set_levels([there_are(0)])
    store.stock.reserve(a_key(), pieces("A"))

    store.books.commit(a_book(**end))

    assert store.stock.waiting([A]) == []


def test_a_count_below_the_promises_leaves_nothing_to_promise(store: Store) -> None:
    """Promises stay; what can still be promised is nothing, never less."""
    store.stock.set_levels([there_are(5)])
    store.stock.reserve(a_key(1), pieces("A", 4))

    store.stock.set_levels([there_are(2)])

    assert store.stock.levels([A])[0].available == 0
    assert isinstance(store.stock.reserve(a_key(2), pieces("A")), OutOfStock)


OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("reserve"), st.integers(0, 4), st.integers(1, 4)),
        st.tuples(st.just("give_back"), st.integers(0, 4), st.just(0)),
        st.tuples(st.just("consume"), st.integers(0, 4), st.just(0)),
        st.tuples(st.just("set_levels"), st.integers(0, 1), st.integers(0, 8)),
        st.tuples(st.just("change"), st.integers(0, 1), st.integers(-4, 4)),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations=OPERATIONS)
def test_whatever_happens_no_more_is_promised_than_there_is(
    store: Store, operations: list[tuple[str, int, int]]
) -> None:
    """0 <= reserved, available >= 0, and a promise is covered at the moment it is given."""
    sku = f"S{next(SKUS)}"
    store.stock.set_levels([there_are(3, sku, "HZ")])
    held = dict.fromkeys(range(5), 0)

    for step, (what, which, amount) in enumerate(operations):
        before = {level.warehouse: level for level in store.stock.levels([Sku(sku)])}
        _do(store, sku, step, what, which, amount)
        after = {level.warehouse: level for level in store.stock.levels([Sku(sku)])}
        if what == "reserve" and held[which] == 0:
            held[which] = sum(level.reserved for level in after.values()) - sum(
                level.reserved for level in before.values()
            )
            assert held[which] in {0, amount}
            for name, level in after.items():
                assert level.reserved == before[name].reserved or level.reserved <= level.on_hand
        elif what in {"give_back", "consume"}:
            held[which] = 0
        assert all(level.reserved >= 0 and level.available >= 0 for level in after.values())
        assert sum(level.reserved for level in after.values()) == sum(held.values())


def _do(store: Store, sku: str, step: int, what: str, which: int, amount: int) -> None:
    order, warehouse = f"{sku}-{which}", ("HZ", "SH")[which % 2]
    match what:
        case "reserve":
            store.stock.reserve(a_key(order), pieces(sku, amount))
        case "set_levels":
            store.stock.set_levels([there_are(amount, sku, warehouse)])
        case "change":
            store.stock.change(f"{sku}-{step}", warehouse, Sku(sku), amount)
        case _:
            store.books.commit(
                a_book(order, seq=step + 1, stock=({"give_back": GIVE_BACK, "consume": CONSUME}[what],))
            )
