"""The own shop's webhooks: verified, kept, handed on; bad ones get a clear answer and delay nobody."""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from oms.domain.errors import Unavailable
from tests.unit.intake_world import NAME, PHONE, a_key, a_store, an_order
from tests.unit.web_world import WebWorld


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[WebWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield WebWorld(store)
    store.close()


async def test_a_signed_order_reaches_its_workflow(world: WebWorld) -> None:
    """200, one snapshot, the bytes in the inbox."""
    reply = await world.webhook(an_order())

    assert (reply.status_code, reply.json()["status"]) == (200, "delivered")
    assert [message.snapshot.key for message in world.mailbox.snapshots] == [a_key()]


async def test_the_ping_of_a_new_webhook_is_answered(world: WebWorld) -> None:
    """It is a form, it is not signed, and nothing is kept of it."""
    reply = await world.call("POST", "/hooks/woocommerce/main", content=b"webhook_id=7")

    assert reply.status_code == 200
    assert world.store.inbox.count_by_status() == {}


@pytest.mark.parametrize(
    ("body", "arguments", "status", "kept"),
    [
        (an_order(), {"secret": "wrong"}, 401, {}),
        (b"", {"secret": "wrong"}, 401, {}),
        (an_order(), {"shop": "unknown"}, 404, {}),
        (an_order(), {"shop": "not a mark"}, 404, {}),
        (b"{", {}, 400, {"parked": 1}),
        (b"\xff\xfe\x00", {}, 400, {"parked": 1}),
        (b"[]", {}, 400, {"parked": 1}),
        (b'{"total": NaN}', {}, 400, {"parked": 1}),
        (b"[" * 100_000, {}, 400, {"parked": 1}),
        ({"number": "1001"}, {}, 200, {"parked": 1}),
        ({"bug": True}, {}, 200, {"parked": 1}),
        (b" " * 1_048_577, {}, 413, {}),
        ({"id": 7, "name": "a product"}, {"topic": "product.updated"}, 200, {}),
    ],
)
async def test_a_bad_call_is_answered_clearly_and_nothing_is_lost(
    world: WebWorld,
    body: bytes | dict[str, Any],
    arguments: dict[str, Any],
    status: int,
    kept: dict[str, int],
) -> None:
    """What a genuine sender sent is kept with the reason; what a stranger sent is not."""
    reply = await world.webhook(body, **arguments)
    good = await world.webhook(an_order("2002"))

    counts = dict(world.store.inbox.count_by_status())
    assert reply.status_code == status
    assert good.status_code == 200
    assert counts.pop("delivered") == 1
    assert counts == kept


async def test_a_body_that_does_not_say_how_long_it_is_is_still_limited(world: WebWorld) -> None:
    """Chunked sending does not get around the limit."""

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 65_536

    reply = await world.call("POST", "/hooks/woocommerce/main", content=chunks())

    assert reply.status_code == 413


async def test_the_shop_is_asked_to_send_again_when_orders_cannot_be_reached(world: WebWorld) -> None:
    """503 with a time; sent again, it is taken in."""
    world.mailbox.fails = Unavailable("Temporal is away")
    refused = await world.webhook(an_order())

    world.mailbox.fails = None
    taken = await world.webhook(an_order())

    assert (refused.status_code, taken.status_code) == (503, 200)
    assert refused.headers["retry-after"]


async def test_a_deleted_order_is_looked_up(world: WebWorld) -> None:
    """In the trash it is cancelled; the webhook itself tells its number only."""
    world.shop.payloads = [an_order("7", status="cancelled")]

    found = await world.webhook({"id": 7}, topic="order.deleted")
    lost = await world.webhook({"id": 8}, topic="order.deleted")

    assert (found.json()["status"], lost.json()["status"]) == ("delivered", "parked")


async def test_nothing_personal_is_logged_or_answered(
    world: WebWorld, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither for a good order, nor for one that our mapping fails at, nor for an error of ours."""
    caplog.set_level(logging.DEBUG)
    replies = [
        await world.webhook(an_order()),
        await world.webhook({"bug": True, "name": NAME, "phone": PHONE}),
    ]
    world.store.close()
    world.mailbox.fails = Unavailable("away")

    replies.append(await world.webhook(an_order("3", minutes=3)))

    written = " ".join(str(vars(record)) for record in caplog.records if record.name.startswith("oms"))
    shown = " ".join(reply.text for reply in replies)
    for person in (PHONE, "文三路"):
        assert person not in written
        assert person not in shown
    assert NAME not in shown
