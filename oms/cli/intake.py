"""Hand payloads in from the command line, through the same intake as webhooks and polls."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from oms.cli.place import Place
from oms.opening import Counter, noted_http, open_counter


@asynccontextmanager
async def intake_counter(place: Place) -> AsyncIterator[Counter]:
    """Open every configured shop, the database and Temporal for as long as it takes."""
    settings, store, client = place.settings(), place.store(), await place.temporal()
    async with noted_http(settings, store) as http:
        yield open_counter(settings, store, client, http)
