"""A desk with something on it: people of every role, and orders that wait for one of them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from bench.scene import EXPENSIVE, OUT_OF_STOCK, Scene
from oms.domain.book import OrderRow
from oms.domain.ids import OrderKey
from oms.domain.roles import Role
from oms.passwords import hashed
from oms.stack.world import World
from oms.store.people import Account

WORLD: Final = World(pace=1, scenario="none", channels=("woocommerce", "douyin"))
"""The pace of real life: every order stays where it is until somebody does something."""
PHRASE: Final = "correct-horse-battery"
"""With which everybody signs in."""
PEOPLE: Final[Mapping[str, Role]] = {
    "wang": Role.ADMIN, "sun": Role.SUPERVISOR, "li": Role.SERVICE, "chen": Role.PURCHASING, "zhao": Role.VIEWER,
}  # fmt: skip
TOO_LONG_FOR_DOUYIN: Final = timedelta(hours=13)
"""After twelve hours without a waybill an order of Douyin is locked."""


@dataclass(frozen=True)
class Waiting:
    """Orders by what they wait for."""

    in_review: OrderKey
    also_in_review: OrderKey
    short: OrderKey
    locked: OrderKey
    unpaid: OrderKey
    shipped: OrderKey
    waybill: str
    """Of the parcel of the one that has shipped."""


async def hire(scene: Scene, language: str = "en") -> None:
    """Give everybody an account, all with the same password."""
    password = await asyncio.to_thread(hashed, PHRASE)
    for name, role in PEOPLE.items():
        account = Account(
            name=name, role=role, password=password, language=language, created_at=datetime.now(UTC), created_by="bench"
        )  # fmt: skip
        await asyncio.to_thread(scene.store.people.add, account)


async def furnish(scene: Scene) -> Waiting:
    """Let buyers order, and wait until each order waits for somebody."""
    paid = int((datetime.now(UTC) - TOO_LONG_FOR_DOUYIN).timestamp())
    shipped = await scene.place("SKU-8802", "SKU-8812")
    in_review, also_in_review = await scene.place(EXPENSIVE), await scene.place(EXPENSIVE)
    short, unpaid = await scene.place(OUT_OF_STOCK, quantity=2), await scene.place("SKU-8801", paid=False)
    locked = await scene.place("SKU-8803", at="douyin", raw={"create_time": paid - 60, "pay_time": paid})
    await scene.ship(shipped)
    waybill = await scene.waybill(shipped)
    await scene.scan(waybill, "1", "103", "【杭州市】快件已被揽收")
    for key, hold in (
        (in_review, "high_value"), (also_in_review, "high_value"), (short, "out_of_stock"), (locked, "no_waybill_lock"),
    ):  # fmt: skip
        await scene.becomes(key, partial(_is_held, hold))
    await scene.becomes(unpaid, lambda row: row.stage == "awaiting_payment")
    return Waiting(in_review, also_in_review, short, locked, unpaid, shipped, waybill)


def _is_held(hold: str, row: OrderRow) -> bool:
    return hold in row.holds
