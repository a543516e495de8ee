"""Tell an orchestrator whether a worker is alive: its loop answers, and Temporal answers it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from temporalio.client import Client
from temporalio.service import RPCError


class _Quiet(uvicorn.Server):
    """A server that leaves signals to the worker."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serve_health(host: str, port: int, client: Client) -> AsyncIterator[None]:
    """Answer `GET /health` while the worker runs; port 0 means that nobody asks."""
    if not port:
        yield
        return

    async def health(_: Request) -> JSONResponse:
        try:
            serving = await client.service_client.check_health()
        except RPCError:
            serving = False
        return JSONResponse({"temporal": serving}, status_code=200 if serving else 503)

    app = Starlette(routes=[Route("/health", health)])
    server = _Quiet(
        uvicorn.Config(app, host=host, port=port, log_config=None, access_log=False, lifespan="off")
    )
    serving = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await serving
