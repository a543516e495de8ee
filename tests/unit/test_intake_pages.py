"""A page shares its transactions, and still every payload of it is taken in as if it had come alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from oms.domain.errors import Unavailable
from oms.domain.messages import SnapshotArrived, Way
from tests.unit.intake_world import SHOP, IntakeWorld, RememberingMailbox, a_key, a_store, an_order


@dataclass
class ChoosyMailbox(RememberingMailbox):
    """A mailbox that cannot reach one of the orders."""

    unreachable: str = ""

    async def snapshot(self, message: SnapshotArrived) -> bool:
        if message.snapshot.key.number == self.unreachable:
            raise Unavailable("this one is away")
        return await super().snapshot(message)


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[IntakeWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield IntakeWorld(store, mailbox=ChoosyMailbox())
    store.close()


async def test_the_whole_page_is_kept_before_the_first_order_is_told(world: IntakeWorld) -> None:
    """A crash in the middle of a page loses nothing of it."""
    world.mailbox.fails = Unavailable("Temporal is away")

    with pytest.raises(Unavailable):
        await world.intake.receive_all(SHOP, Way.POLL, [an_order(str(number)) for number in range(40)])

    assert len(world.store.inbox.unsettled()) == 40


async def test_one_order_out_of_reach_leaves_the_others_of_its_page_settled(world: IntakeWorld) -> None:
    """The page is offered again, and only the one is news then."""
    page = [an_order(str(number)) for number in range(40)]
    world.mailbox = ChoosyMailbox(unreachable="7")
    with pytest.raises(Unavailable):
        await world.intake.receive_all(SHOP, Way.POLL, page)
    fates = dict(world.store.inbox.count_by_status())

    world.mailbox = ChoosyMailbox()
    receipts = await world.intake.receive_all(SHOP, Way.POLL, page)

    assert fates == {"delivered": 39, "received": 1}
    assert [str(receipt.order) for receipt in receipts if receipt.status == "delivered"] == [str(a_key("7"))]


async def test_an_order_that_is_on_a_page_twice_is_told_in_turn(world: IntakeWorld) -> None:
    """A list that moves shows both: the same again is a repetition, and what was taken back is taken back."""
    await world.intake.receive(SHOP, Way.POLL, an_order(street="street 1"))

    receipts = await world.intake.receive_all(
        SHOP, Way.POLL,
        [
            an_order(minutes=5, street="street 2"), an_order(minutes=5, street="street 2"),
            an_order(minutes=10, street="street 1"),
        ],
    )  # fmt: skip

    assert [receipt.status for receipt in receipts] == ["delivered", "repeated", "delivered"]
    assert world.mailbox.snapshots[0].snapshot.receiver_digest == (
        world.mailbox.snapshots[-1].snapshot.receiver_digest
    )


async def test_a_payload_that_the_database_cannot_take_delays_none_of_the_others(world: IntakeWorld) -> None:
    """Half a character in an address can be kept as received, but not sealed: the failure is this one's alone."""
    page = [an_order(str(number)) for number in range(20)]
    page[3] = an_order("3", street="street \ud800")

    with pytest.raises(UnicodeEncodeError):
        await world.intake.receive_all(SHOP, Way.POLL, page)

    assert world.store.inbox.count_by_status() == {"delivered": 19, "received": 1}


async def test_a_page_without_payloads_is_taken_in(world: IntakeWorld) -> None:
    """Most polls find nothing."""
    assert await world.intake.receive_all(SHOP, Way.POLL, []) == []


async def test_inbox_ids_of_a_page_sort_as_the_page_did(world: IntakeWorld) -> None:
    """Whoever retries a page later goes through it in its own order."""
    receipts = await world.intake.receive_all(SHOP, Way.POLL, [an_order(str(number)) for number in range(30)])

    inbox_ids = [receipt.inbox_id for receipt in receipts]
    assert inbox_ids == sorted(inbox_ids)
