"""Hand payloads in from the command line, through the same intake as webhooks and polls."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from oms.channels import LIMITED, open_channel
from oms.cli.place import Place
from oms.clock import wall_clock
from oms.domain.ids import ShopKey
from oms.http import Http
from oms.intake import Intake
from oms.ports import Channel
from oms.store import Store
from oms.temporal.mailbox import TemporalMailbox
from oms.tokens import StoredTokens


@dataclass(frozen=True)
class Counter:
    """The intake, and the shops it reads."""

    intake: Intake
    channels: dict[ShopKey, Channel]
    store: Store


@asynccontextmanager
async def intake_counter(place: Place) -> AsyncIterator[Counter]:
    """Open every configured shop, the database and Temporal for as long as it takes."""
    settings, store = place.settings(), place.store()
    mailbox = TemporalMailbox(await place.temporal(), pace=settings.pace, limited=LIMITED)
    tokens = StoredTokens(store)
    async with Http() as http:
        channels = {shop.key: open_channel(shop, http, tokens) for shop in settings.shops}
        yield Counter(Intake(store, mailbox, channels, wall_clock), channels, store)
