"""The story to beat: a platform retires a version of its order API at midnight, and orders go on being paid."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console

from oms.cli.observer import EVERY_ORDER
from oms.cli.output import Output
from oms.cli.running import Running, running
from oms.domain.book import OrderRow
from oms.domain.ids import ShopKey
from oms.stack.blueprint import Blueprint
from oms.stack.folder import Folder
from oms.stack.loopback import get_json, post_json
from oms.stack.world import World
from oms.store import Completeness
from tests.unit.command_line import Said, say

JD = ShopKey(channel="jd", shop="main")
SEARCH = "jingdong.pop.order.search"
OLD, NEW = "routerjson", "sp-api"
SIX_HOURS = timedelta(hours=6)
PATIENCE_S = 180
GLANCE_S = 0.1


@dataclass
class Incident:
    """A whole stack with one JD shop, and the outside world in our hand."""

    stands: Running
    folder: Path
    pace: int
    every_s: float
    offered: dict[str, datetime] = field(default_factory=dict)
    """Order number to when its buyer paid."""

    @property
    def store(self) -> Any:
        """Our database, as the processes see it."""
        return self.stands.store

    async def world(self, path: str, wish: Mapping[str, Any]) -> Any:
        """Use the simulator's control interface."""
        return await post_json(self.stands.stack.blueprint.ports.simulator, f"/control/{path}", wish)

    async def retire(self, how: str) -> datetime:
        """Let the platform retire the version that we speak; returns when."""
        done = await self.world("retire", {"version": f"jd/{OLD}", "how": how})
        return datetime.fromisoformat(done["retires"])

    async def sell(self, orders: int) -> None:
        """Let orders be paid, spread over six business hours."""
        lasts = SIX_HOURS / self.pace
        batches = min(orders, int(lasts.total_seconds()))
        for number in range(batches):
            count = orders * (number + 1) // batches - orders * number // batches
            await self.world("orders", {"count": count, "at": "jd"})
            await asyncio.sleep(lasts.total_seconds() / batches)
        self.offered = await self._paid()

    async def _paid(self) -> dict[str, datetime]:
        port = self.stands.stack.blueprint.ports.simulator
        entries = await get_json(port, "/control/ledger?kind=buyer.order")
        return {entry["order"]: datetime.fromisoformat(entry["time"]) for entry in entries}

    async def until(self, what: Callable[[], bool], patience_s: float = PATIENCE_S) -> datetime:
        """Wait until something is so; returns when it was."""
        async with asyncio.timeout(patience_s):
            while not await asyncio.to_thread(what):  # noqa: ASYNC110 - another process sets no event
                await asyncio.sleep(GLANCE_S)
        return datetime.now(UTC)

    async def type(self, *words: str) -> Said:
        """Type a command, as an operator beside the running stack does."""
        environ = {**os.environ, **self.stands.stack.settings_environ}
        return await asyncio.to_thread(say, *words, environ=environ, base=self.folder)

    async def switch(self) -> Said:
        """Change the version in the shops file, and apply it."""
        file = self.stands.stack.blueprint.run.path / "shops.yaml"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(f"api_version: {OLD}", f"api_version: {NEW}"), encoding="utf-8")
        return await self.type("shops", "apply", "--by", "lin", "--why", "JD retires it", "--yes", "--json")

    def alert(self) -> str:
        """What people were told of the retired interface; empty before they were."""
        key = f"retired:jd/{SEARCH}:{JD}"
        alerts = [f"{each.title}. {each.body}" for each in self.store.alerts.of(key)]
        notices = [
            f"{each.title}. {each.body}" for each in self.store.notices.recent() if each.id == f"alert:{key}"
        ]
        return next(iter(alerts + notices), "")

    def closed(self) -> bool:
        """Tell whether the alert of the retired interface is over."""
        alerts = self.store.alerts.of(f"retired:jd/{SEARCH}:{JD}")
        return bool(alerts) and alerts[0].closed_at is not None

    def polled_since(self, moment: datetime) -> bool:
        """Tell whether a poll came through that began after a moment."""
        cursor = self.store.polls.state(JD).cursor
        return cursor is not None and cursor > moment

    def rows(self) -> dict[str, OrderRow]:
        """Our orders, by the platform's number."""
        return {view.key.number: view for view in self.store.orders.list(limit=EVERY_ORDER)}

    def proof(self) -> Completeness | None:
        """The completeness row of the newest day."""
        return next(iter(self.store.polls.completeness_rows(JD)), None)

    def filled(self) -> bool:
        """Tell whether every hole is read again."""
        holes = self.store.holes.all(JD)
        return bool(holes) and all(hole.filled_at for hole in holes)


@asynccontextmanager
async def an_incident(folder: Path, *, pace: int, every_s: float) -> AsyncIterator[Incident]:
    """Run a stack with one JD shop that is polled every so many real seconds, and nothing shipped."""
    run = Folder.new_run(folder)
    surroundings = {"PATH": os.environ["PATH"], "OMS_POLL_EVERY_SECONDS": str(round(every_s * pace))}
    world = World(
        pace=pace, orders=1, channels=("jd",), scenario="none", pays_by_gateways=False, more={"stock": 20_000}
    )
    blueprint = Blueprint(run=run, keep=run.path, surroundings=surroundings, world=world, ui=False)
    output = Output(Console(quiet=True), Console(quiet=True))
    async with running(blueprint, output, []) as stands:
        incident = Incident(stands, folder, pace, every_s)
        await incident.world("wms", {"hold_shipping": True})
        await incident.until(lambda: incident.store.polls.state(JD).cursor is not None)
        yield incident
