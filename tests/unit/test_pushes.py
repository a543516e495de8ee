"""A platform's messages are taken in once each; listening goes on whatever breaks."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from oms.domain.errors import Unavailable
from oms.ports import Take, Word
from oms.pushes import Pushes, keep_listening
from tests.unit.intake_world import SHOP, IntakeWorld, PlainShop, a_key, a_store, an_order


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[IntakeWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield IntakeWorld(store)
    store.close()


NAMED = Word(number="1001", topic="paid", event_id="m-1")


async def test_a_message_that_names_an_order_fetches_it(world: IntakeWorld) -> None:
    """Both the message and the order are in the inbox, and the order's workflow hears of it."""
    world.shop.payloads = [an_order()]

    receipt = await Pushes(world.store, world.intake).take(SHOP, NAMED, b"{}")

    assert receipt is not None
    assert receipt.status == "delivered"
    assert [message.snapshot.key for message in world.mailbox.snapshots] == [a_key()]
    assert world.store.inbox.count_by_status() == {"delivered": 2}


async def test_the_same_message_again_is_not_taken_in_again(world: IntakeWorld) -> None:
    """A replay costs the platform's quota nothing."""
    world.shop.payloads = [an_order()]
    await Pushes(world.store, world.intake).take(SHOP, NAMED, b"{}")

    again = await Pushes(world.store, world.intake).take(SHOP, NAMED, b"{}")

    assert again is None
    assert world.store.inbox.count_by_status() == {"delivered": 2}


async def test_a_message_that_broke_off_is_taken_in_when_it_is_said_again(world: IntakeWorld) -> None:
    """It is remembered only once it is safe."""
    world.shop.payloads, world.mailbox.fails = [an_order()], Unavailable("Temporal is away")
    pushes = Pushes(world.store, world.intake)
    with pytest.raises(Unavailable):
        await pushes.take(SHOP, NAMED, b"{}")
    world.mailbox.fails = None

    receipt = await pushes.take(SHOP, NAMED, b"{}")

    assert receipt is not None
    assert len(world.mailbox.snapshots) == 1


async def test_a_wish_for_another_address_reaches_the_order_once(world: IntakeWorld) -> None:
    """Beside the order itself, which may show nothing of it yet."""
    world.shop.payloads = [an_order()]
    pushes = Pushes(world.store, world.intake)
    wish = NAMED.model_copy(update={"wants_address": True, "event_id": "m-2"})

    for _ in range(2):
        await pushes.take(SHOP, wish, b"{}")

    assert [(order, event.event_id) for order, event in world.mailbox.wishes] == [(a_key(), "address:m-2")]


async def test_an_order_that_its_platform_does_not_know_is_parked(world: IntakeWorld) -> None:
    """With the number and what to do; the next message is not held up."""
    receipt = await Pushes(world.store, world.intake).take(SHOP, NAMED, b"{}")

    assert receipt is not None
    assert (receipt.status, receipt.order) == ("parked", a_key())
    assert "cancel it here" in receipt.reason


async def test_a_parked_message_can_be_retried(world: IntakeWorld) -> None:
    """Once the platform knows the order (again), retrying fetches it."""
    await Pushes(world.store, world.intake).take(SHOP, NAMED, b"{}")
    world.shop.payloads = [an_order()]
    (arrival,) = world.store.inbox.parked(limit=10)

    receipt = await world.intake.retry(arrival)

    assert receipt.status == "delivered"
    assert world.store.inbox.count_by_status() == {"delivered": 2}


class BreakingShop(PlainShop):
    """Its connection breaks after the first message, and once for no reason of ours."""

    connections = 0
    third_time: asyncio.Event

    async def listen(self, take: Take) -> None:
        self.connections += 1
        if self.connections == 1:
            await take(NAMED, b"{}")
            raise Unavailable("the connection broke")
        if self.connections == 2:
            raise ZeroDivisionError
        self.third_time.set()
        await asyncio.Event().wait()


async def test_listening_begins_again_whatever_broke_it(
    world: IntakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An outage of theirs or a fault in an adapter is a pause, not the end."""
    monkeypatch.setattr("oms.pushes.SHORTEST_WAIT_S", 0.001)
    shop = BreakingShop([an_order()])
    world.shop, shop.third_time = shop, asyncio.Event()
    pushes = Pushes(world.store, world.intake)

    listening = asyncio.create_task(keep_listening({SHOP: shop}, pushes))
    await shop.third_time.wait()
    listening.cancel()

    assert len(world.mailbox.snapshots) == 1
