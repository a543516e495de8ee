"""An end that a real answer names over real HTTP is in the register when the way out is closed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from oms.channels import open_channel
from oms.domain.calls import CallMade, CallResult
from oms.domain.errors import Unavailable
from oms.expiring import Endings
from oms.learning import Learning
from oms.opening import noted_http
from oms.register import Register
from oms.store import Store
from oms.store.interfaces import Interfaces
from oms.tokens import StoredTokens
from tests.unit.register_world import NOW, settings_of

ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
    b"Sunset: Sun, 31 Jan 2027 16:00:00 GMT\r\nDeprecation: @1793491200\r\nConnection: close\r\n\r\n[]"
)


class NobodyHome(Interfaces):
    """A register whose database is away."""

    def __init__(self) -> None:
        """Nothing is needed."""

    def called(self, calls: object) -> None:
        """Fail as the database does."""
        raise Unavailable("the database is away")


@asynccontextmanager
async def a_shop_that_ends() -> AsyncIterator[str]:
    """An own shop on a real port, whose every answer names its end; yields its address."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_connection_check_teaches_when_the_interface_ends(tmp_path: Path, store: Store) -> None:
    """One call: last success, deprecation, and an end that people will be reminded of."""
    settings = settings_of(tmp_path / "settings")
    (own,) = [each for each in settings.shops if each.channel == "woocommerce"]

    async with a_shop_that_ends() as url, noted_http(settings, store) as http:
        shop = own.model_copy(update={"url": url})
        checked = await open_channel(shop, http, StoredTokens(store)).check()

    row = store.interfaces.get("interface:woocommerce/orders")
    assert checked.active
    assert (row.expires_at, row.expiry_source, row.expiry_version) == (
        datetime(2027, 1, 31, 16, tzinfo=UTC), "header Sunset", "wc/v3",
    )  # fmt: skip
    assert row.deprecated_at == datetime(2026, 11, 1, tzinfo=UTC)
    assert row.last_ok_at is not None
    ends = Endings(Register(settings), store).all(NOW)
    assert [(each.key, each.source) for each in ends] == [
        ("interface:woocommerce/orders", "header Sunset, version wc/v3")
    ]


def test_a_register_that_cannot_be_written_costs_the_call_log_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A batch is not written twice for it: what the register loses the next call says again."""
    call = CallMade(at=NOW, system="jd", interface="x", duration_ms=1, result=CallResult.OK)

    Learning(NobodyHome()).take([call])

    assert [record.message for record in caplog.records] == ["interface.calls_not_noted"]
