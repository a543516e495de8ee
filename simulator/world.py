"""One outside world: the clock, the three systems, the buyers, and what is remembered of it all."""

import asyncio
import itertools
from collections.abc import Callable, Iterator
from datetime import datetime
from random import Random
from typing import Any

import httpx

from simulator.aftersales import AfterSales
from simulator.assortment import Assortment
from simulator.buyers import Buyers
from simulator.carrier.callbacks import Callbacks
from simulator.carrier.journey import Journeys
from simulator.carrier.roll import Roll
from simulator.clock import Timeline, wall_clock
from simulator.config import Config, PlatformConfig
from simulator.disturbances import Disturbances, Visitors
from simulator.faults import Fault, Faults
from simulator.ledger import Ledger
from simulator.marketplace import Marketplace, Sold
from simulator.offering import Offering, Script
from simulator.payments.till import Till
from simulator.plans import Plans
from simulator.platform import Ground, Platform
from simulator.platforms import PLATFORMS
from simulator.playback import Playback
from simulator.post import Postman
from simulator.replay import read_articles, read_past_orders
from simulator.scenario import Scenario
from simulator.shop.marketplace import OwnShop
from simulator.shop.orders import Shop
from simulator.shop.refunds import Refunds
from simulator.shop.webhooks import Webhooks
from simulator.subscriber.routes import Subscribers
from simulator.wms.catalogue import Article, usual_catalogue
from simulator.wms.notices import Notices
from simulator.wms.returns import ReturnDock
from simulator.wms.stock import Stock
from simulator.wms.warehouse import Warehouse

AMPLE_FOR_PAST_ORDERS = 1_000_000


class World:
    """Everything outside the order centre; a still clock and a fake client make it a laboratory."""

    def __init__(
        self, config: Config, site: str, client: httpx.AsyncClient, now: Callable[[], datetime] = wall_clock
    ) -> None:
        """Put the world together; it does nothing before it is started."""
        self.config = config
        self.timeline = Timeline(config.pace, now)
        self.ledger = Ledger(now)
        self.plans = Plans()
        self.faults = Faults(config.seed)
        self.faults.on_strike = self._note_strike
        self.postman = Postman(self.faults, client)

        self.callbacks = Callbacks(self.postman, self.faults, self.timeline)
        self.journeys = Journeys(config.seed, self.timeline, self.ledger, self.plans, self.callbacks)
        self.roll = Roll(self.journeys, self.ledger, forgetful=config.carrier.forgetful)

        self.shop = Shop(now, self.ledger, site, config.first_number)
        self.refunds = Refunds(self.shop, now)
        self.webhooks = Webhooks(config, site, self.postman, now())
        self.shop.announce = self.webhooks.announce
        self.till = Till(config, self.postman, self.ledger, now)
        self.shop.charge = self.till.charge
        self.shop.stir = Visitors(self.shop, self.faults, config.seed).visit
        self.platforms = {chosen.platform: self._platform(chosen, now) for chosen in config.platforms}
        self.markets: list[Marketplace[Any]] = [OwnShop(self.shop, self.refunds)]
        self.markets += [platform.market for platform in self.platforms.values()]

        articles = _articles(config)
        stock, notices = Stock(articles), Notices(config.wms, self.postman, now)
        self.warehouse = Warehouse(config.seed, self.timeline, self.ledger, self.plans, stock, notices)
        self.warehouse.hand_over = self.journeys.hand_over
        self.returns = ReturnDock(config.seed, self.timeline, self.ledger, self.warehouse, notices)
        markets = {name: platform.market for name, platform in self.platforms.items()}
        self.after_sales = AfterSales(
            config.seed, self.timeline, self.ledger, markets, self.journeys, self.returns
        )

        selling = [market.name for market in self.markets][0 if config.own_shop_sells else 1 :]
        self.buyers = Buyers(self.markets, selling, self.warehouse, self.plans)
        self.assortment = Assortment(articles)
        self.buyers_random = Random(f"{config.seed}:buyers")
        self.offering = Offering(self.timeline)
        self.subscribers = Subscribers(config.subscribers, self.timeline, config.seed)
        self.disturbances = Disturbances(config, self.timeline, self.faults, self.ledger)

    def _note_strike(self, fault: Fault, what: str) -> None:
        self.ledger.append(f"fault.{fault.system}", order="", key=fault.kind, outcome="struck", detail=what)

    def _platform(self, chosen: PlatformConfig, now: Callable[[], datetime]) -> Platform:
        ground = Ground(
            chosen,
            now,
            self.ledger,
            self.faults,
            self.postman,
            self.config.noise,
            self.config.seed,
            self.roll,
        )
        return PLATFORMS[chosen.platform](ground)

    @property
    def orders(self) -> Iterator[Sold]:
        """Go through the orders of every marketplace."""
        return itertools.chain.from_iterable(self.markets)

    @property
    def pushes_lost(self) -> int:
        """Count what the noise has swallowed of everything the platforms told the order centre."""
        return self.webhooks.lost + sum(platform.pushes_lost for platform in self.platforms.values())

    def start(self) -> bool:
        """Begin to offer orders; False if that had begun before."""
        begun = self.offering.begin(self._script())
        if begun:
            self.disturbances.begin()
        return begun

    def _script(self) -> Script:
        if self.config.source is not None:
            past = read_past_orders(self.config.source)
            return Playback(self.config, self.timeline, self.buyers, self.assortment, past).script()
        return Scenario(
            self.config, self.timeline, self.buyers, self.warehouse, self.assortment, self.after_sales
        ).script()

    async def run(self) -> None:
        """Let time pass and mail be carried until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.timeline.run())
            group.create_task(self.postman.run())


def _articles(config: Config) -> tuple[Article, ...]:
    """List what can be sold: the usual goods, and those of past orders that are played again."""
    articles = usual_catalogue(config.stock)
    if config.source is not None:
        articles += read_articles(config.source, AMPLE_FOR_PAST_ORDERS)
    return articles
