"""Where it is measured: a dev server as `oms.stack` starts it, one worker process a side, all gone afterwards."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.opening import open_store
from bench.plan import SKU, WAREHOUSE, Side, WorkerPlan
from oms.ports import StockLevel
from oms.stack.blueprint import ROOT, Blueprint
from oms.stack.children import LAUNCHER, Child
from oms.stack.folder import Folder
from oms.stack.keys import fresh_keys
from oms.stack.loopback import LOOPBACK

PLENTY = 10_000_000
READY_WITHIN = 60.0
ENDS_WITHIN = 10.0
Asked = Callable[[str, str], None]


@dataclass
class Crew:
    """One side's worker process."""

    plan: WorkerPlan
    process: asyncio.subprocess.Process
    listeners: list[Asked] = field(default_factory=list)
    listening: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    async def listen(self) -> None:
        """Pass on whom the warehouse was asked for, until the worker ends."""
        assert self.process.stdout is not None  # noqa: S101 - started with a pipe; for the type checker
        while line := await self.process.stdout.readline():
            _, workflow, code = line.decode().split()
            for listener in self.listeners:
                listener(workflow, code)


@dataclass
class Ground:
    """A running server and what is needed to start workers beside it."""

    blueprint: Blueprint
    server: Child
    plan: WorkerPlan

    @property
    def database(self) -> Path:
        """The server's own file."""
        return self.blueprint.keep / "temporal.db"

    @asynccontextmanager
    async def crew(self, side: Side) -> AsyncIterator[Crew]:
        """Run a side's worker in a process of its own."""
        plan = self.plan.model_copy(update={"side": side})
        file = self.blueprint.run.write_secretly(f"{side}.json", plan.model_dump_json())
        launch = (sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), str(int(signal.SIGKILL)))
        with (self.blueprint.run.path / f"{side}.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *launch, sys.executable, "-m", "bench.worker", str(file), cwd=ROOT,
                env=self.blueprint.environ({}), stdout=asyncio.subprocess.PIPE, stderr=log,
            )  # fmt: skip
        crew = Crew(plan, process)
        assert process.stdout is not None  # noqa: S101 - as above
        try:
            if await asyncio.wait_for(process.stdout.readline(), READY_WITHIN) != b"ready\n":
                raise RuntimeError(f"the worker `{side}` did not start; see {side}.log, kept with --keep")
            crew.listening = asyncio.create_task(crew.listen())
            yield crew
        finally:
            await _end(process)


@asynccontextmanager
async def ground(
    surroundings: Mapping[str, str],
    keep: Path | None,
    *,
    cached: int,
    sandboxed: bool = False,
    encrypted: bool = False,
) -> AsyncIterator[Ground]:
    """Start the server, with our database beside it; everything is stopped and removed afterwards."""
    async with AsyncExitStack() as stack:
        place = keep or Path(stack.enter_context(TemporaryDirectory(prefix="orderloom-bench-")))
        folder = Folder.take(place)
        if folder is None:
            raise RuntimeError(f"{place} is used by another run")
        stack.callback(folder.leave)
        blueprint = Blueprint(run=folder, keep=place, surroundings=surroundings).settled()
        keys = {name: text.partition(":")[2] or text for name, text in fresh_keys().items()}
        plan = WorkerPlan(
            side="ours", address=f"{LOOPBACK}:{blueprint.ports.temporal}",
            database_url=f"sqlite:///{place / 'orderloom.db'}", data_key=keys["OMS_DATA_KEYS"],
            digest_key=keys["OMS_DATA_KEYS"], payload_keys=keys["OMS_PAYLOAD_KEYS"] if encrypted else "", cached_workflows=cached,
            sandboxed=sandboxed,
        )  # fmt: skip
        prepare(plan)
        server = Child(blueprint.temporal(), place / "temporal.log")
        stack.push_async_callback(server.stop)
        server.start()
        await server.become_ready()
        yield Ground(blueprint, server, plan)


def prepare(plan: WorkerPlan) -> None:
    """Make the tables and fill the shelves."""
    store = open_store(plan)
    store.migrate()
    store.stock.set_levels([StockLevel(warehouse=WAREHOUSE, sku=SKU, on_hand=PLENTY)])
    store.close()


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), ENDS_WITHIN)
    except TimeoutError:
        process.kill()
        await process.wait()
