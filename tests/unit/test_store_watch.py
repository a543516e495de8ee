"""What the watch over parcels finds, and what it remembers beside the parcels' own rows."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from oms.domain.ids import ShopKey
from oms.domain.parcels import ParcelState
from oms.domain.watch import Silence, risk_change
from oms.store import Limits, LimitsOfShops, Store
from tests.unit.store_builders import NOON, SHOP, a_book, a_key, a_parcel

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
A_DAY_AGO = LimitsOfShops(Limits(NOON - DAY, NOON - DAY), {})
RULES = Silence(
    platform="pdd", version="v1", first_scan_within=DAY, silent_after=DAY, query_again_after=6 * HOUR
)


def shipped(store: Store, waybill: str, hours_ago: float, number: int = 1001, **more: Any) -> None:
    """Write down an order with one parcel that left so many hours before noon."""
    row = {name: more.pop(name) for name in ("ended_at", "stage") if name in more}
    parcel = a_parcel(waybill, shipped_at=NOON - hours_ago * HOUR, **more)
    store.books.commit(a_book(number, parcels=(parcel,), **{"stage": "shipped", **row}))


def due(store: Store, now: datetime = NOON, limits: LimitsOfShops = A_DAY_AGO) -> list[str]:
    """The waybills something has to be done about."""
    return [parcel.waybill for parcel in store.watch.due(limits, now - HOUR / 2, now, 100)]


def test_silent_parcels_of_unfinished_orders_are_found(store: Store) -> None:
    """Not those that just left, that were scanned lately, whose way or whose order has ended."""
    shipped(store, "SF1", 25, 1)
    shipped(store, "SF2", 23, 2)
    shipped(store, "SF3", 90, 3, state=ParcelState.IN_TRANSIT)
    shipped(store, "SF4", 90, 4, state=ParcelState.DELIVERED)
    shipped(store, "SF5", 90, 5, ended_at=NOON)
    shipped(store, "SF6", 90, 6, state=ParcelState.IN_TRANSIT)
    store.watch.heard("SF6", scanned_at=NOON - HOUR, picked_up_at=NOON - 80 * HOUR)

    assert due(store) == ["SF3", "SF1"]
    assert [parcel.waybill for parcel in store.watch.silent(A_DAY_AGO, 9)] == ["SF3", "SF1"]
    assert [parcel.waybill for parcel in store.watch.unscanned(A_DAY_AGO, 9)] == ["SF1"]
    assert [parcel.waybill for parcel in store.watch.under_way(9)] == ["SF3", "SF6", "SF1", "SF2"]


def test_each_shop_lives_by_its_own_limits(store: Store) -> None:
    """One platform allows two days, another half a day."""
    shipped(store, "SF1", 25, 1)
    patient = LimitsOfShops(Limits(NOON - 2 * DAY, NOON - 2 * DAY), {})
    stricter = LimitsOfShops(patient.usual, {SHOP: Limits(NOON - DAY / 2, NOON - DAY / 2)})
    other = LimitsOfShops(patient.usual, {ShopKey(channel="woo", shop="other"): stricter.other[SHOP]})

    assert (due(store, limits=patient), due(store, limits=stricter), due(store, limits=other)) == (
        [],
        ["SF1"],
        [],
    )


def test_who_asks_first_asks_alone_and_then_the_number_rests(store: Store) -> None:
    """Two workers, a round by hand beside the Schedule's: a number is asked for once within the carrier's lock."""
    with ThreadPoolExecutor(8) as threads:
        claims = list(threads.map(lambda _: store.watch.claim("SF1", NOON, NOON + HOUR / 2), range(16)))

    assert sum(claims) == 1
    assert not store.watch.claim("SF1", NOON + HOUR / 4, NOON + HOUR)
    assert store.watch.claim("SF1", NOON + HOUR / 2, NOON + HOUR)


def test_a_resting_parcel_is_not_due_until_its_rest_is_over(store: Store) -> None:
    """What was asked in vain is not asked every round; its answer is kept for people."""
    shipped(store, "SF1", 30, state=ParcelState.IN_TRANSIT)
    store.watch.claim("SF1", NOON, NOON + HOUR / 2)
    store.watch.answered("SF1", "nobody knows it", NOON + 6 * HOUR)

    rests, again = due(store, NOON + 5 * HOUR), due(store, NOON + 6 * HOUR)

    (parcel,) = store.watch.under_way(9)
    assert (rests, again) == ([], ["SF1"])
    assert (parcel.answer, parcel.asked_at) == ("nobody knows it", NOON)


def test_what_was_heard_never_goes_back(store: Store) -> None:
    """The newest scan, the first pick-up; said again, late or without a time it changes nothing."""
    store.watch.heard("SF1", scanned_at=NOON, picked_up_at=NOON - HOUR, told="e1")
    store.watch.heard("SF1", scanned_at=NOON - 2 * HOUR, picked_up_at=NOON - 2 * HOUR)
    store.watch.heard("SF1")
    shipped(store, "SF1", 30)

    (parcel,) = store.watch.under_way(9)
    (going,) = store.watch.of("SF1")
    assert (parcel.scanned_at, parcel.picked_up_at) == (NOON, NOON - 2 * HOUR)
    assert (going.scanned_at, going.told) == (NOON, "e1")


def test_an_orders_next_book_overwrites_nothing_of_it(store: Store) -> None:
    """Books write the parcel's row whole; the watch has its own."""
    shipped(store, "SF1", 30)
    store.watch.heard("SF1", scanned_at=NOON)

    store.books.commit(
        a_book(seq=2, stage="in_transit", parcels=(a_parcel("SF1", state=ParcelState.IN_TRANSIT),))
    )

    (parcel,) = store.watch.under_way(9)
    assert (parcel.state, parcel.scanned_at) == (ParcelState.IN_TRANSIT, NOON)


