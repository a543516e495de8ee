"""Orders to write down, showing only what matters to a test."""

from datetime import UTC, datetime
from typing import Any

import pytest

from oms.domain.book import Change, OrderBook, OrderRow, StockMove, StockMoveKind
from oms.domain.ids import OrderKey, ShopKey, Sku, business_id
from oms.domain.parcels import Parcel
from oms.domain.receiver import Receiver
from oms.domain.stock import Piece
from oms.ports import StockLevel

ON_POSTGRES = pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
"""For what SQLite, with its one writer and no connection, cannot get wrong."""
NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
SHOP = ShopKey(channel="woo", shop="main")
ZHANG = Receiver(
    name="张三丰", phone="13812345678", province="浙江省", city="杭州市", address="文三路 478 号 5 幢 302 室"
)
GIVE_BACK = StockMove(kind=StockMoveKind.GIVE_BACK)
CONSUME = StockMove(kind=StockMoveKind.CONSUME)


def a_key(number: int | str = 1001) -> OrderKey:
    return OrderKey(channel=SHOP.channel, shop=SHOP.shop, number=str(number))


def a_row(number: int | str = 1001, **fields: Any) -> OrderRow:
    key = a_key(number)
    known: dict[str, Any] = {
        "key": key,
        "business_id": business_id(key, NOON),
        "seq": 1,
        "stage": "accepted",
        "payment": "paid",
        "sla_state": "on_time",
        "total_fen": 18800,
        "currency": "CNY",
        "platform_status": "paid",
        "platform_fingerprint": "f1",
        "platform_modified_at": NOON,
        "created_at": NOON,
        "paid_at": NOON,
    }
    return OrderRow(**(known | fields))


def a_change(row: OrderRow, **fields: Any) -> Change:
    known = {
        "id": f"{row.key}#{row.seq}",
        "seq": row.seq,
        "at": NOON,
        "actor": "orderloom",
        "what": "stage.moved",
    }
    return Change(**(known | fields))


def a_book(
    number: int | str = 1001, *, topic: str = "", parcels: Any = (), stock: Any = (), **fields: Any
) -> OrderBook:
    row = a_row(number, **fields)
    return OrderBook(row=row, changes=(a_change(row, topic=topic),), parcels=parcels, stock=stock)


def a_parcel(waybill: str = "SF1001", **fields: Any) -> Parcel:
    known = {
        "waybill": waybill,
        "carrier": "sf",
        "delivery_order": "OLX-1",
        "pieces": pieces("A"),
        "shipped_at": NOON,
    }
    return Parcel(**(known | fields))


def pieces(sku: str, quantity: int = 1, line: str = "1") -> tuple[Piece, ...]:
    return (Piece(line=line, sku=Sku(sku), quantity=quantity),)


def there_are(on_hand: int, sku: str = "A", warehouse: str = "HZ") -> StockLevel:
    return StockLevel(warehouse=warehouse, sku=Sku(sku), on_hand=on_hand)
