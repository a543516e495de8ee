"""What the recorders share: a server, a world for each path, and that no history is ever overwritten."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from temporalio.client import WorkflowHistory
from temporalio.testing import WorkflowEnvironment

from tests.process.conftest import a_server

HISTORIES = Path(__file__).with_name("histories")
SHORT = "limit.historyCount.suggestContinueAsNew=100"
"""Lets workflows carry on in a fresh history before the recorded one is long."""
_World = TypeVar("_World")


@dataclass(frozen=True)
class Recorder(Generic[_World]):
    """Records paths of one kind; `edition` stands in the names of their files."""

    edition: str
    paths: Sequence[Callable[[_World], Awaitable[list[WorkflowHistory]]]]
    world: Callable[[WorkflowEnvironment, Path, str], AbstractAsyncContextManager[_World]]
    flags: tuple[str, ...] = ()

    def main(self) -> None:
        """Record what the command line names, or every path that has no history of this edition yet."""
        asyncio.run(self._record(sys.argv[1:]))
        sys.stdout.flush()
        os._exit(0)  # the SDK can abort at interpreter exit

    async def _record(self, names: list[str]) -> None:
        async with a_server(*self.flags) as env:
            for path in self.paths:
                name = getattr(path, "__name__", "")
                recorded = any(HISTORIES.glob(f"{name}.{self.edition}.json")) or any(
                    HISTORIES.glob(f"{name}.run*.{self.edition}.json")
                )
                if recorded or (names and name not in names):
                    continue
                with tempfile.TemporaryDirectory() as folder:
                    async with self.world(env, Path(folder), name) as world:
                        self._keep(name, await path(world))

    def _keep(self, name: str, histories: list[WorkflowHistory]) -> None:
        for number, history in enumerate(histories, start=1):
            run = f".run{number}" if len(histories) > 1 else ""
            target = HISTORIES / f"{name}{run}.{self.edition}.json"
            target.write_text(history.to_json(), encoding="utf-8")
            sys.stdout.write(f"recorded {target.name}: {len(history.events)} events\n")
