"""Run the outside world: `python -m simulator --config FILE.json --port P`."""

import argparse
import asyncio
import logging
import socket
import sys
from contextlib import suppress
from pathlib import Path

import httpx
import uvicorn

from simulator.app import create_app
from simulator.config import Config
from simulator.world import World

HOST = "127.0.0.1"


class AnnouncedServer(uvicorn.Server):
    """A server that says on stdout when it can be called."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started and sockets:
            sys.stdout.write(f"simulator ready http://{HOST}:{sockets[0].getsockname()[1]}\n")
            sys.stdout.flush()


async def serve(config: Config, listening: socket.socket) -> None:
    """Serve one world on a socket until interrupted."""
    site = f"http://{HOST}:{listening.getsockname()[1]}"
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=32)
    async with httpx.AsyncClient(limits=limits, trust_env=False) as client:
        app = create_app(World(config, site, client))
        settings = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1)
        await AnnouncedServer(settings).serve(sockets=[listening])


def main() -> None:
    """Read the command line and serve; port 0 takes a free one."""
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="a JSON file, see simulator/config.py")
    parser.add_argument("--port", type=int, default=0, help="the port on 127.0.0.1; 0 takes a free one")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    config = Config.model_validate_json(asked.config.read_bytes())
    listening = socket.create_server((HOST, asked.port), backlog=2048)
    listening.setsockopt(
        socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
    )  # else answers wait for delayed acknowledgements
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(config, listening))


if __name__ == "__main__":
    main()
