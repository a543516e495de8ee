"""Orders are found by whatever a person or a carrier has in hand."""

from datetime import timedelta

from oms.domain.ids import OrderKey
from oms.ports import Scan
from oms.store import SeenNote, Store
from tests.unit.store_builders import NOON, a_book, a_key, a_parcel, a_row


def test_an_order_is_found_by_waybill_and_by_delivery_order(store: Store) -> None:
    """Of two orders in one box, the one shipped last; what nobody knows is None."""
    store.books.commit(a_book(1, parcels=(a_parcel("SF1"), a_parcel("SF2"))))
    store.books.commit(a_book(2, parcels=(a_parcel("SF2", shipped_at=NOON + timedelta(hours=1)),)))

    found = [store.orders.by_waybill(waybill) for waybill in ("SF1", "SF2", "SF3")]

    assert [answer and answer[0] for answer in found] == [a_key(1), a_key(2), None]
    assert found[0] is not None
    assert found[0][1] == a_parcel("SF1")
    assert store.orders.by_delivery_order(f"{a_row(1).business_id}-2") == a_key(1)
    assert store.orders.by_delivery_order("OLNOBODY-1") is None
    assert store.orders.by_delivery_order("nonsense") is None


def test_orders_are_listed_newest_first_by_stage_hold_and_channel(store: Store) -> None:
    """A hold is one of a set; a reason that is part of another's name is another."""
    for n, (stage, holds) in enumerate(
        [("accepted", ("manual",)), ("accepted", ()), ("shipped", ("remark", "manual"))]
    ):
        store.books.commit(a_book(n, stage=stage, holds=holds, created_at=NOON + timedelta(hours=n)))
    other = OrderKey(channel="douyin", shop="x", number="1")
    store.books.commit(a_book(9, key=other, business_id="OLDOUYIN", created_at=NOON - timedelta(hours=1)))

    def listed(**wanted: object) -> list[str]:
        return [row.key.number for row in store.orders.list(**wanted)]  # type: ignore[arg-type]  # any filter

    assert listed() == ["2", "1", "0", "1"]
    assert listed(stage="accepted") == ["1", "0", "1"]
    assert listed(hold="manual") == ["2", "0"]
    assert listed(hold="manua_") == []
    assert listed(channel="douyin") == ["1"]
    assert listed(limit=2, offset=1) == ["1", "0"]
    assert store.orders.count(hold="manual") == 2
    assert store.orders.counts_by_stage() == {"accepted": 3, "shipped": 1}


def test_what_the_last_book_knew_is_known(store: Store) -> None:
    """Before the first book, nothing."""
    assert store.orders.known(a_key()) is None

    store.books.commit(a_book(seq=7, outcome="completed"))

    assert store.orders.known(a_key()) == ("f1", NOON, "accepted", "completed", 7)


def test_of_two_words_handed_on_the_newer_is_remembered(store: Store) -> None:
    """Equal in time replaces, for platform clocks tick in seconds."""
    assert store.orders.seen(a_key()) is None

    again = store.orders.note_seen([SeenNote(a_key(), "f2", NOON)])
    store.orders.note_seen([SeenNote(a_key(), "f3", NOON)])

    assert store.orders.seen(a_key()) == ("f3", NOON)
    assert again == frozenset()


def test_a_word_handed_on_late_makes_the_newer_one_news_again(store: Store) -> None:
    """The newer one may have been taken for a repetition of what was true before: said again, it must be heard."""
    store.orders.note_seen([SeenNote(a_key(), "f1", NOON)])

    store.orders.note_seen([SeenNote(a_key(), "f2", NOON - timedelta(seconds=5))])

    assert store.orders.seen(a_key()) == ("f2", NOON - timedelta(seconds=5))


def test_a_repetition_of_what_stands_no_more_must_be_compared_again(store: Store) -> None:
    """Another word was handed on between its comparison and its note."""
    store.orders.note_seen([SeenNote(a_key(), "f1", NOON), SeenNote(a_key("2"), "f1", NOON)])
    store.orders.note_seen([SeenNote(a_key(), "f2", NOON + timedelta(seconds=5))])
    later = NOON + timedelta(seconds=10)

    again = store.orders.note_seen(
        [SeenNote(a_key(), "f1", later, same_as="f1"), SeenNote(a_key("2"), "f1", later, same_as="f1")]
    )

    assert again == frozenset({a_key()})
    assert store.orders.seen(a_key()) == ("f2", NOON + timedelta(seconds=5))
    assert store.orders.seen(a_key("2")) == ("f1", later)


def test_a_repeated_scan_is_kept_once(store: Store) -> None:
    """Carriers send the whole trace each time; the trace is read oldest first."""
    first = Scan(at=NOON, raw_state="1", text="已揽收", place="杭州")
    second = Scan(at=NOON + timedelta(hours=1), raw_state="0", text="运输中 🚚")

    new = [store.orders.add_scans("SF1", scans) for scans in ([second], [second, first], [second, first], [])]

    assert new == [1, 1, 0, 0]
    assert store.orders.scans("SF1") == (first, second)
    assert store.orders.scans("SF2") == ()
