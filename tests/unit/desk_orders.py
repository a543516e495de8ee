"""Orders for the pages of the desk to show."""

from datetime import timedelta
from typing import Any

from oms.domain.ids import OrderKey
from oms.domain.parcels import ParcelState
from tests.unit.intake_world import NOON
from tests.unit.store_builders import a_book
from tests.unit.web_world import WAYBILL, WebWorld, a_parcel

HOUR = timedelta(hours=1)


def a_key(number: str) -> OrderKey:
    return OrderKey(channel="woocommerce", shop="main", number=number)


def there_is(world: WebWorld, number: str, **fields: Any) -> str:
    """Write an order down; returns its key as the pages write it."""
    key = a_key(number)
    known: dict[str, Any] = {"key": key, "business_id": f"OL{number}AAAAAAAAA"[:15], "created_at": NOON}
    world.store.books.commit(a_book(number, **(known | fields)))
    return str(key)


def one_of_each(world: WebWorld) -> None:
    """An order in review, a red lock, one that is on its way, and one that is late."""
    there_is(
        world, "1001", holds=("high_value",), tags=("key_order",), why_here="amount above 5000 <b>& more</b>",
        next_deadline=NOON + 48 * HOUR, next_deadline_text="ship by 11-24 12:00", created_at=NOON + HOUR,
    )  # fmt: skip
    there_is(
        world, "1002", holds=("no_waybill_lock",), ship_by=NOON + 30 * HOUR, why_here="no waybill in 12 h"
    )
    on_its_way = a_parcel(ParcelState.IN_TRANSIT).model_copy(update={"shipped_at": NOON - HOUR})
    there_is(world, "1003", stage="in_transit", shipped_at=NOON - HOUR, parcels=(on_its_way,))
    there_is(world, "1004", stage="allocated", ship_by=NOON - HOUR)


__all__ = ["HOUR", "WAYBILL", "a_key", "one_of_each", "there_is"]
