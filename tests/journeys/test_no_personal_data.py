"""After a run with keys set, nobody's name, phone or street is in any file that we or Temporal have written."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

from woocommerce import API

from bench.scene import Scene, a_scene
from oms.cli.desk import Desk
from oms.domain.ids import OrderKey
from oms.domain.stages import ENDED, LEFT
from oms.stack.loopback import LOOPBACK
from oms.stack.world import SHOP, World

ORDERS = 14
WORLD = World(
    pace=14_400, orders=ORDERS, rate=4, scenario="mixed",
    more={"webhook_noise": {"lost": 0.0, "duplicated": 0.1, "delayed": 0.05}},
)  # fmt: skip
PATIENCE_SECONDS = 45.0
BROKEN = {"total": "-1.00", "billing": {"phone": ["a list", "of words"]}, "line_items": "none"}
"""What no mapping can read: the refusal must not repeat it."""


def written(form: str) -> tuple[bytes, ...]:
    """The ways in which a text can stand in a file: as it is, and as JSON and addresses escape it."""
    return tuple({form.encode(), json.dumps(form)[1:-1].encode(), form.encode("utf-16-le")})


def betrayals(folder: Path, secrets: Iterable[str]) -> set[tuple[str, str]]:
    """Name every file below the folder that holds a secret, and the secret."""
    files = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    return {
        (file.name, secret)
        for secret in secrets
        for form in written(secret)
        for file, content in files.items()
        if form in content
    }


def people(theirs: Iterable[dict[str, Any]]) -> set[str]:
    """Names, phones and streets of everybody who ordered."""
    found: set[str] = set()
    for order in theirs:
        for address in (order["billing"], order["shipping"]):
            found.add(f"{address['last_name']}{address['first_name']}")
            found.add(address["address_1"])
            found |= {phone for phone in [address.get("phone")] if isinstance(phone, str)}
    return {each for each in found if each}


async def theirs(scene: Scene) -> list[dict[str, Any]]:
    """Every order as the shop shows it over its REST API."""
    drawn = scene.stack.blueprint
    shop = API(
        f"http://{LOOPBACK}:{drawn.ports.simulator}",
        drawn.secrets.channels["woocommerce"]["key"],
        drawn.secrets.channels["woocommerce"]["secret"],
        version="wc/v3",
    )
    answer = await asyncio.to_thread(shop.get, "orders", params={"per_page": 100})
    return list(answer.json())


@contextlib.asynccontextmanager
async def approving(scene: Scene) -> AsyncIterator[None]:
    """Let somebody at the desk approve what waits for a review."""
    work = asyncio.create_task(Desk(scene.store, scene.client).work())
    yield
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


async def until_most_have_left(scene: Scene) -> None:
    """Wait until all orders are there, and all but two have left the warehouse or ended."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            rows = await asyncio.to_thread(scene.store.orders.list, limit=ORDERS * 2)
            if len(rows) >= ORDERS and sum(row.stage in LEFT | ENDED for row in rows) >= ORDERS - 2:
                return
            await asyncio.sleep(0.3)


async def live_through_it(scene: Scene) -> None:
    """Offer the orders; one buyer moves, one remarks, one order cannot be read."""
    await scene.ask("start", {})
    moving = await scene.place("SKU-8838")
    await scene.ask(
        f"orders/{moving.number}/address", {"first_name": "丽丽", "address_1": "海淀区中关村大街99号"}
    )
    await scene.ask("orders", {"note": "请放门口，王小明收"})
    await scene.place("SKU-8801", raw=BROKEN)
    await until_most_have_left(scene)


async def name_behind_the_key(scene: Scene, number: str) -> str:
    """Read an order's receiver as the warehouse's activity does: with the key, and logged."""
    key = OrderKey(channel=SHOP.channel, shop=SHOP.shop, number=number)
    state = await scene.client.get_workflow_handle(key.workflow_id).query("state")
    receiver, _ = scene.store.receivers.get(
        key, state["receiver_digest"], who="test", purpose="show that it is there"
    )
    return receiver.name


async def test_nobody_is_named_in_any_file_of_a_run(tmp_path: Path) -> None:
    """Neither in Temporal's database nor in ours nor in any log, while it runs and after it has stopped."""
    run, planted = tmp_path / "run", tmp_path / "planted"
    async with a_scene(run, WORLD) as scene, approving(scene):
        await live_through_it(scene)
        shown = await theirs(scene)
        everybody = people(shown) | {"王小明"}
        known = await name_behind_the_key(scene, str(WORLD.first_number))
        counted = await asyncio.to_thread(scene.store.inbox.count_by_status)
        while_it_runs = betrayals(run, everybody)

    planted.mkdir()
    (planted / "temporal.db-wal").write_bytes(b"\x00page" + json.dumps(sorted(everybody)).encode() + b"\x00")
    kept = {file.name for file in run.rglob("*") if file.is_file() and file.stat().st_size}

    assert while_it_runs == set()
    assert betrayals(run, everybody) == set()
    assert {"temporal.db", "orderloom.db", "worker.log", "web.log", "simulator.log"} <= kept
    assert len(everybody) > ORDERS
    assert {secret for _, secret in betrayals(planted, everybody)} == everybody
    assert betrayals(run, ["OrderWorkflow"]) >= {("temporal.db", "OrderWorkflow")}
    assert known in everybody
    assert counted["parked"] >= 1
