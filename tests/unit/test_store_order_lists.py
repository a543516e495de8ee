"""The desk's lists of orders: every filter, page by page, on both databases; what is typed stands for itself."""

from datetime import timedelta

import pytest

from oms.domain.ids import OrderKey
from oms.store import Store
from oms.store.order_lists import Choice
from oms.store.saved_views import SavedView
from tests.unit.store_builders import NOON, a_book, a_parcel, a_row

HOUR = timedelta(hours=1)


def numbers(store: Store, **chosen: object) -> list[str]:
    """The numbers of the orders of a choice, in the order of the list."""
    return [row.key.number for row in store.order_lists.page(Choice.model_validate(chosen)).rows]


def four_orders(store: Store) -> None:
    """Of different stages, holds, tags and shops, an hour apart; 4 is the newest."""
    other = OrderKey(channel="douyin", shop="x", number="3")
    store.books.commit(a_book(1, stage="accepted", holds=("manual",), tags=("key",), created_at=NOON))
    store.books.commit(a_book(2, stage="shipped", shipped_at=NOON, created_at=NOON + HOUR))
    store.books.commit(
        a_book(3, key=other, business_id="OLDOUYIN", holds=("manual", "remark"), created_at=NOON + 2 * HOUR)
    )
    store.books.commit(a_book(4, stage="accepted", tags=("key", "gift"), created_at=NOON + 3 * HOUR))


@pytest.mark.parametrize(
    ("chosen", "listed"),
    [
        ({}, ["4", "3", "2", "1"]),
        ({"stage": "accepted"}, ["4", "3", "1"]),
        ({"hold": "manual"}, ["3", "1"]),
        ({"hold": "remark"}, ["3"]),
        ({"hold": "manua_"}, []),
        ({"hold": "man%"}, []),
        ({"tag": "key"}, ["4", "1"]),
        ({"tag": "key", "hold": "manual"}, ["1"]),
        ({"channel": "douyin"}, ["3"]),
        ({"channel": "woo", "shop": "main", "stage": "shipped"}, ["2"]),
        ({"shop": "x"}, ["3"]),
        ({"stage": "nonsense"}, []),
        ({"stage": "' OR 1=1 --"}, []),
    ],
)
def test_orders_are_chosen_newest_first(store: Store, chosen: dict[str, str], listed: list[str]) -> None:
    """Every condition narrows; a mark is a whole word."""
    four_orders(store)

    assert numbers(store, **chosen) == listed


