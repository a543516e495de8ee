"""One child process of the stack: started in a group of its own, bound to our life, stopped in good order."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

LAUNCHER = Path(__file__).with_name("launcher.py")
GLANCE_SECONDS = 0.05
TAIL_BYTES = 4000
TAIL_LINES = 12


class StackFailed(RuntimeError):
    """The stack cannot start or go on: says which part, why, and what to do next."""


async def _at_once() -> bool:
    return True


@dataclass(frozen=True)
class Program:
    """What to run, how to know that it is ready, and how much time it has to start and to end (seconds)."""

    name: str
    argv: tuple[str, ...]
    environ: Mapping[str, str]
    ready: Callable[[], Awaitable[bool]] = _at_once
    patience: float = 60.0
    grace: float = 5.0
    dies_by: signal.Signals = signal.SIGKILL
    """What it gets when we are killed; one with children of its own needs the chance to end them."""


class Child:
    """A program of the stack and the process that runs it at present, if any."""

    def __init__(self, program: Program, log: Path) -> None:
        """Prepare to run it, with everything it says appended to `log`."""
        self.program = program
        self.log = log
        self.wanted = False
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Its process id, which is also that of its group; 0 when it was never started."""
        return self._process.pid if self._process else 0

    @property
    def alive(self) -> bool:
        """Tell whether it runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def code(self) -> int | None:
        """How it ended, or None while it runs."""
        return self._process.poll() if self._process else None

    def start(self) -> None:
        """Run it. Call from the main thread: a child is bound to the thread that started it."""
        self.wanted = True
        launch = (sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), str(int(self.program.dies_by)))
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(  # noqa: S603 - our own programs, no shell
                [*launch, *self.program.argv],
                env=dict(self.program.environ),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    async def become_ready(self) -> None:
        """Wait until it answers as it should. Raises StackFailed when it ends before, or never does."""
        deadline = time.monotonic() + self.program.patience
        while time.monotonic() < deadline:
            if not self.alive:
                raise StackFailed(
                    f"{self.program.name} ended at once (code {self.code}).\n{self.last_words()}"
                )
            if await self.program.ready():
                return
            await asyncio.sleep(GLANCE_SECONDS)
        waited = f"{self.program.name} was not ready after {self.program.patience:.0f} s"
        raise StackFailed(f"{waited}; its log: {self.log}\n{self.last_words()}")

    async def stop(self) -> None:
        """Ask it to end, wait out its grace, then end it and everything it started."""
        self.wanted = False
        if self.alive:
            self._signal(signal.SIGTERM)
            await self._ended_within(self.program.grace)
        self._signal(signal.SIGKILL)
        await self._ended_within(self.program.grace)

    def kill(self) -> None:
        """End it and everything it started, now and without warning: `kill -9`."""
        self.wanted = False
        self._signal(signal.SIGKILL)
        if self._process:
            self._process.wait()

    def last_words(self) -> str:
        """Return the end of its log."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - TAIL_BYTES))
            return "\n".join(log.read().decode(errors="replace").splitlines()[-TAIL_LINES:])

    async def _ended_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.alive and time.monotonic() < deadline:  # noqa: ASYNC110 - another process sets no event
            await asyncio.sleep(GLANCE_SECONDS)
        return not self.alive

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            self._process.poll()
