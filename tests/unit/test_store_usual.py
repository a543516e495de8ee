"""How long parcels usually take is read from those that arrived, by carrier and by where they went."""

from datetime import timedelta
from typing import Any

import pytest

from oms.domain.book import OrderBook, Sold
from oms.domain.ids import Sku
from oms.domain.parcels import Parcel
from oms.domain.stock import Piece
from oms.store import Store
from oms.store.usual import FEWEST, FRESH_FOR, Usual
from tests.unit.store_builders import NOON, a_row

HOUR = timedelta(hours=1)


def arrived(store: Store, number: int, took: timedelta, province: str = "", **fields: Any) -> None:
    """Write down a parcel that took so long."""
    known: dict[str, Any] = {
        "waybill": f"W{number}",
        "carrier": "sf",
        "delivery_order": "OL-1",
        "pieces": (Piece(line="1", sku=Sku("MB-1"), quantity=1),),
        "shipped_at": NOON,
        "delivered_at": NOON + took,
    }
    row = a_row(number, sold=Sold(province=province))
    store.books.commit(OrderBook(row=row, parcels=(Parcel(**(known | fields)),)))


def test_a_province_of_its_own_goes_before_the_country(store: Store) -> None:
    """Far provinces take longer; one of which too little is known is as usual everywhere."""
    for number in range(FEWEST):
        arrived(store, number, (number + 1) * HOUR, "浙江省")
        arrived(store, number + 100, 200 * HOUR, "新疆维吾尔自治区")
    arrived(store, 999, 900 * HOUR, "西藏自治区")

    assert store.usual.of("sf", "浙江省") == Usual(5 * HOUR, 19 * HOUR)
    assert store.usual.of("sf", "新疆维吾尔自治区") == Usual(200 * HOUR, 200 * HOUR)
    assert store.usual.of("sf", "西藏自治区") == store.usual.of("sf", "") == Usual(9 * HOUR, 200 * HOUR)


@pytest.mark.parametrize(
    ("carrier", "fields"),
    [("yto", {}), ("sf", {"delivered_at": None}), ("sf", {"delivered_at": NOON - HOUR})],
)
def test_of_other_carriers_and_of_parcels_that_did_not_arrive_nothing_is_concluded(
    store: Store, carrier: str, fields: dict[str, Any]
) -> None:
    """Nor of clocks that tell of an arrival before the departure."""
    for number in range(FEWEST):
        arrived(store, number, HOUR, **fields)

    assert store.usual.of(carrier, "") is None


def test_it_is_looked_up_once_an_hour(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Buyers look often, and what is usual changes slowly."""
    now = NOON
    monkeypatch.setattr(store.database, "clock", lambda: now)
    before = store.usual.of("sf", "")
    for number in range(FEWEST):
        arrived(store, number, HOUR)

    within = store.usual.of("sf", "")
    now = NOON + FRESH_FOR
    after = store.usual.of("sf", "")

    assert (before, within, after) == (None, None, Usual(HOUR, HOUR))
