"""Hand payloads in from the command line, through the same intake as webhooks and polls."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from oms.cashier import Cashier
from oms.channels import LIMITED, open_channel
from oms.cli.place import Place
from oms.domain.ids import ShopKey
from oms.http import Http
from oms.intake import Intake
from oms.payments import open_gateways
from oms.ports import Channel
from oms.store import Store
from oms.store.engine import utc_now
from oms.temporal.mailbox import TemporalMailbox
from oms.tokens import StoredTokens


@dataclass(frozen=True)
class Counter:
    """The intake, and the shops it reads."""

    intake: Intake
    channels: dict[ShopKey, Channel]
    store: Store
    cashier: Cashier
    mailbox: TemporalMailbox


@asynccontextmanager
async def intake_counter(place: Place) -> AsyncIterator[Counter]:
    """Open every configured shop, the database and Temporal for as long as it takes."""
    settings, store = place.settings(), place.store()
    mailbox = TemporalMailbox(await place.temporal(), pace=settings.pace, limited=LIMITED)
    tokens = StoredTokens(store)
    async with Http() as http:
        channels = {shop.key: open_channel(shop, http, tokens) for shop in settings.shops}
        intake = Intake(store, mailbox, channels, utc_now)
        cashier = Cashier(store, mailbox, intake, open_gateways(settings.shops, http), utc_now)
        yield Counter(intake, channels, store, cashier, mailbox)
