"""The one web application through which the outside world is reached."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.middleware import Middleware

from simulator.breakage import Breakage
from simulator.carrier.labels import Labels
from simulator.carrier.routes import COMPANIES, Kuaidi100Interface
from simulator.control.routes import ControlInterface
from simulator.shop.access import Doorkeeper
from simulator.shop.routes import ShopInterface
from simulator.wms.routes import QimenInterface
from simulator.world import World


def create_app(world: World) -> Starlette:
    """Open every interface of a world; its time runs while the application does."""
    config = world.config
    doorkeeper = Doorkeeper(config.shop.consumer_key, config.shop.consumer_secret)
    shop = ShopInterface(
        world.shop, world.refunds, world.webhooks, doorkeeper, fulfillments=config.fulfillments
    )
    labels = Labels(world.roll, world.journeys, world.ledger, COMPANIES)
    carrier = Kuaidi100Interface(config.carrier, world.journeys, labels, world.callbacks, world.ledger)
    routes = [
        *shop.routes(),
        *QimenInterface(config.wms, world.warehouse, world.returns).routes(),
        *carrier.routes(),
        *world.till.routes(),
        *ControlInterface(world).routes(),
        *world.subscribers.routes(),
        *(route for name, platform in world.platforms.items() for route in platform.routes(f"/{name}")),
    ]

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        running = asyncio.create_task(world.run())
        if config.autostart:
            world.start()
        yield
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running

    return Starlette(
        routes=routes, lifespan=lifespan, middleware=[Middleware(Breakage, world.faults, world.platforms)]
    )
