"""Bring a stack up from the command line: steps shown on stderr, stock counted, Schedules applied."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from temporalio.client import Client

from oms.cli.output import Output, Steps
from oms.domain.ids import Sku
from oms.http import Http
from oms.opening import open_store
from oms.running import outside
from oms.settings import Settings
from oms.stack.blueprint import Blueprint
from oms.stack.loopback import LOOPBACK, get_json
from oms.stack.stack import Stack
from oms.stack.world import WAREHOUSES
from oms.store import Store
from oms.temporal.client import connect
from oms.temporal.schedules import apply, plan, wanted

FIRST_ADMIN = "starter.py people add NAME --role admin --generate"


@dataclass(frozen=True)
class Running:
    """A stack that stands, and what one needs to work with it."""

    stack: Stack
    store: Store
    client: Client

    @property
    def addresses(self) -> dict[str, str]:
        """Where people look."""
        drawn = self.stack.blueprint
        shown = {"Temporal UI": drawn.ui_url, "desk": f"{drawn.public_url}/desk"}
        if drawn.world:
            shown["simulator"] = f"http://{LOOPBACK}:{drawn.ports.simulator}/"
        if not self.store.people.all():
            shown["first, to sign in at the desk"] = FIRST_ADMIN
        return {name: address for name, address in shown.items() if address}


@contextlib.asynccontextmanager
async def running(blueprint: Blueprint, output: Output, troubles: list[str]) -> AsyncIterator[Running]:
    """Start everything, and stop everything at the end; what breaks in between is added to `troubles`."""

    def trouble(text: str) -> None:
        troubles.append(text)
        output.say(f"! {text}")

    steps = Steps(output)
    try:
        async with Stack(blueprint, on_step=steps.now, on_trouble=trouble) as stack:
            stands = await _furnished(stack, steps)
            steps.over()
            try:
                yield stands
            finally:
                stands.store.close()
    finally:
        steps.over()
        blueprint.run.leave()


async def _furnished(stack: Stack, steps: Steps) -> Running:
    settings = stack.settings
    store = open_store(settings)
    client = await connect(settings.payload_keys, environ=stack.settings_environ)
    if stack.blueprint.world:
        steps.now("counting stock")
        await load_stock(settings, store, stack.blueprint.ports.simulator)
    steps.now("applying Schedules")
    await apply(client, await plan(client, wanted(settings)))
    return Running(stack, store, client)


async def load_stock(settings: Settings, store: Store, simulator_port: int) -> int:
    """Ask the warehouses what they have of everything in the simulator's catalogue; returns how many levels."""
    skus = sorted({Sku(shelf["sku"]) for shelf in await get_json(simulator_port, "/control/stock")})
    async with Http() as http:
        counting = outside(settings, http).warehouse
        levels = [level for warehouse in WAREHOUSES for level in await counting.levels(warehouse, skus)]
    await asyncio.to_thread(store.stock.set_levels, levels)
    return len(levels)
