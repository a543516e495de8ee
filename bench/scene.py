"""A small real stack on which orders are brought, one by one, exactly where one wants to look at them."""

import asyncio
import contextlib
import itertools
import os
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from temporalio.client import Client

from oms.cli.running import load_stock
from oms.domain.book import OrderRow
from oms.domain.errands import PollShop
from oms.domain.ids import OrderKey, ShopKey
from oms.domain.model import Fact
from oms.opening import open_store
from oms.stack.blueprint import Blueprint
from oms.stack.folder import Folder
from oms.stack.loopback import get_json, post_json
from oms.stack.stack import Stack
from oms.stack.world import SHOP, World
from oms.store import Store
from oms.temporal.client import ORDERS_QUEUE, connect

GLANCE_SECONDS = 0.2
OUT_OF_STOCK, EXPENSIVE = "SKU-8838", "SKU-8840"
"""What no warehouse has, and what is so dear that somebody confirms it."""
_runs = itertools.count(1)
PATIENCE_SECONDS = 60.0


class NeverHappened(AssertionError):
    """An order did not get where it was wanted; says where it is instead."""


@dataclass(frozen=True)
class Scene:
    """A stack that stands, and the hands that move its outside world."""

    stack: Stack
    store: Store
    client: Client

    async def place(
        self, *skus: str, paid: bool = True, quantity: int = 1, raw: Mapping[str, Any] | None = None,
        at: str = SHOP.channel,
    ) -> OrderKey:  # fmt: skip
        """Let a buyer order; without SKUs something usual. `raw` is laid over what the shop, or the platform `at`, shows."""
        lines = [{"sku": sku, "quantity": quantity} for sku in skus]
        wish = {"lines": lines, "paid": paid, "raw": dict(raw) if raw else None, "at": at}
        answer = await self.ask("orders", wish)
        return OrderKey(channel=at, shop=SHOP.shop, number=answer["numbers"][0])

    async def ask(self, what: str, wish: dict[str, Any]) -> Any:
        """Ask something of the outside world."""
        return await post_json(self.stack.blueprint.ports.simulator, f"/control/{what}", wish)

    async def look(self, path: str) -> Any:
        """Read something from the outside world."""
        return await get_json(self.stack.blueprint.ports.simulator, path)

    async def look_at_ours(self, path: str) -> Any:
        """Read something from our own API."""
        return await get_json(self.stack.blueprint.ports.web, path)

    async def poll(self, shop: ShopKey = SHOP) -> str:
        """Fetch what changed in a shop, as its Schedule would; returns the workflow's id."""
        return await self.run("PollShopWorkflow", PollShop(shop=shop), "poll")

    async def run(self, workflow: str, errand: Fact, name: str) -> str:
        """Do at once what a Schedule does in its time; returns the workflow's id."""
        whole = f"{name}:by-hand:{next(_runs)}"
        await self.client.execute_workflow(workflow, errand, id=whole, task_queue=ORDERS_QUEUE)
        return whole

    async def ship(self, key: OrderKey) -> None:
        """Let the warehouse ship everything of an order, as soon as it has been asked to. Raises NeverHappened."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not await self.look(f"/control/ledger?order={key.number}&kind=wms.create"):  # noqa: ASYNC110 - another process
                    await asyncio.sleep(GLANCE_SECONDS)
        except TimeoutError:
            raise NeverHappened(f"the warehouse was never asked to ship order {key}") from None
        await self.ask(f"wms/ship/{key.number}", {})

    async def scan(self, waybill: str, state: str, status_code: str, text: str) -> None:
        """Let the carrier scan a parcel."""
        wish = {"waybill": waybill, "state": state, "status_code": status_code, "context": text}
        await self.ask("carrier/scan", wish)

    async def waybill(self, key: OrderKey) -> str:
        """Return the waybill of an order's first parcel, as soon as it has one. Raises NeverHappened."""
        await self.becomes(key, lambda row: row.shipped_at is not None)
        found = await asyncio.to_thread(self.store.orders.get, key)
        return found.parcels[0].waybill if found else ""

    async def becomes(
        self, key: OrderKey, true: Callable[[OrderRow], bool], *, seconds: float = PATIENCE_SECONDS
    ) -> OrderRow:
        """Wait until our read model shows it so. Raises NeverHappened."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while (row := await self._row(key)) is None or not true(row):  # noqa: ASYNC110 - another process sets no event
                    await asyncio.sleep(GLANCE_SECONDS)
                return row
        row = await self._row(key)
        raise NeverHappened(f"order {key}: {row.stage}, {row.why_here}" if row else f"order {key} never came")

    async def _row(self, key: OrderKey) -> OrderRow | None:
        found = await asyncio.to_thread(self.store.orders.get, key)
        return found.row if found else None


@contextlib.asynccontextmanager
async def a_scene(folder: Path, world: World, *, fair: bool = True, **settings: str) -> AsyncIterator[Scene]:
    """Start a stack in a new run folder below `folder`, its stock counted; no Schedule polls it."""
    run = Folder.new_run(folder)
    surroundings = {"PATH": os.defpath, **settings}
    blueprint = Blueprint(run=run, keep=run.path, surroundings=surroundings, world=world, fair=fair)
    try:
        async with Stack(blueprint) as stack:
            store = open_store(stack.settings)
            try:
                await load_stock(stack.settings, store, stack.blueprint.ports.simulator)
                client = await connect(stack.settings.payload_keys, environ=stack.settings_environ)
                yield Scene(stack, store, client)
            finally:
                store.close()
    finally:
        run.leave()
