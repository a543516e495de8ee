"""State, audit, outbox, parcels and stock are one transaction, written once."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from oms.domain.book import OrderBook, StockMove, StockMoveKind
from oms.domain.parcels import ParcelState
from oms.domain.stock import Reserved
from oms.store import Store
from tests.unit.store_builders import (
    CONSUME,
    GIVE_BACK,
    NOON,
    ON_POSTGRES,
    a_book,
    a_change,
    a_key,
    a_parcel,
    a_row,
    pieces,
    there_are,
)


def test_a_book_is_read_back_as_it_was_written(store: Store) -> None:
    """Every field of row, change and parcel survives, moments to the microsecond and aware."""
    shanghai = datetime(2026, 11, 23, 8, 0, tzinfo=timezone(timedelta(hours=8)))
    row = a_row(
        outcome="completed", holds=("manual", "remark"), tags=("重点跟踪",), next_deadline=shanghai,
        next_deadline_text="ship by 48 h", why_here="waits for a person", ship_by=NOON, shipped_at=NOON,
        delivered_at=NOON, waiting_for=("A",), total_fen=10**12,
    )  # fmt: skip
    change = a_change(
        row, before="accepted", after="allocated", why="stock", rule_version="tmall/2026-11", topic="x"
    )
    parcel = a_parcel(state=ParcelState.IN_TRANSIT, raw_state="0", state_at=shanghai, written_back=True)

    store.books.commit(OrderBook(row=row, changes=(change,), parcels=(parcel,)))
    view = store.orders.get(row.key)

    assert view is not None
    assert view.row == row
    assert view.row.next_deadline == shanghai
    assert view.row.created_at.tzinfo is not None
    assert view.parcels == (parcel,)
    assert store.orders.timeline(row.key) == (change,)
    assert store.orders.get(row.business_id) == view


def test_a_book_written_twice_is_written_once(store: Store) -> None:
    """An attempt may have worked though its answer was lost."""
    store.stock.set_levels([there_are(5)])
    store.stock.reserve(a_key(), pieces("A", 2))
    book = a_book(topic="order.shipped", parcels=(a_parcel(),), stock=(CONSUME,))

    store.books.commit(book)
    store.books.commit(book)

    assert len(store.orders.timeline(a_key())) == 1
    assert len(store.outbox.read(0)) == 1
    assert [(level.on_hand, level.reserved) for level in store.stock.levels()] == [(3, 0)]


def test_an_older_book_adds_its_history_and_overwrites_nothing(store: Store) -> None:
    """Books may arrive out of order; row and parcels stay the newest, the audit is complete."""
    older = a_book(seq=1, stage="released", parcels=(a_parcel(state=ParcelState.CREATED),))
    newer = a_book(seq=2, stage="shipped", parcels=(a_parcel(state=ParcelState.IN_TRANSIT),))

    store.books.commit(newer)
    store.books.commit(older)
    view = store.orders.get(a_key())

    assert view is not None
    assert (view.row.stage, view.parcels[0].state) == ("shipped", ParcelState.IN_TRANSIT)
    assert [change.seq for change in store.orders.timeline(a_key())] == [1, 2]


def test_a_corrected_waybill_replaces_the_wrong_one(store: Store) -> None:
    """Also when the book that had the wrong one arrives afterwards."""
    wrong, other = a_parcel("SF1001"), a_parcel("SF2002")
    right = a_parcel("SF1010")
    store.books.commit(a_book(seq=1, parcels=(wrong, other)))

    store.books.commit(a_book(seq=3, parcels=(right, other)))
    store.books.commit(a_book(seq=2, parcels=(wrong, other)))
    view = store.orders.get(a_key())

    assert view is not None
    assert view.parcels == (right, other)
    assert store.orders.by_waybill("SF1001") is None


def test_an_older_book_that_comes_late_still_moves_its_stock(store: Store) -> None:
    """The order of arrival decides about views, not about pieces."""
    store.stock.set_levels([there_are(5)])
    store.stock.reserve(a_key(), pieces("A", 2))

    store.books.commit(a_book(seq=2))
    store.books.commit(a_book(seq=1, stock=(GIVE_BACK,)))

    assert store.stock.levels()[0].reserved == 0


def test_a_repeated_book_does_not_touch_what_was_promised_since(store: Store) -> None:
    """The pieces that a book gave back are gone; those reserved after it are not its business."""
    store.stock.set_levels([there_are(5)])
    store.stock.reserve(a_key(), pieces("A", 2))
    book = a_book(stock=(GIVE_BACK,))
    store.books.commit(book)
    store.stock.reserve(a_key(), pieces("A", 3))

    store.books.commit(book)

    assert store.stock.levels()[0].reserved == 3


def test_a_move_concerns_its_warehouse_only(store: Store) -> None:
    """One parcel leaves, the other allocation stays promised."""
    store.stock.set_levels([there_are(2), there_are(2, warehouse="SH")])
    store.stock.reserve(a_key(), pieces("A", 4))

    store.books.commit(a_book(stock=(StockMove(kind=StockMoveKind.CONSUME, warehouse="SH"),)))
    held = store.stock.reserve(a_key(), pieces("A", 4))

    assert [(level.warehouse, level.on_hand, level.reserved) for level in store.stock.levels()] == [
        ("HZ", 2, 2),
        ("SH", 0, 0),
    ]
    assert isinstance(held, Reserved)
    assert [allocation.warehouse for allocation in held.allocations] == ["HZ"]


def test_a_failure_in_the_middle_leaves_nothing(store: Store) -> None:
    """The stock row breaks its constraint at the very end; not even the audit remembers the attempt."""
    store.stock.set_levels([there_are(5)])
    store.stock.reserve(a_key(), pieces("A", 2))
    with store.database.write() as connection:
        connection.execute(sa.text("UPDATE stock SET reserved = 1"))

    with pytest.raises(IntegrityError):
        store.books.commit(a_book(topic="order.shipped", parcels=(a_parcel(),), stock=(CONSUME,)))

    assert store.orders.get(a_key()) is None
    assert store.orders.timeline(a_key()) == ()
    assert store.outbox.read(0) == ()
    assert store.orders.by_waybill("SF1001") is None
    assert isinstance(store.stock.reserve(a_key(), ()), Reserved)
    assert store.stock.levels()[0].on_hand == 5


def test_events_are_read_in_order_and_only_those_with_a_topic(store: Store) -> None:
    """A reader goes on where it stopped; the payload says what happened to which order."""
    for seq, topic in enumerate(["order.paid", "", "order.shipped"], start=1):
        store.books.commit(a_book(seq=seq, topic=topic, parcels=(a_parcel(),)))

    first = store.outbox.read(0, limit=1)
    rest = store.outbox.read(first[0].seq)

    assert [event.topic for event in first + rest] == ["order.paid", "order.shipped"]
    assert rest[0].payload["business_id"] == a_row().business_id
    assert rest[0].payload["parcels"] == [{"waybill": "SF1001", "carrier": "sf", "state": "created"}]


@ON_POSTGRES
def test_no_event_appears_behind_a_reader(open_store: Callable[..., Store]) -> None:
    """While a transaction with a lower number is open, the reader waits; SQLite has one writer anyway."""
    store, other = open_store(), open_store()

    with store.database.write() as connection:
        connection.execute(sa.text("SELECT nextval('outbox_seq_seq'), txid_current()"))
        other.books.commit(a_book(topic="order.paid"))
        meanwhile = other.outbox.read(0)
    afterwards = other.outbox.read(0)

    assert meanwhile == ()
    assert [event.topic for event in afterwards] == ["order.paid"]


def test_numbers_of_events_are_never_used_again(store: Store) -> None:
    """A reader that remembers 1 must hear of what comes after everything was cleared away."""
    store.books.commit(a_book(1, topic="order.paid"))
    with store.database.write() as connection:
        connection.execute(sa.text("DELETE FROM outbox"))

    store.books.commit(a_book(2, topic="order.paid"))

    assert [event.seq for event in store.outbox.read(1)] == [2]