def test_what_the_carrier_gave_up_is_due_after_half_an_hour(store: Store) -> None:
    """And no more once it is followed again."""
    shipped(store, "SF1", 1)
    store.watch.heard("SF1", gave_up_at=NOON)

    early, later = due(store, NOON + HOUR / 4), due(store, NOON + HOUR / 2)
    store.watch.followed_again("SF1")

    assert (early, later, due(store, NOON + HOUR)) == ([], ["SF1"], [])


def test_a_missing_first_scan_is_written_into_the_timeline_once(store: Store) -> None:
    """Behind the order's own last line, and without moving it."""
    shipped(store, "SF1", 30)
    (parcel,) = store.watch.due(A_DAY_AGO, NOON, NOON, 9)
    change = risk_change(parcel, RULES, store.watch.sequence(parcel.order), NOON)

    for _ in range(2):
        store.watch.at_risk("SF1", NOON, change, parcel.order)

    (again,) = store.watch.due(A_DAY_AGO, NOON, NOON, 9)  # silent still, told of already
    timeline = store.orders.timeline(a_key())
    assert again.risk_at == NOON
    assert [line.what for line in timeline] == ["stage.moved", "parcel.no_first_scan"]
    assert "pdd.parcel.first_scan_within" in timeline[-1].why


@pytest.mark.parametrize("ended", [None, NOON])
def test_a_box_of_two_orders_belongs_to_both(
    open_store: Callable[..., Store], ended: datetime | None
) -> None:
    """To those that have not ended; when all have, to the one it was shipped for last."""
    store = open_store()
    shipped(store, "SF1", 30, 1, ended_at=ended)
    shipped(store, "SF1", 20, 2, ended_at=ended)

    found = [going.order.number for going in store.watch.of("SF1")]

    assert found == (["2", "1"] if ended is None else ["2"])
    assert store.watch.of("SF9") == ()
