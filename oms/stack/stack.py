"""Start the parts in the order they need each other, watch them, and stop them without leaving one behind."""

import asyncio
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from oms.opening import open_store
from oms.settings import Settings
from oms.stack.blueprint import GRACE_FOR_CHILDREN, Blueprint
from oms.stack.children import Child, Program, StackFailed

Event = Callable[[str], None]
"""Told in words of each step and of each part that ends unasked."""
WATCH_SECONDS = 0.5
REVIVALS, REVIVALS_WITHIN_SECONDS = 5, 60.0
"""So often may a part end by itself within that time before we give up on it."""
LAST_FIRST = ("worker", "web", "simulator", "temporal", "postgres")
"""The order of stopping: whoever works before whoever is worked with."""
STEPS = 6
"""How many steps `start` announces at most."""


class Stack:
    """A running stack; use it as `async with Stack(blueprint) as stack`.

    Entering raises StackFailed, or WrongSetting before anything has started. Every child dies with
    us, even when we are killed.
    """

    def __init__(
        self, blueprint: Blueprint, *, on_step: Event = lambda _: None, on_trouble: Event = lambda _: None
    ) -> None:
        """Plan a stack; nothing starts yet."""
        self.blueprint = blueprint
        self.settings_environ: dict[str, str] = {}
        self.broken = asyncio.Event()
        """Set when a part kept ending and was given up."""
        self._on_step = on_step
        self._on_trouble = on_trouble
        self._children: dict[str, Child] = {}
        self._ends: dict[str, list[float]] = defaultdict(list)
        self._watch: asyncio.Task[None] | None = None

    @property
    def settings(self) -> Settings:
        """Our settings in this stack, checked. Raises WrongSetting."""
        return Settings.from_environ(self.settings_environ)

    async def __aenter__(self) -> Self:
        """Start everything."""
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop everything."""
        await self.stop()

    async def start(self) -> None:
        """Start every part and wait until each answers."""
        plan = self.blueprint = self.blueprint.settled()
        self._settle_database(f"sqlite:///{plan.keep / 'orderloom.db'}")
        _ = self.settings  # a wrong setting stops us here, before anything runs
        outside = [plan.temporal(), *([plan.simulator()] if plan.world else [])]
        if plan.postgres:
            outside.append(self._postgres_program())
        self._on_step(f"starting {', '.join(program.name for program in outside)}")
        await self._run(*outside)
        if plan.postgres:
            self._settle_database(self._postgres_url.read_text(encoding="utf-8"))
        self._on_step("migrating the database")
        await asyncio.to_thread(migrate, self.settings)
        self._on_step("starting web and worker")
        await self._run(plan.web(self.settings_environ), plan.worker(self.settings_environ))
        plan.run.publish(self.settings_environ)
        self._watch = asyncio.create_task(self._revive_what_ends())

    async def stop(self) -> None:
        """Stop every part, whoever works before whoever is worked with."""
        if self._watch:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
            self._watch = None
        for name in LAST_FIRST:
            if child := self._children.get(name):
                self._on_step(f"stopping {name}")
                await child.stop()

    def kill(self, name: str) -> None:
        """`kill -9` one part; it stays down until `restart`."""
        self._children[name].kill()

    async def restart(self, name: str) -> None:
        """Stop one part if it runs, start it again as it was, and wait until it answers."""
        child = self._children[name]
        await child.stop()
        child.start()
        await child.become_ready()

    def pid(self, name: str) -> int:
        """The process id of one part."""
        return self._children[name].pid

    def pids(self) -> dict[str, int]:
        """The process ids of all parts."""
        return {name: child.pid for name, child in self._children.items()}

    def log(self, name: str) -> Path:
        """Where a part's log is."""
        return self.blueprint.run.path / f"{name}.log"

    async def _run(self, *programs: Program) -> None:
        children = [Child(program, self.log(program.name)) for program in programs]
        for child in children:
            self._children[child.program.name] = child
            child.start()
        async with asyncio.TaskGroup() as group:
            waits = [group.create_task(_readiness(child)) for child in children]
        if failures := [failure for wait in waits if (failure := wait.result())]:
            raise failures[0]

    async def _revive_what_ends(self) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            for child in self._children.values():
                if child.wanted and not child.alive:
                    await self._revive(child)

    async def _revive(self, child: Child) -> None:
        name = child.program.name
        now = time.monotonic()
        self._ends[name] = [end for end in self._ends[name] if now - end < REVIVALS_WITHIN_SECONDS] + [now]
        if len(self._ends[name]) > REVIVALS:
            child.wanted = False
            self._on_trouble(f"{name} keeps ending (code {child.code}); see {child.log}")
            self.broken.set()
            return
        self._on_trouble(f"{name} ended by itself (code {child.code}); starting it again")
        child.start()
        try:
            await child.become_ready()
        except StackFailed as failure:
            self._on_trouble(str(failure))

    def _settle_database(self, url: str) -> None:
        plan = self.blueprint
        if not plan.world and not plan.postgres:
            url = plan.surroundings.get("OMS_DATABASE_URL") or url
        self.settings_environ = plan.settings(url)

    @property
    def _postgres_url(self) -> Path:
        return self.blueprint.keep / "postgres.url"

    def _postgres_program(self) -> Program:
        async def answers() -> bool:
            return self._postgres_url.exists()

        self._postgres_url.unlink(missing_ok=True)
        argv = (sys.executable, "-m", "oms.stack.postgres", str(self.blueprint.keep / "postgres"))
        environ = self.blueprint.environ({})
        grace = 2.0 * GRACE_FOR_CHILDREN
        return Program("postgres", argv, environ, answers, grace=grace, dies_by=signal.SIGTERM)


async def _readiness(child: Child) -> StackFailed | None:
    try:
        await child.become_ready()
    except StackFailed as failure:
        return failure
    return None


def migrate(settings: Settings) -> None:
    """Bring the database that the settings name to today's schema."""
    store = open_store(settings)
    try:
        store.migrate()
    finally:
        store.close()
