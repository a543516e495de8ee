"""Open what a process works with, as the settings name it: the store, Temporal, and the way out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from temporalio.client import Client
from temporalio.runtime import Runtime

from oms.http import Http
from oms.settings import Settings
from oms.store import Store, Vault
from oms.temporal.client import connect


class Opened(NamedTuple):
    """What the worker and the web process both need."""

    store: Store
    client: Client
    http: Http


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
        async with Http() as http:
            yield Opened(store, client, http)
    finally:
        store.close()
