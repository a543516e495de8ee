"""Open what a process works with, as the settings name it: the store, Temporal, and the way out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from temporalio.client import Client
from temporalio.runtime import Runtime

from oms.admitting import Room
from oms.calls import CallLog
from oms.cashier import Cashier, Gateways
from oms.channels import LIMITED
from oms.clock import wall_clock
from oms.http import Http
from oms.intake import Intake
from oms.learning import noting
from oms.payments import open_gateways
from oms.settings import Settings
from oms.shapes import ShapeWatch
from oms.store import Store, Vault
from oms.switchboard import Switchboard
from oms.temporal.client import connect
from oms.temporal.mailbox import TemporalMailbox
from oms.tokens import StoredTokens


class Opened(NamedTuple):
    """What the worker and the web process both need."""

    store: Store
    client: Client
    http: Http


class Counter(NamedTuple):
    """Where payloads are handed in: the shops that are read, the intake, the mailbox it fills, and who hears of money."""

    store: Store
    channels: Switchboard
    intake: Intake
    mailbox: TemporalMailbox
    cashier: Cashier
    gateways: Gateways


def open_store(settings: Settings) -> Store:
    """Open the database that the settings name."""
    keys = [(key.id, key.raw) for key in settings.data_keys]
    return Store.open(settings.database_url, Vault.from_keys(keys, settings.digest_bytes))


@asynccontextmanager
async def opened(settings: Settings, runtime: Runtime | None = None) -> AsyncIterator[Opened]:
    """Open everything, migrated, and close it afterwards.

    Raises Unavailable or RuntimeError when the database or Temporal does not answer.
    """
    store = open_store(settings)
    try:
        await asyncio.to_thread(store.migrate)
        client = await connect(settings.payload_keys, runtime=runtime)
        async with noted_http(settings, store) as http:
            yield Opened(store, client, http)
    finally:
        store.close()


@asynccontextmanager
async def noted_http(settings: Settings, store: Store) -> AsyncIterator[Http]:
    """Open the way out; its calls are written down unless the settings keep none."""
    if not settings.keep_calls_days:
        async with Http() as http:
            yield http
        return
    async with CallLog(noting(store)) as listener, Http(listener=listener) as http:
        yield http


def open_counter(
    settings: Settings, store: Store, client: Client, http: Http, room: Room | None = None
) -> Counter:
    """Open every configured shop and the intake that reads them; `room` bounds its floods. Raises WrongSetting.

    Call it from the loop that the process lives in: the shops' versions are followed for as long as that runs.
    """
    mailbox = TemporalMailbox(
        client, pace=settings.pace, limited=LIMITED, found_priority=settings.found_priority
    )
    tokens = StoredTokens(store)
    channels = Switchboard(settings.shops, http, tokens, store.shop_versions)
    channels.begin(wall_clock)
    channels.stay_current()
    shapes = ShapeWatch(store, lambda shop: channels.neighbours(shop).version, wall_clock)
    intake = Intake(store, mailbox, channels, wall_clock, room, shapes=shapes)
    gateways = open_gateways(settings.shops, http)
    return Counter(
        store, channels, intake, mailbox, Cashier(store, mailbox, intake, gateways, wall_clock), gateways
    )
