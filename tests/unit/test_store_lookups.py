"""Orders are found by their number and the end of a phone, of which the database keeps neither."""

from datetime import timedelta

import pytest

from oms.domain.book import OrderBook
from oms.domain.receiver import Receiver
from oms.store import PutAway, Store
from oms.store.lookups import tail_of
from tests.unit.store_builders import NOON, ZHANG, a_key, a_row

MONTH = timedelta(days=30)


def kept(store: Store, number: int | str, phone: str = ZHANG.phone, **fields: object) -> str:
    """Write an order down with its receiver; returns its business id."""
    row = a_row(number, **fields)
    store.books.commit(OrderBook(row=row))
    receiver = Receiver(name="张三丰", phone=phone)
    person = PutAway(row.key, receiver, "", "", store.receivers.digest(receiver), "", NOON)
    store.receivers.put_away([person])
    return row.business_id


@pytest.mark.parametrize(
    ("phone", "tail"),
    [
        ("13812345678", "5678"),
        ("138****5678", "5678"),
        ("138 1234 5678", "5678"),
        ("１３８１２３４５６７８", "5678"),
        ("1381234****", ""),
        ("138****567*", ""),
        ("", ""),
        ("13", ""),
        ("18412345678-1234", "1234"),
    ],
)
def test_the_end_of_a_phone_is_known_unless_a_mask_hides_it(phone: str, tail: str) -> None:
    """Digits before a mask are not the end of the number."""
    assert tail_of(phone) == tail


def test_number_and_tail_together_find_one_order(store: Store) -> None:
    """Each with its own; neither with the other's, nor the digits moved over from one to the other."""
    first, second = kept(store, 1001), kept(store, 1002, "13900001111")

    assert store.lookups.find("1001", "5678", NOON) == first
    assert store.lookups.find("1002", "1111", NOON) == second
    for number, tail in (("1001", "1111"), ("1002", "5678"), ("10015", "678"), ("", "")):
        assert store.lookups.find(number, tail, NOON) is None


def test_a_changed_receiver_is_found_too_and_so_is_the_one_before(store: Store) -> None:
    """Whoever ordered and whoever receives may both ask."""
    business_id = kept(store, 1001)
    store.receivers.put(a_key(1001), Receiver(name="李四", phone="13700002222"))

    assert {store.lookups.find("1001", tail, NOON) for tail in ("5678", "2222")} == {business_id}


def test_two_orders_that_cannot_be_told_apart_are_found_by_nobody(store: Store) -> None:
    """The same number in two shops with the same end of the phone: showing either may show a stranger's."""
    kept(store, 1001)
    twin = a_key(1001).model_copy(update={"shop": "second"})
    store.books.commit(OrderBook(row=a_row("other", key=twin)))
    store.receivers.put(twin, ZHANG)

    assert store.lookups.find("1001", "5678", NOON) is None


def test_an_order_that_ended_long_ago_is_not_found(store: Store) -> None:
    """Since when it may have ended is the caller's to say."""
    business_id = kept(store, 1001, ended_at=NOON)

    assert store.lookups.find("1001", "5678", NOON - MONTH) == business_id
    assert store.lookups.find("1001", "5678", NOON) is None


def test_a_receiver_without_a_phone_is_put_away_all_the_same(store: Store) -> None:
    """Such an order is found by its link only."""
    kept(store, 1001, "")

    assert store.lookups.find("1001", "", NOON) is None
