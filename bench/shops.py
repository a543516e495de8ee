"""Six shops on the simulated platforms, and what each of them really lists; they are closed before anything is timed."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import uvicorn
from pydantic import SecretStr

from oms.channels import CHANNELS, open_channel
from oms.clock import wall_clock
from oms.domain.ids import ShopKey
from oms.http import Http
from oms.ports import Channel, Token
from oms.settings import ShopConfig
from oms.stack.keys import fresh_for, fresh_secret
from oms.stack.loopback import LOOPBACK
from simulator.app import create_app
from simulator.config import Config
from simulator.plans import Plan
from simulator.world import World

OWN = "woocommerce"
NAME = "main"
OPTIONS: Mapping[str, dict[str, str]] = {"pdd": {"settle_seconds": "0"}}
"""Pinduoduo's list needs a while to come to rest; nobody waits for it here."""
WINDOW = timedelta(minutes=20)
"""Nothing is older: the orders were placed a moment ago."""
GLANCE_SECONDS = 0.005
Payload = Mapping[str, Any]


@dataclass(frozen=True)
class Listed:
    """A shop and the payloads of its list; `read` of the channel needs no platform any more."""

    channel: Channel
    payloads: Sequence[Payload]

    def pages(self, start: int, stop: int) -> list[Sequence[Payload]]:
        """Cut some of the payloads into pages of the platform's own size."""
        wanted, size = self.payloads[start:stop], self.channel.properties.page_size
        return [wanted[place : place + size] for place in range(0, len(wanted), size)]


async def listed(each: int) -> Mapping[ShopKey, Listed]:
    """Let buyers place and pay so many orders in a shop of every platform, and walk every list as a poll does."""
    async with _shops() as (world, channels):
        for channel in channels:
            for _ in range(each):
                wanted = world.assortment.usual(world.buyers_random)
                world.buyers.order(wanted, Plan(), paid=True, at=channel.shop.channel)
        return {channel.shop: Listed(channel, await _walk(channel, each)) for channel in channels}


async def _walk(channel: Channel, each: int) -> list[Payload]:
    now = wall_clock()
    pages = channel.changed(now - WINDOW, now + timedelta(seconds=1))
    found = {channel.read(payload).snapshot.key: payload async for page in pages for payload in page.payloads}
    if len(found) != each:
        raise RuntimeError(f"{channel.shop} lists {len(found)} orders instead of {each}")
    return list(found.values())


@asynccontextmanager
async def _shops() -> AsyncIterator[tuple[World, list[Channel]]]:
    secrets = {name: {word: fresh_for(word) for word in kind.secrets} for name, kind in CHANNELS.items()}
    with socket.create_server((LOOPBACK, 0)) as listening:
        site = f"http://{LOOPBACK}:{listening.getsockname()[1]}"
        async with httpx.AsyncClient(trust_env=False) as client, Http() as http:
            world = World(_config(secrets), site, client)
            server = uvicorn.Server(uvicorn.Config(create_app(world), log_level="warning", access_log=False))
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            try:
                while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn sets no event
                    await asyncio.sleep(GLANCE_SECONDS)
                tokens = FreshTokens()
                yield (
                    world,
                    [open_channel(_shop(name, site, secrets[name]), http, tokens) for name in CHANNELS],
                )
            finally:
                server.should_exit = True
                await serving


def _config(secrets: Mapping[str, dict[str, str]]) -> Config:
    own, others = secrets[OWN], {name: words for name, words in secrets.items() if name != OWN}
    shop = {
        "consumer_key": own["key"],
        "consumer_secret": own["secret"],
        "webhook_secret": own["webhook_secret"],
    }
    return Config.model_validate(
        {
            "shop": shop,
            "platforms": [
                {"platform": name, "secrets": words, "options": OPTIONS.get(name, {})}
                for name, words in others.items()
            ],
            "wms": {"app_key": "1", "secret": fresh_secret(), "customer_id": "c"},
            "carrier": {"customer": "c", "key": fresh_secret(), "secret": fresh_secret()},
            "scenario": "none",
        }
    )


def _shop(name: str, site: str, secrets: Mapping[str, str]) -> ShopConfig:
    return ShopConfig(
        channel=name, shop=NAME, url=site if name == OWN else f"{site}/{name}",
        secrets={word: SecretStr(text) for word, text in secrets.items()}, options=OPTIONS.get(name, {}),
    )  # fmt: skip


class FreshTokens:
    """Tokens that live as long as the shops do; fulfils `oms.ports.Tokens` for one process."""

    def __init__(self) -> None:
        """Know none."""
        self._kept: dict[ShopKey, Token] = {}

    async def read(self, shop: ShopKey) -> Token | None:
        """Return the token kept, if any."""
        return self._kept.get(shop)

    async def write(self, shop: ShopKey, token: Token) -> None:
        """Keep a token."""
        self._kept[shop] = token

    async def lease(self, shop: ShopKey, seconds: float) -> bool:
        """Nobody else wants to refresh."""
        del shop, seconds
        return True

    async def release(self, shop: ShopKey) -> None:
        """Nothing was claimed."""
