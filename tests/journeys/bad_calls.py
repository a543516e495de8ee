"""A real web process on a real Temporal server, called as the shop, the warehouse and the carrier call it."""

import asyncio
import hashlib
import hmac
import itertools
import json
import os
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from httpx import AsyncClient, Response
from rich.console import Console

from oms.cli.output import Output
from oms.cli.running import Running, running
from oms.domain.book import OrderRow
from oms.domain.ids import OrderKey
from oms.stack.blueprint import Blueprint
from oms.stack.folder import Folder
from oms.stack.loopback import post_json
from oms.stack.world import SHOP, World
from oms.store import Arrival

PATIENCE_SECONDS = 30.0
_numbers = itertools.count(900_001)


def an_order(**changes: Any) -> dict[str, Any]:
    """Return a good, paid order of today as the shop's webhook carries it."""
    number = next(_numbers)
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    address = {"first_name": "伟", "last_name": "张", "address_1": "文三路 1 号", "city": "杭州市", "state": "CN12",
               "postcode": "310012", "country": "CN", "phone": "13800001234"}  # fmt: skip
    order = {
        "id": number, "number": str(number), "status": "processing", "currency": "CNY", "total": "188.00",
        "date_created_gmt": now.isoformat(), "date_modified_gmt": now.isoformat(), "date_paid_gmt": now.isoformat(),
        "customer_id": 26, "customer_note": "", "meta_data": [], "refunds": [],
        "billing": {**address, "email": "zhang@example.com"}, "shipping": address,
        "line_items": [a_line()],
    }  # fmt: skip
    return {**order, **changes}


def a_line(**changes: Any) -> dict[str, Any]:
    """Return one line of something that the simulated warehouses know."""
    line = {"id": 1, "name": "连体衣", "product_id": 93, "variation_id": 0, "quantity": 1, "sku": "unset",
            "total": "188.00", "total_tax": "0.00", "meta_data": []}  # fmt: skip
    return {**line, **changes}


def in_the_future(**ahead: float) -> str:
    """Return a GMT time that has not come yet, as WooCommerce writes it."""
    return (datetime.now(UTC) + timedelta(**ahead)).replace(microsecond=0, tzinfo=None).isoformat()


@dataclass(frozen=True)
class Caller:
    """Calls our web process over HTTP, with every protocol's signature."""

    stands: Running
    http: AsyncClient
    sku: str

    async def shop(
        self, body: bytes | Mapping[str, Any], *, secret: str = "", topic: str = "order.updated"
    ) -> Response:
        """Call as the shop does; a line without a SKU of its own gets one that is in stock."""
        raw = (
            body if isinstance(body, bytes) else json.dumps(body).replace('"unset"', f'"{self.sku}"').encode()
        )
        key = secret or self.stands.stack.blueprint.secrets.webhook
        signature = b64encode(hmac.new(key.encode(), raw, hashlib.sha256).digest()).decode()
        headers = {"X-WC-Webhook-Signature": signature, "X-WC-Webhook-Topic": topic}
        return await self.http.post(f"/hooks/woocommerce/{SHOP.shop}", content=raw, headers=headers)

    async def carrier(self, waybill: str, body: Mapping[str, Any] | str, *, salt: str = "") -> Response:
        """Call as Kuaidi100 does."""
        text = body if isinstance(body, str) else json.dumps(body)
        key = salt or self.stands.stack.blueprint.secrets.kuaidi100_salt
        sign = hashlib.md5((text + key).encode(), usedforsecurity=False).hexdigest().upper()
        headers = {"content-type": "application/x-www-form-urlencoded"}
        content = urlencode({"param": text, "sign": sign})
        return await self.http.post(f"/hooks/kuaidi100/{waybill}", content=content, headers=headers)

    async def warehouse(self, method: str, body: str, *, secret: str = "") -> Response:
        """Call as the Qimen warehouse does."""
        key, raw = secret or self.stands.stack.blueprint.secrets.qimen, body.encode()
        query = {
            "method": method,
            "timestamp": "2026-11-22 12:00:00",
            "format": "xml",
            "app_key": "k",
            "v": "2.0",
        }
        signed = (key + "".join(name + query[name] for name in sorted(query))).encode() + raw + key.encode()
        query["sign"] = hashlib.md5(signed, usedforsecurity=False).hexdigest().upper()
        return await self.http.post(f"/hooks/qimen?{urlencode(query)}", content=raw)

    def parked(self, inbox_id: str) -> Arrival | None:
        """Return the parked inbox row, if the payload was parked."""
        return next((row for row in self.stands.store.inbox.parked(1000) if row.inbox_id == inbox_id), None)

    def known(self) -> int:
        """Count the orders that the books know."""
        return sum(self.stands.store.orders.counts_by_stage().values())

    async def a_good_one(self, **changes: Any) -> float:
        """Send a good order; returns the seconds until it is at the warehouse (or later)."""
        order = an_order(**changes)
        began = time.monotonic()
        answer = await self.shop(order)
        assert (answer.status_code, answer.json()["status"]) == (200, "delivered"), answer.text
        await self.row_of(str(order["id"]), {"released", "shipped", "in_transit", "delivered", "completed"})
        return time.monotonic() - began

    async def ships(self, number: str) -> str:
        """Let the warehouse ship an order now; returns the waybill, once the order has left."""
        port = self.stands.stack.blueprint.ports.simulator
        waybill: str = (await post_json(port, f"/control/wms/ship/{number}", {}))["shipped"][0]
        await self.row_of(number, {"shipped"})
        return waybill

    async def row_of(self, number: str, stages: set[str]) -> OrderRow:
        """Wait until an order has come to one of the stages; returns its row. Fails with what it is instead."""
        key = OrderKey(channel=SHOP.channel, shop=SHOP.shop, number=number)
        deadline = time.monotonic() + PATIENCE_SECONDS
        view = self.stands.store.orders.get(key)
        while (view is None or view.row.stage not in stages) and time.monotonic() < deadline:
            await _a_moment()
            view = self.stands.store.orders.get(key)
        assert view is not None, f"{number} never reached us"
        assert view.row.stage in stages, f"{number} is {view.row.stage}: {view.row.why_here}"
        return view.row


async def _a_moment() -> None:
    await asyncio.sleep(0.05)


@asynccontextmanager
async def a_caller(folder: Path) -> AsyncIterator[Caller]:
    """The whole stack, offering nothing by itself, and somebody who calls it."""
    world = World(pace=1, scenario="none")
    run = Folder.new_run(folder)
    surroundings = {"PATH": os.environ["PATH"]}
    blueprint = Blueprint(run=run, keep=run.path, surroundings=surroundings, world=world, ui=False)
    silent = Output(Console(quiet=True), Console(quiet=True))
    troubles: list[str] = []
    async with running(blueprint, silent, troubles) as stands:
        plenty = next(level for level in stands.store.stock.levels(None) if level.on_hand > 1000)
        async with AsyncClient(base_url=stands.stack.blueprint.public_url, timeout=PATIENCE_SECONDS) as http:
            yield Caller(stands, http, plenty.sku)
    assert troubles == []
