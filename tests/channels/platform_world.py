"""A simulated platform on a real port, and our connector that was opened on it with the same secrets."""

import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
from pydantic import SecretStr

from oms.channels import CHANNELS
from oms.domain.ids import ShopKey
from oms.http import Http
from oms.paging import Window
from oms.ports import Channel, Mapped, Token
from oms.ports.calls import CallListener
from oms.settings import ShopConfig
from oms.stack.keys import fresh_for
from simulator.app import create_app
from simulator.config import Config
from simulator.draft import Draft
from simulator.faults import Fault
from simulator.market.order import MarketOrder
from simulator.marketplace import Marketplace
from simulator.people import a_person
from simulator.plans import Plan
from simulator.world import World
from tests.serving import TRUST, serving

LOOPBACK = "127.0.0.1"


class MemoryTokens:
    """Tokens of one test; fulfils `oms.ports.Tokens`."""

    def __init__(self) -> None:
        self.kept: dict[ShopKey, Token] = {}
        self.leased: set[ShopKey] = set()

    async def read(self, shop: ShopKey) -> Token | None:
        return self.kept.get(shop)

    async def write(self, shop: ShopKey, token: Token) -> None:
        self.kept[shop] = token

    async def lease(self, shop: ShopKey, seconds: float) -> bool:
        assert seconds > 0
        if shop in self.leased:
            return False
        self.leased.add(shop)
        return True

    async def release(self, shop: ShopKey) -> None:
        self.leased.discard(shop)


@dataclass
class PlatformWorld:
    """One platform, its market, and our channel; `url` is where the platform answers."""

    name: str
    world: World
    url: str
    shop: ShopConfig
    http: Http
    tokens: MemoryTokens
    channel: Channel
    secrets: dict[str, str] = field(repr=False)

    @property
    def market(self) -> Marketplace[Any]:
        """Where the buyers order."""
        return next(market for market in self.world.markets if market.name == self.name)

    def order(
        self, *, paid: bool = True, draft: Draft | None = None, raw: dict[str, Any] | None = None
    ) -> Any:
        """Let somebody order a usual thing or two."""
        wanted = draft or self.world.assortment.usual(self.world.buyers_random)
        return self.world.buyers.order(wanted, Plan(), paid=paid, raw=raw, at=self.name)

    def arm(self, kind: str, **more: Any) -> None:
        """Let something go wrong at this platform."""
        system = "shop" if self.name == "woocommerce" else self.name
        self.world.faults.arm(Fault.model_validate({"system": system, "kind": kind, **more}))

    async def payloads(self, since: datetime, until: datetime) -> list[Mapping[str, Any]]:
        """Walk the list as a poll does."""
        return [payload async for page in self.channel.changed(since, until) for payload in page.payloads]

    async def listed(self, since: datetime, until: datetime) -> list[str]:
        """Walk the list as a poll does; returns the number of every payload, in order."""
        return [
            self.channel.read(payload).snapshot.key.number for payload in await self.payloads(since, until)
        ]

    async def forwards(self, since: datetime, until: datetime) -> set[str]:
        """Walk the list as one would without thinking: from the first page to the last."""
        numbered: Any = self.channel
        properties = self.channel.properties
        number: int = properties.first_page or 0
        found = set[str]()
        while True:
            page = await numbered.ask_page(Window(since, until), number)
            found |= {self.channel.read(row).snapshot.key.number for row in page.rows}
            number += 1
            if len(page.rows) < properties.page_size:
                return found

    async def seen(self, number: str) -> Mapped:
        """Fetch an order and read it."""
        payload = await self.channel.fetch(number)
        assert payload is not None
        return self.channel.read(payload)

    def total_fen(self, number: str) -> int:
        """What the buyer pays for an order, by the simulator's own books."""
        order = self.market.find(number)
        assert order is not None
        if isinstance(order, MarketOrder):
            return order.draft.total_fen
        return int(Decimal(str(order.body["total"])) * 100)

    def put_at(self, order: Any, moment: datetime) -> None:
        """Let an order have been placed, paid and last modified at a moment."""
        order.created = order.modified = order.paid_at = moment

    def aged(self, count: int) -> tuple[set[str], tuple[datetime, datetime]]:
        """Place orders whose last change lies a while back, one a second; returns them and their window."""
        until = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=6)
        since = until - timedelta(seconds=count)
        orders = [self.order() for _ in range(count)]
        for place, order in enumerate(orders):
            self.put_at(order, since + timedelta(seconds=place))
        return {order.number for order in orders}, (since, until)


