"""After-sales reach their workflows once each, whichever way they come, and none is lost or in another's way."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oms.domain.aftersale import AfterSaleStatus
from oms.domain.errors import Misused, Unavailable
from oms.domain.messages import Way
from oms.polling import Polling
from oms.ports import Word
from oms.pushes import Pushes
from tests.unit.case_world import CaseWorld, a_case
from tests.unit.intake_world import MINUTE, NOON, SHOP, PlainShop, a_key, a_store, an_order

WORD = Word(number="1001", topic="refund", case="R1", event_id="m-1")


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[CaseWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield CaseWorld(store)
    store.close()


async def take(world: CaseWorld, *payloads: dict[str, Any]) -> list[str]:
    """Take payloads in one after the other, as polls do; returns what became of each."""
    return [(await world.cases.receive_all(SHOP, Way.POLL, [payload]))[0].status for payload in payloads]


async def test_a_payload_is_kept_as_received_and_handed_on(world: CaseWorld) -> None:
    """Sealed in the inbox, under its own source, with what became of it."""
    (receipt,) = await world.cases.receive_all(SHOP, Way.POLL, [a_case()])

    assert (receipt.status, str(receipt.order)) == ("delivered", "woocommerce:main:1001")
    assert [(case.id, case.refund_fen) for case in world.mailbox.cases] == [("R1", 100)]
    assert b'"case":"R1"' in world.store.inbox.payload(receipt.inbox_id)
    assert world.store.inbox.count_by_status() == {"delivered": 1}


async def test_a_case_that_comes_before_its_order_has_the_order_fetched(world: CaseWorld) -> None:
    """So that the order hears of it; one that is known is not fetched for it."""
    world.shop.payloads = [an_order()]

    await world.cases.receive_all(SHOP, Way.POLL, [a_case()])

    assert [message.snapshot.key for message in world.mailbox.snapshots] == [a_key()]
    assert [case.id for case in world.mailbox.cases] == ["R1"]


async def test_the_same_content_twice_is_one(world: CaseWorld) -> None:
    """Also when only the time of modification moved: nothing was said."""
    statuses = await take(world, a_case(), a_case(), a_case(minutes=3))

    assert statuses == ["delivered", "repeated", "repeated"]
    assert len(world.mailbox.cases) == 1


async def test_two_copies_at_one_moment_are_one(world: CaseWorld) -> None:
    """A page that names a case twice."""
    receipts = await world.cases.receive_all(SHOP, Way.POLL, [a_case(), a_case()])

    assert sorted(receipt.status for receipt in receipts) == ["delivered", "repeated"]


async def test_older_content_is_stale_and_newer_is_delivered(world: CaseWorld) -> None:
    """By the platform's time, and within one second by how far the case is."""
    statuses = await take(
        world,
        a_case(minutes=5, status="approved"),
        a_case(minutes=4),
        a_case(minutes=5),
        a_case(minutes=5, status="returning"),
        a_case(minutes=9, status="refunded"),
    )

    assert statuses == ["delivered", "stale", "stale", "delivered", "delivered"]
    assert [case.status for case in world.mailbox.cases] == ["approved", "returning", "refunded"]


async def test_a_time_ahead_of_ours_is_taken_as_now(world: CaseWorld) -> None:
    """Or every later word would look old."""
    await take(world, a_case(minutes=60 * 24))

    assert world.mailbox.cases[0].modified_at == world.clock()
    assert await take(world, a_case(minutes=31, status="approved")) == ["delivered"]


@pytest.mark.parametrize("broken", [{"case": "R2", "number": "1001"}, a_case("R2", bug="王小明")])
async def test_what_cannot_be_mapped_is_parked_and_delays_nobody(
    world: CaseWorld, broken: dict[str, Any]
) -> None:
    """Visible with its reason, which holds nothing of the content."""
    receipts = await world.cases.receive_all(SHOP, Way.POLL, [broken, a_case()])

    (arrival,) = world.store.inbox.parked()
    assert [receipt.status for receipt in receipts] == ["parked", "delivered"]
    assert (arrival.source, arrival.shop) == ("after_sale", SHOP)
    assert arrival.reason
    assert "王小明" not in arrival.reason


async def test_a_parked_payload_can_be_tried_again_under_its_own_row(world: CaseWorld) -> None:
    """After the mapping was mended."""
    await take(world, a_case(bug="x"))
    (arrival,) = world.store.inbox.parked()
    world.shop.mapping_is_broken = False

    receipt = await world.intake.retry(arrival)

    assert (receipt.status, receipt.inbox_id) == ("delivered", arrival.inbox_id)
    assert world.store.inbox.parked() == ()
    assert world.store.inbox.count_by_status() == {"delivered": 1}


async def test_what_was_not_handed_on_is_handed_on_when_it_comes_again(world: CaseWorld) -> None:
    """It is remembered only afterwards."""
    world.mailbox.fails = Unavailable("Temporal is away")
    with pytest.raises(Unavailable):
        await take(world, a_case())
    world.mailbox.fails = None

    statuses = await take(world, a_case())

    assert statuses == ["delivered"]
    assert world.store.inbox.count_by_status() == {"received": 1, "delivered": 1}


