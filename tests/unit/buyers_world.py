"""Orders as their buyers see them: written into the read model, opened by a link, without anybody signed in."""

from datetime import datetime, timedelta
from typing import Any

from httpx import Response

from oms.domain.book import Change, OrderBook
from oms.domain.ids import OrderKey, Sku
from oms.domain.parcels import Parcel, ParcelState
from oms.domain.stock import Piece
from oms.ports import Scan
from tests.unit.intake_world import NOON
from tests.unit.web_world import WebWorld


def a_box(number: int = 1, state: ParcelState = ParcelState.IN_TRANSIT, **fields: Any) -> Parcel:
    """A parcel that left two hours after noon; one that was signed for was so at once."""
    shipped_at = NOON + timedelta(hours=2)
    known: dict[str, Any] = {
        "waybill": f"SF{1000 + number}",
        "carrier": "sf",
        "delivery_order": "OL-1",
        "pieces": (Piece(line="1", sku=Sku("MB-1"), quantity=2),),
        "shipped_at": shipped_at,
        "state": state,
        "delivered_at": shipped_at if state is ParcelState.DELIVERED else None,
    }
    return Parcel(**(known | fields))


def placed(
    world: WebWorld, stage: str, *parcels: Parcel, number: str = "1001", events: str = "", **fields: Any
) -> OrderKey:
    """Write an order down; `events` are names of changes, one an hour after noon, with a blank between."""
    key = world.the_order_stands_at(stage, number)
    view = world.store.orders.get(key)
    assert view is not None
    row = view.row.model_copy(update={"seq": 2, "paid_at": NOON, **fields})
    changes = tuple(
        Change(
            id=f"{key}#{place}", seq=place, at=NOON + timedelta(hours=place), actor="test",
            what=what.partition("=")[0], after=what.partition("=")[2],
        )
        for place, what in enumerate(events.split(), 1)
    )  # fmt: skip
    world.store.books.commit(OrderBook(row=row, changes=changes, parcels=parcels))
    return key


def scans(*texts: str, since: datetime = NOON) -> list[Scan]:
    """Lines of a trace, a minute apart, the oldest first."""
    return [
        Scan(at=since + timedelta(minutes=place), raw_state="0", text=text)
        for place, text in enumerate(texts)
    ]


def link(world: WebWorld, key: OrderKey) -> str:
    """The address of an order's page."""
    view = world.store.orders.get(key)
    assert view is not None
    return f"/t/{world.tokens.token(view.row.business_id)}"


async def read(world: WebWorld, path: str, language: str = "en") -> Response:
    """Open a page of the buyer's as a browser of that language does; nobody is signed in."""
    return await world.as_(None).get(path, headers={"accept-language": language})
