"""Numbers that we draw, on the whole stack: from a courier and from a platform, used once or given back."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from rich.console import Console

from oms.cli.desk import Desk
from oms.cli.output import Output
from oms.cli.running import running
from oms.stack.blueprint import Blueprint
from oms.stack.folder import Folder
from oms.stack.loopback import LOOPBACK
from oms.stack.stack import Stack
from oms.stack.world import World

PATIENCE_SECONDS = 60.0
PACE = 20_000
LINES = [{"sku": "SKU-8801", "quantity": 1}]


@pytest.fixture(scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """An own shop that draws through Kuaidi100, and a Douyin shop whose platform draws."""
    run = Folder.new_run(tmp_path_factory.mktemp("waybills"))
    world = World(
        scenario="none",
        pace=PACE,
        channels=("woocommerce", "douyin"),
        waybills={"woocommerce": "kuaidi100", "douyin": "platform"},
        pays_by_gateways=False,
    )
    blueprint = Blueprint(
        run=run, keep=run.path, surroundings={"PATH": os.environ["PATH"]}, world=world, ui=False
    )
    async with running(blueprint, Output(Console(quiet=True), Console(quiet=True)), []) as stands:
        desk = asyncio.create_task(Desk(stands.store, stands.client).work())
        yield stands.stack
        desk.cancel()
        await asyncio.gather(desk, return_exceptions=True)


class Outside:
    """The simulated outside world of a stack."""

    def __init__(self, stack: Stack, client: httpx.AsyncClient) -> None:
        self._base = f"http://{LOOPBACK}:{stack.blueprint.ports.simulator}/control"
        self._client = client

    async def tell(self, path: str, wish: Any) -> Any:
        """Use the control API."""
        answer = await self._client.post(f"{self._base}/{path}", json=wish)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def place(self, market: str) -> str:
        """Let somebody order and pay."""
        placed = await self.tell("orders", {"count": 1, "lines": LINES, "at": market})
        return str(placed["numbers"][0])

    async def ledger(self, kind: str, order: str = "") -> list[Any]:
        """Read what reached the outside."""
        query = {"kind": kind} | ({"order": order} if order else {})
        found: list[Any] = (await self._client.get(f"{self._base}/ledger", params=query)).json()
        return found

    async def until(self, true: Callable[[Any], bool]) -> Any:
        """Wait until the oracle says so; returns what it says, true or not."""
        oracle: Any = {}
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (oracle and true(oracle)):
                await asyncio.sleep(0.2)
                oracle = (await self._client.get(f"{self._base}/oracle")).json()
        return oracle


async def test_drawn_numbers_are_used_by_the_warehouse_and_told_to_the_channel(stack: Stack) -> None:
    """One number for each order, drawn in the shop's own way; the parcel that leaves goes under it."""
    async with httpx.AsyncClient() as client:
        outside = Outside(stack, client)
        numbers = [await outside.place(market) for market in ("woocommerce", "douyin")]

        oracle = await outside.until(
            lambda said: all(said["orders"][number]["write_backs"] == 1 for number in numbers)
        )

        shipped = {entry["detail"] for entry in await outside.ledger("wms.shipped")}
        drawn = {entry["detail"] for entry in await outside.ledger("label.order")}
    verdicts = [oracle["orders"][number] for number in numbers]
    assert shipped == drawn
    assert [verdict["write_backs"] for verdict in verdicts] == [1, 1]
    assert oracle["labels"] == {
        "drawn": 2, "given_back": 0, "used": 2, "drawn_twice": [], "unused": [], "used_after_given_back": [],
    }  # fmt: skip
    assert [verdict["fulfilled"] for verdict in verdicts] == [True, True]


async def test_the_number_of_a_cancelled_order_goes_back(stack: Stack) -> None:
    """To whom it came from; nothing is left unused."""
    async with httpx.AsyncClient() as client:
        outside = Outside(stack, client)
        await outside.tell("wms", {"hold_shipping": True, "ship_after_business_s": 3_600_000})
        number = await outside.place("woocommerce")
        await outside.until(lambda said: said["orders"][number]["delivery_orders"] == 1)

        await outside.tell(f"orders/{number}/cancel", {"status": "refunded"})

        oracle = await outside.until(lambda said: said["labels"]["given_back"] == 1)
    assert (oracle["labels"]["unused"], oracle["labels"]["used_after_given_back"]) == ([], [])
    assert oracle["orders"][number]["cancelled_at_wms"]
