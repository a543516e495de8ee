"""Serve an application in the test's own loop, and stop the moment the test is done."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
import uvicorn
from starlette.types import ASGIApp

LOOPBACK = "127.0.0.1"
GRACE_S = 2.0
TICK_S = 1.0
TRUST = httpx.create_ssl_context()
"""One for all clients of a test run: reading the system's certificates takes longer than most tests."""


class PromptServer(uvicorn.Server):
    """A server without uvicorn's tick of 0.1 s, which would be a third of most tests that talk to one."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready, self.leaving = asyncio.Event(), asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        """Serve until told to leave; a tick writes the header `Date`."""
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self.leaving.wait(), TICK_S)
                return

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close what is open; answers under way may finish."""
        for server in self.servers:
            server.close()
        for listening in sockets or ():
            listening.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        under_way = set(self.server_state.tasks)
        if under_way:
            _, late = await asyncio.wait(under_way, timeout=GRACE_S)
            for task in late:
                task.cancel()
        await self.lifespan.shutdown()


@asynccontextmanager
async def serving(app: ASGIApp, listening: socket.socket, **settings: Any) -> AsyncIterator[None]:
    """Serve on a socket that is bound already; inside, it answers."""
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    config = uvicorn.Config(app, **{"log_level": "warning", "access_log": False, **settings})
    server = PromptServer(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    ready = asyncio.create_task(server.ready.wait())
    await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
    try:
        yield
    finally:
        ready.cancel()
        server.leaving.set()
        await task
