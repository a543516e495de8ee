"""Whatever a platform says reaches its order once, whichever way it came."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from oms.domain.errors import Misused, Unavailable
from oms.domain.ids import ShopKey
from oms.domain.messages import Way
from tests.unit.intake_world import NAME, NOON, PHONE, SHOP, IntakeWorld, a_key, a_store, an_order


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[IntakeWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield IntakeWorld(store)
    store.close()


@pytest.mark.parametrize("way", [Way.POLL, Way.WEBHOOK, Way.SWEEP, Way.RESYNC])
async def test_a_new_order_reaches_its_workflow_whichever_way_it_comes(world: IntakeWorld, way: Way) -> None:
    """Poll, webhook, sweep and resync are the same thing."""
    receipt = await world.intake.receive(SHOP, way, an_order())

    assert (receipt.status, receipt.order) == ("delivered", a_key())
    assert [message.way for message in world.mailbox.snapshots] == [way]
    assert world.store.inbox.count_by_status() == {"delivered": 1}


async def test_the_payload_is_kept_as_it_was_received(world: IntakeWorld) -> None:
    """Byte for byte, spaces included."""
    raw = b'{ "number":"1001", "modified":0,"status" : "paid", "street":"x" }'

    receipt = await world.intake.receive(SHOP, Way.WEBHOOK, an_order(street="x"), raw=raw)

    assert world.store.inbox.payload(receipt.inbox_id) == raw


async def test_the_person_stays_in_the_vault(world: IntakeWorld) -> None:
    """The workflow gets digests; the receiver can be opened under them."""
    await world.intake.receive(SHOP, Way.POLL, an_order())

    message = world.mailbox.snapshots[0]
    written = message.model_dump_json()
    receiver, _ = world.store.receivers.get(
        a_key(), message.snapshot.receiver_digest, who="test", purpose="test"
    )
    assert NAME not in written
    assert PHONE not in written
    assert message.snapshot.buyer
    assert receiver.name == NAME


async def test_the_same_content_costs_one_signal(world: IntakeWorld) -> None:
    """Ten deliveries of one content, also with a later time, are one fact."""
    await world.intake.receive(SHOP, Way.WEBHOOK, an_order())

    receipts = [await world.intake.receive(SHOP, Way.POLL, an_order(minutes=n)) for n in range(9)]

    assert {receipt.status for receipt in receipts} == {"repeated"}
    assert len(world.mailbox.snapshots) == 1


async def test_older_content_never_overwrites_newer(world: IntakeWorld) -> None:
    """The webhook of ten minutes ago that arrives late is stale."""
    await world.intake.receive(SHOP, Way.POLL, an_order(minutes=10, street="new street 1"))

    receipt = await world.intake.receive(SHOP, Way.WEBHOOK, an_order(minutes=0))

    assert receipt.status == "stale"
    assert len(world.mailbox.snapshots) == 1


async def test_a_change_in_between_is_stale_when_the_later_content_was_seen(world: IntakeWorld) -> None:
    """A, then A again at a later time, then the B of in between: A is right."""
    await world.intake.receive(SHOP, Way.POLL, an_order(minutes=0))
    await world.intake.receive(SHOP, Way.POLL, an_order(minutes=10))

    receipt = await world.intake.receive(SHOP, Way.WEBHOOK, an_order(minutes=5, street="wrong street 2"))

    assert receipt.status == "stale"


async def test_content_that_comes_back_is_a_new_fact(world: IntakeWorld) -> None:
    """A, B, A: the second A must be heard, under an event id of its own."""
    for minutes, street in ((0, "a 1"), (1, "b 2"), (2, "a 1")):
        await world.intake.receive(SHOP, Way.POLL, an_order(minutes=minutes, street=street))

    assert len({message.event_id for message in world.mailbox.snapshots}) == 3


async def test_our_own_write_back_is_no_news(world: IntakeWorld) -> None:
    """The shop says "shipped" because we told it so."""
    await world.intake.receive(SHOP, Way.POLL, an_order())
    world.the_order_stands_at("shipped")

    receipt = await world.intake.receive(SHOP, Way.WEBHOOK, an_order(minutes=5, status="shipped"))
    again = await world.intake.receive(SHOP, Way.POLL, an_order(minutes=5, status="shipped"))

    assert (receipt.status, again.status) == ("repeated", "repeated")
    assert "ourselves" in receipt.reason
    assert len(world.mailbox.snapshots) == 1


async def test_a_shipment_that_we_did_not_make_is_news(world: IntakeWorld) -> None:
    """Somebody shipped by hand in the shop."""
    await world.intake.receive(SHOP, Way.POLL, an_order())
    world.the_order_stands_at("accepted")

    receipt = await world.intake.receive(SHOP, Way.WEBHOOK, an_order(minutes=5, status="shipped"))

    assert receipt.status == "delivered"


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({"number": "1001"}, "status: is missing"),
        (b"[1, 2]", "not a JSON object"),
        (b"\xff\xfe", "not JSON"),
        (b'{"total": NaN}', "not JSON"),
        (b"[" * 5000, "not JSON"),
        ({"bug": True}, "our mapping failed (KeyError)"),
    ],
)
async def test_a_payload_without_meaning_is_parked_with_the_reason(
    world: IntakeWorld, payload: dict[str, object] | bytes, reason: str
) -> None:
    """It is kept, it is visible, and it quotes nobody."""
    receipt = await world.intake.receive(SHOP, Way.WEBHOOK, payload)

    parked = world.store.inbox.parked(10)
    assert (receipt.status, receipt.reason) == ("parked", reason)
    assert [row.reason for row in parked] == [reason]
    assert world.mailbox.snapshots == []


async def test_one_bad_payload_delays_none_of_the_others(world: IntakeWorld) -> None:
    """One is parked, ninety-nine are delivered, receipts stand in the order of the payloads."""
    payloads = [an_order(str(number)) for number in range(1000, 1099)]
    payloads.insert(50, {"number": "bad"})

    receipts = await world.intake.receive_all(SHOP, Way.POLL, payloads)

    assert [receipt.status for receipt in receipts].count("delivered") == 99
    assert receipts[50].status == "parked"


async def test_a_parked_payload_can_be_offered_again(world: IntakeWorld) -> None:
    """After the mapping learned to read it, it goes its way under the same inbox row."""
    await world.intake.receive(SHOP, Way.POLL, {"bug": True, **an_order()})
    world.shop.mapping_is_broken = False

    receipt = await world.intake.retry(world.store.inbox.parked(1)[0])

    assert receipt.status == "delivered"
    assert world.store.inbox.count_by_status() == {"delivered": 1}


async def test_a_mailbox_that_cannot_be_reached_leaves_the_fact_to_come_again(world: IntakeWorld) -> None:
    """Unavailable reaches the caller, and the next delivery is heard."""
    world.mailbox.fails = Unavailable("Temporal is away")
    with pytest.raises(Unavailable):
        await world.intake.receive(SHOP, Way.WEBHOOK, an_order())

    world.mailbox.fails = None
    receipt = await world.intake.receive(SHOP, Way.WEBHOOK, an_order())

    assert receipt.status == "delivered"
    assert len(world.store.inbox.unsettled()) == 1


async def test_of_many_the_good_ones_are_delivered_before_the_failure_is_told(world: IntakeWorld) -> None:
    """A caller that hears Unavailable offers the whole page again; that costs nothing."""
    world.mailbox.fails = Unavailable("Temporal is away")

    with pytest.raises(Unavailable):
        await world.intake.receive_all(SHOP, Way.POLL, [an_order("1"), an_order("2")])

    assert world.store.inbox.count_by_status() == {"received": 2}


async def test_a_time_in_the_future_does_not_make_the_next_word_stale(world: IntakeWorld) -> None:
    """A year ahead counts as now, and the note says so."""
    ahead = await world.intake.receive(SHOP, Way.POLL, an_order(minutes=60 * 24 * 365))
    world.clock.now += (world.clock.now - NOON) / 30

    after = await world.intake.receive(SHOP, Way.POLL, an_order(minutes=31, status="cancelled"))

    assert "lies ahead" in ahead.reason
    assert after.status == "delivered"


@pytest.mark.parametrize(
    ("stage", "payload", "status"),
    [
        ("completed", an_order(minutes=9, status="confirmed"), "repeated"),
        ("completed", an_order(minutes=9, status="refunded", refunded=18800), "ended"),
        ("cancelled", an_order(minutes=9, status="cancelled"), "repeated"),
        ("cancelled", an_order(minutes=9, status="shipped"), "ended"),
    ],
)
async def test_what_is_said_of_an_order_that_has_ended(
    world: IntakeWorld, stage: str, payload: dict[str, object], status: str
) -> None:
    """An echo of the end is a repetition, anything else is for a person; no second life is begun."""
    await world.intake.receive(SHOP, Way.POLL, an_order())
    world.the_order_stands_at(stage)

    receipt = await world.intake.receive(SHOP, Way.WEBHOOK, payload)
    again = await world.intake.receive(SHOP, Way.POLL, payload)

    assert (receipt.status, again.status) == (status, "repeated")
    assert len(world.mailbox.snapshots) == 1


async def test_an_order_that_ended_before_the_read_model_knew_is_not_lost(world: IntakeWorld) -> None:
    """The mailbox says so; the payload is kept for a person with words."""
    world.mailbox.ended.add(a_key())

    receipt = await world.intake.receive(SHOP, Way.POLL, an_order())

    assert receipt.status == "ended"
    assert "ended" in receipt.reason


async def test_an_order_deleted_for_good_is_parked_for_a_person(world: IntakeWorld) -> None:
    """The platform knows it no more: nobody but a person can say what is meant."""
    receipt = await world.intake.named(SHOP, "1001", b'{"id":1001}')

    assert (receipt.status, receipt.order) == ("parked", a_key())


async def test_an_order_in_the_trash_is_read_there(world: IntakeWorld) -> None:
    """Deleted, yet the platform still shows it, as withdrawn."""
    world.shop.payloads = [an_order(status="cancelled")]

    receipt = await world.intake.named(SHOP, "1001", b'{"id":1001}')

    assert receipt.status == "delivered"


async def test_a_resync_asks_the_platform(world: IntakeWorld) -> None:
    """Found orders are taken in; for one the platform does not know there is no receipt."""
    world.shop.payloads = [an_order("7")]

    receipt = await world.intake.resync(a_key("7"))

    assert receipt is not None
    assert receipt.status == "delivered"
    assert await world.intake.resync(a_key("8")) is None


async def test_a_shop_that_nobody_configured_is_our_mistake(world: IntakeWorld) -> None:
    """Misused, and nothing is kept."""
    with pytest.raises(Misused):
        await world.intake.receive(ShopKey(channel="woocommerce", shop="other"), Way.POLL, an_order())

    assert world.store.inbox.count_by_status() == {}
