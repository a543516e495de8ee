"""The web process: `python -m oms.web`. Reads the environment, puts everything together, serves until told to stop."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta

import uvicorn
from dotenv import load_dotenv
from temporalio.client import Client

from oms.bulk import Bulk
from oms.canary import Canary
from oms.clock import wall_clock
from oms.direct import direct_notices
from oms.domain.errors import OmsError, Unavailable
from oms.http import Http
from oms.logs import configure
from oms.opening import open_counter, opened
from oms.pushes import Pushes, keep_listening
from oms.register import Register
from oms.reports import ParcelReports, WarehouseReports
from oms.rules.shelf import Shelf
from oms.settings import Settings, WrongSetting
from oms.store import Store
from oms.store.web_sessions import Lasting
from oms.temporal.asking import TemporalAsking
from oms.temporal.codec import EncryptionCodec
from oms.violations.files import Reports
from oms.web.app import create_app
from oms.web.collaborators import Collaborators
from oms.web.desk.background import keep_working
from oms.web.listening import listen
from oms.web.people.entrance import Entrance
from oms.web.people.oidc import IdentityProvider
from oms.web.tokens import TrackingTokens

WRONG_SETTING, FAILED = 2, 1
ANSWER_SECONDS = 15.0
"""How long somebody at the desk waits for an order's answer before they are told that nobody answers."""

log = logging.getLogger("oms.web")


class Server(uvicorn.Server):
    """A server that leaves signals to us, so that a stop ends with what we have to close, and code 0."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take SIGINT and SIGTERM as a wish to stop gracefully; a second one stops at once."""
        loop = asyncio.get_running_loop()
        for wish in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(wish, self.handle_exit, wish, None)
        yield


def main() -> int:
    """Serve; the answer is the exit code: 0 after a wish to stop, 2 for a wrong setting, 1 for the rest."""
    load_dotenv()
    try:
        settings = Settings.from_environ(os.environ)
        configure(settings.log_format, settings.log_level, sys.stderr)
        asyncio.run(serve(settings))
    except WrongSetting as error:
        sys.stderr.write(f"orderloom web: {error}\n")
        return WRONG_SETTING
    except (OmsError, OSError, RuntimeError) as error:
        sys.stderr.write(f"orderloom web: {error}\n")
        return FAILED
    return 0


async def serve(settings: Settings) -> None:
    """Listen and answer until SIGINT or SIGTERM; calls that have begun may finish within the grace period."""
    with listen(settings.web_host, settings.web_port) as listening:
        host, port = listening.getsockname()[:2]
        async with put_together(settings) as parts:
            config = uvicorn.Config(
                create_app(parts), log_config=None, access_log=False, server_header=False, proxy_headers=False,
                timeout_graceful_shutdown=settings.grace_seconds,
            )  # fmt: skip
            log.info("web.listening", extra={"url": f"http://{host}:{port}"})
            await Server(config).serve(sockets=[listening])
    log.info("web.stopped")


@asynccontextmanager
async def put_together(settings: Settings) -> AsyncIterator[Collaborators]:
    """Open everything that the routes work with, and close it afterwards.

    Raises Unavailable or RuntimeError when the database or Temporal does not answer.
    """
    async with opened(settings) as (store, client, http):
        parts = _collaborators(settings, store, client, http)
        listening = asyncio.create_task(keep_listening(parts.channels, parts.pushes))
        canary = Canary(client, store, direct_notices(settings, http, wall_clock), wall_clock)
        watching = asyncio.create_task(_watch_the_engine(canary, settings.canary_every_seconds))
        background = asyncio.create_task(keep_working(parts))
        bulk = asyncio.create_task(Bulk(store, parts.asking, parts.intake.resync).work())
        try:
            yield parts
        finally:
            background.cancel()
            bulk.cancel()
            listening.cancel()
            watching.cancel()
            await asyncio.gather(listening, watching, background, bulk, return_exceptions=True)


async def _watch_the_engine(canary: Canary, every_seconds: int) -> None:
    """Send canaries in, and tell people past the engine when one does not come back; until cancelled."""
    if every_seconds:
        await canary.watch(timedelta(seconds=every_seconds))


def _collaborators(settings: Settings, store: Store, client: Client, http: Http) -> Collaborators:
    counter = open_counter(settings, store, client, http)

    async def temporal() -> None:
        if not await client.service_client.check_health():
            raise Unavailable("Temporal says that it does not serve")

    async def database() -> None:
        await asyncio.to_thread(store.polls.state, settings.shops[0].key)

    return Collaborators(
        store=store, intake=counter.intake, pushes=Pushes(store, counter.intake), channels=counter.channels,
        cashier=counter.cashier,
        warehouse=WarehouseReports(store, counter.mailbox, wall_clock),
        parcels=ParcelReports(store, counter.mailbox, wall_clock),
        tracking=TrackingTokens.of(settings),
        returns={shop.key: shop.returns_url for shop in settings.shops if shop.returns_url},
        qimen_secret=settings.qimen_secret,
        kuaidi100_salt=settings.kuaidi100_salt, probes={"database": database, "temporal": temporal},
        reports=Reports.where(settings.reports_folder, settings.database_url),
        register=_register(settings), pace=settings.pace,
        platforms={shop.key: shop.platform for shop in settings.shops},
        asking=TemporalAsking(client, ANSWER_SECONDS), remembers=counter.mailbox,
        temporal_ui=settings.temporal_ui_url, rules=Shelf(store.rule_tables, wall_clock),
        entrance=_entrance(settings), identity=_identity(settings, http),
        codec=EncryptionCodec.from_keys(settings.payload_keys) if settings.payload_keys else None,
    )  # fmt: skip


def _register(settings: Settings) -> Register | None:
    """Open the register for the desk; a web process starts without it, as the worker is the one to refuse."""
    try:
        return Register(settings)
    except WrongSetting as error:
        log.warning("register.closed", extra={"reason": str(error)})
        return None


def _entrance(settings: Settings) -> Entrance:
    idle, longest = timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
    lasting = Lasting(idle=idle, longest=longest)
    return Entrance(address=settings.public_url, lasting=lasting, proxies=settings.proxies)


def _identity(settings: Settings, http: Http) -> IdentityProvider | None:
    if not settings.oidc_issuer:
        return None
    ours = (settings.oidc_client_id, settings.oidc_client_secret)
    return IdentityProvider(settings.oidc_issuer, ours, http, wall_clock, settings.oidc_name)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # the Temporal SDK may abort at interpreter exit