@pytest.mark.parametrize("chosen", [{}, {"hold": "manual"}, {"due_by": NOON + 90 * HOUR}])
def test_a_list_is_read_page_by_page(store: Store, chosen: dict[str, object]) -> None:
    """Nothing twice and nothing left out, though moments are equal, and though a newer order comes in between."""
    for n in range(7):
        at = NOON + HOUR * (n // 3)
        store.books.commit(a_book(n, holds=("manual",), created_at=at, ship_by=at))
    choice = Choice.model_validate(chosen)

    first = store.order_lists.page(choice, limit=3)
    store.books.commit(a_book("new", holds=("manual",), created_at=NOON + 50 * HOUR, ship_by=NOON - HOUR))
    second = store.order_lists.page(choice, after=first.more, limit=3)
    third = store.order_lists.page(choice, after=second.more, limit=3)

    read = [row.key.number for page in (first, second, third) for row in page.rows]
    assert sorted(read) == [str(n) for n in range(7)]
    assert third.more is None


def test_what_is_due_comes_first_and_only_while_it_can_be_missed(store: Store) -> None:
    """By the promise or by the clock's next step, whichever is first; what has been shipped is out of it."""
    store.books.commit(a_book("promise", ship_by=NOON + HOUR, next_deadline=NOON + 40 * HOUR))
    store.books.commit(a_book("clock", ship_by=NOON + 40 * HOUR, next_deadline=NOON + HOUR / 2))
    store.books.commit(a_book("late", ship_by=NOON - HOUR))
    store.books.commit(a_book("shipped", ship_by=NOON - HOUR, shipped_at=NOON))
    store.books.commit(a_book("far", ship_by=NOON + 40 * HOUR))
    store.books.commit(a_book("none"))

    assert numbers(store, due_by=NOON + 2 * HOUR) == ["late", "clock", "promise"]
    assert numbers(store, late_at=NOON) == ["late"]


def test_marks_follow_every_book(store: Store) -> None:
    """A hold that is lifted is gone, also when an older book comes late; an ended order is held by nothing."""
    store.books.commit(a_book(1, seq=1, holds=("manual",), tags=("key",)))
    store.books.commit(a_book(2, seq=1, holds=("manual",), tags=("key",)))
    store.books.commit(a_book(1, seq=3, holds=("remark",)))
    store.books.commit(a_book(1, seq=2, holds=("manual",), tags=("key",)))

    store.books.commit(a_book(2, seq=2, holds=("manual",), tags=("key",), stage="cancelled", ended_at=NOON))

    assert numbers(store, hold="manual") == []
    assert numbers(store, hold="remark") == ["1"]
    assert numbers(store, tag="key") == ["2"]
    assert store.order_lists.tags() == ("key",)


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("W-100", ["W-1001", "W-1000"]),
        ("W-1001", ["W-1001"]),
        ("woo:main:W-1000", ["W-1000"]),
        ("order:woo:main:W-1000", ["W-1000"]),
        ("SF10", ["W-1001"]),
        ("sf1001", ["W-1001"]),
        ("W_100", []),
        ("W%", []),
        ("%", []),
        ("_", []),
        ("'", []),
        ("' OR '1'='1", []),
        ("W-1\\", []),
        ("999", []),
        ("订单", []),
    ],
)
def test_an_order_is_found_by_what_is_typed(store: Store, text: str, listed: list[str]) -> None:
    """Whole or by its beginning; quotes, percent signs and underscores stand for themselves."""
    store.books.commit(a_book("W-1000", created_at=NOON))
    store.books.commit(a_book("W-1001", created_at=NOON + HOUR, parcels=(a_parcel("SF1001"),)))
    store.books.commit(a_book("X-1", created_at=NOON + 2 * HOUR))

    assert numbers(store, text=text) == listed


def test_an_order_is_found_by_its_business_id_and_its_delivery_order(store: Store) -> None:
    """As on the parcel's slip, in small letters too."""
    store.books.commit(a_book(1))
    store.books.commit(a_book(2))
    business_id = a_row(1).business_id

    assert [numbers(store, text=t) for t in (business_id, business_id.lower(), f"{business_id}-1")] == [
        ["1"]
    ] * 3
    assert numbers(store, text=business_id[:10]) == ["1"]
    assert numbers(store, text=business_id, stage="shipped") == []


def test_a_beginning_of_too_many_says_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some are shown."""
    monkeypatch.setattr("oms.store.order_search.LOOKED_AT", 2)
    for n in range(3):
        store.books.commit(a_book(f"W-{n}"))

    few, many = (store.order_lists.page(Choice(text=text)) for text in ("W-1", "W-"))

    assert (len(few.rows), few.too_many) == (1, False)
    assert (len(many.rows), many.too_many) == (2, True)


def test_orders_under_way_are_counted_by_stage(store: Store) -> None:
    """Those that have ended are not."""
    four_orders(store)
    store.books.commit(a_book(5, stage="completed", ended_at=NOON))

    assert store.order_lists.under_way_by_stage() == {"accepted": 3, "shipped": 1}


def test_views_are_each_persons_own(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of the same name takes the place of the other; there is a limit; what is dropped is gone."""
    views = store.saved_views
    monkeypatch.setattr("oms.store.saved_views.MOST", 2)
    kept = [views.keep("li", SavedView(name, {"hold": "manual"})) for name in ("b", "a", "c")]
    views.keep("li", SavedView("a", {"stage": "shipped"}))
    views.keep("wang", SavedView("a", {}))

    views.drop("li", "b")
    views.drop("li", "never there")

    assert kept == [True, True, False]
    assert views.of("li") == (SavedView("a", {"stage": "shipped"}),)
    assert views.of("wang") == (SavedView("a", {}),)
    assert views.of("nobody") == ()