def two_lines(place: PlatformWorld) -> Draft:
    """A basket of two things, two of the one and one of the other."""
    first, second = place.world.assortment.usual(place.world.buyers_random).lines[0], "SKU-8802"
    other = second if first.sku != second else "SKU-8803"
    lines = (place.world.assortment.line(first.sku, 2), place.world.assortment.line(other, 1))
    return Draft(a_person(place.world.buyers_random), lines)


USUAL_OPTIONS: dict[str, dict[str, str]] = {"pdd": {"settle_seconds": "0"}}
"""What a channel and its platform are both told unless a test says otherwise."""


def a_world_config(
    name: str, secrets: dict[str, str], push_url: str | None, options: dict[str, str], **more: Any
) -> Config:
    """A configuration in which nothing happens by itself and one platform sells."""
    woo = secrets if name == "woocommerce" else {"key": "k", "secret": "s", "webhook_secret": "w"}
    platform = {"platform": name, "secrets": secrets, "push_url": push_url, "options": options}
    return Config.model_validate(
        {
            "pace": 3600,
            "shop": {
                "consumer_key": woo["key"],
                "consumer_secret": woo["secret"],
                "webhook_secret": woo["webhook_secret"],
                "webhook_url": push_url if name == "woocommerce" else None,
            },
            "platforms": [] if name == "woocommerce" else [platform],
            "wms": {"app_key": "1", "secret": "s", "customer_id": "c"},
            "carrier": {"customer": "c", "key": "k", "secret": "s"},
            "scenario": "none",
        }
        | more
    )


def that_can(capability: type) -> list[str]:
    """Names of the channels that have a capability; their shops are opened on an address that nobody asks."""
    http, tokens, able = Http(), MemoryTokens(), []
    for name, kind in sorted(CHANNELS.items()):
        secrets = {secret: SecretStr(fresh_for(secret)) for secret in kind.secrets}
        shop = ShopConfig(channel=name, shop="main", url="https://platform.example", secrets=secrets)
        channel: object = kind.open(shop, http, tokens)
        if isinstance(channel, capability):
            able.append(name)
    return able


@asynccontextmanager
async def a_platform(
    name: str, *, push_url: str | None = None, options: dict[str, str] | None = None,
    listener: CallListener | None = None, **more: Any,
) -> AsyncIterator[PlatformWorld]:  # fmt: skip
    """Serve one platform on a free port and open our connector on it; `more` goes into the simulator's configuration, `listener` hears of its calls."""
    kind = CHANNELS[name]
    secrets = {secret: fresh_for(secret) for secret in kind.secrets}
    chosen = USUAL_OPTIONS.get(name, {}) if options is None else options
    with socket.create_server((LOOPBACK, 0)) as listening:
        site = f"http://{LOOPBACK}:{listening.getsockname()[1]}"
        async with (
            httpx.AsyncClient(trust_env=False, verify=TRUST) as client,
            Http(listener=listener) as http,
        ):
            world = World(a_world_config(name, secrets, push_url, chosen, **more), site, client)
            shop = ShopConfig(
                channel=name, shop="main", url=site if name == "woocommerce" else f"{site}/{name}",
                secrets={secret: SecretStr(value) for secret, value in secrets.items()},
                options=chosen,
            )  # fmt: skip
            tokens = MemoryTokens()
            async with serving(create_app(world), listening):
                channel = kind.open(shop, http, tokens)
                yield PlatformWorld(name, world, site, shop, http, tokens, channel, secrets)