async def test_a_case_that_has_ended_here_is_told_apart(world: CaseWorld) -> None:
    """Somebody may want to look at it."""
    await take(world, a_case())
    world.mailbox.ended = {a_key()}

    statuses = await take(world, a_case(minutes=1, status="closed"), a_case(minutes=1, status="closed"))

    assert statuses == ["ended", "repeated"]


async def test_a_push_delivers_the_case_beside_the_order(world: CaseWorld) -> None:
    """At once, not at the next poll."""
    world.shop.payloads, world.shop.cases = [an_order()], [a_case()]

    receipt = await Pushes(world.store, world.intake).take(SHOP, WORD, b"{}")

    assert receipt is not None
    assert (len(world.mailbox.snapshots), len(world.mailbox.cases)) == (1, 1)
    assert world.store.inbox.count_by_status() == {"delivered": 3}


async def test_ten_thousand_repetitions_of_one_push_are_one_delivery(world: CaseWorld) -> None:
    """And cost the platform's quota one question."""
    world.shop.payloads, world.shop.cases = [an_order()], [a_case()]
    pushes = Pushes(world.store, world.intake)

    for _ in range(10_000):
        await pushes.take(SHOP, WORD, b"{}")

    assert (len(world.mailbox.snapshots), len(world.mailbox.cases)) == (1, 1)
    assert world.shop.fetched == ["R1"]


async def test_a_case_that_cannot_be_fetched_now_is_said_again(world: CaseWorld) -> None:
    """The order was taken in all the same; the second time it is a repetition."""
    world.shop.payloads, world.shop.cases = [an_order()], [a_case()]
    world.shop.cases_fail = Unavailable("busy")
    pushes = Pushes(world.store, world.intake)
    with pytest.raises(Unavailable):
        await pushes.take(SHOP, WORD, b"{}")
    world.shop.cases_fail = None

    await pushes.take(SHOP, WORD, b"{}")

    assert (len(world.mailbox.snapshots), len(world.mailbox.cases)) == (1, 1)


async def test_a_case_that_the_platform_will_not_show_holds_no_message_up(world: CaseWorld) -> None:
    """Repeating the message for ever would not help; the list brings the case."""
    world.shop.payloads, world.shop.cases_fail = [an_order()], Misused("no right to after-sales")

    receipt = await Pushes(world.store, world.intake).take(SHOP, WORD, b"{}")

    assert receipt is not None
    assert receipt.status == "delivered"


async def test_a_poll_of_after_sales_has_a_cursor_of_its_own(world: CaseWorld) -> None:
    """Overlapping with what was read before, like the orders', and not moved by them."""
    world.shop.cases = [a_case()]
    polling = Polling(world.store, world.intake, {SHOP: world.shop}, world.clock)
    await polling.poll(SHOP)
    first = await polling.poll_after_sales(SHOP)
    world.clock.now += 15 * MINUTE

    second = await polling.poll_after_sales(SHOP)

    assert first is not None
    assert second is not None
    assert (first.outcome, second.outcome) == ("done", "done")
    assert [case.id for case in world.mailbox.cases] == ["R1"]
    assert world.shop.case_windows[1][0] == NOON + 20 * MINUTE
    assert world.store.polls.state(SHOP).cursor == NOON + 30 * MINUTE
    assert world.store.case_polls.state(SHOP).cursor == NOON + 45 * MINUTE


async def test_three_failed_polls_of_after_sales_alert_once(world: CaseWorld) -> None:
    """The orders' polls know nothing of it, and the cursor stands still."""
    polling = Polling(world.store, world.intake, {SHOP: world.shop}, world.clock)
    await polling.poll_after_sales(SHOP)
    world.shop.cases_fail = Unavailable("busy")

    failed = [await polling.poll_after_sales(SHOP) for _ in range(4)]
    world.shop.cases_fail = None
    after = await polling.poll_after_sales(SHOP)

    assert [each.alert for each in failed if each and each.outcome == "failed"] == [False, False, True, False]
    assert world.store.polls.state(SHOP).failures == 0
    assert after is not None
    assert after.outcome == "done"
    assert after.recovered_after == 4


async def test_a_sweep_delivers_after_sales_that_the_polls_passed_by(world: CaseWorld) -> None:
    """And counts them."""
    polling = Polling(world.store, world.intake, {SHOP: world.shop}, world.clock)
    await polling.poll_after_sales(SHOP)
    world.shop.cases = [a_case(), a_case("R2", minutes=33)]

    done = await polling.sweep(SHOP, NOON - 60 * MINUTE, NOON + 60 * MINUTE)

    assert (done.after_sales, done.after_sales_recovered) == (2, 1)
    assert {case.id for case in world.mailbox.cases} == {"R1", "R2"}
    assert world.mailbox.cases[0].status is AfterSaleStatus.REQUESTED


async def test_a_channel_without_after_sales_is_polled_for_none(world: CaseWorld) -> None:
    """The own shop has no list of wishes."""
    polling = Polling(world.store, world.intake, {SHOP: PlainShop()}, world.clock)

    done = await polling.poll_after_sales(SHOP)

    assert done is None
    assert world.store.case_polls.state(SHOP).cursor is None
