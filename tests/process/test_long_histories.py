"""An order's memory survives a fresh history; nothing that was said to it is lost."""

import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from oms.domain.messages import AddNote
from oms.domain.order import PlatformStatus
from oms.domain.parcels import ParcelState
from oms.domain.stages import Stage
from oms.domain.state import REMEMBERED_CHANGES, REMEMBERED_EVENTS
from tests.process.conftest import World, a_server, a_world
from tests.process.orders import a_snapshot, cancelled, later, unpaid

SHORT = "limit.historyCount.suggestContinueAsNew=60"
NOTES = 40
SCANS = 300


@pytest.fixture(scope="module")
async def short_histories() -> AsyncIterator[WorkflowEnvironment]:
    """A dev server that suggests a fresh history after 60 events."""
    async with a_server(SHORT) as environment:
        yield environment


@pytest.fixture
async def world(
    short_histories: WorkflowEnvironment, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[World]:
    """The world of conftest on that server."""
    async with a_world(short_histories, tmp_path, request.node.name) as surroundings:
        yield surroundings


async def test_an_order_carries_its_whole_memory_into_a_fresh_history(world: World) -> None:
    """Notes by the dozen: no note is lost, nothing is released twice, and it still completes."""
    order = world.order(a_snapshot())
    await order.arrives()
    await order.until(lambda state: state.deliveries and state.deliveries[0].status == "accepted")
    first_run = (await order.handle.describe()).run_id

    for number in range(NOTES):
        await order.asks("add_note", AddNote(by="li", why=f"note {number}"))
    await order.ships()
    await order.parcel(ParcelState.DELIVERED)
    state = await order.ends()

    assert (await order.handle.describe()).run_id != first_run
    assert state.outcome == "completed"
    assert [c.why for c in state.timeline if c.what == "note.added"] == [f"note {n}" for n in range(NOTES)]
    assert len(world.warehouse.asked) == len(world.channel.told) == 1


async def test_the_clock_goes_on_in_a_fresh_history(world: World) -> None:
    """A deadline armed before is struck after, once."""
    order = world.order(a_snapshot())
    await order.arrives()
    await order.until(lambda state: state.deliveries and state.deliveries[0].status == "accepted")

    for number in range(NOTES):
        await order.asks("add_note", AddNote(by="li", why=f"note {number}"))
    await order.waits(timedelta(hours=49))
    state = await order.until(lambda state: state.sla == "late")

    struck = [change.what for change in state.timeline if change.what.startswith("clock.")]
    steps = ["escalate", "escalate_further", "remind", "warn", "late"]
    assert struck == [f"clock.{step}" for step in steps]


async def test_a_flood_of_snapshots_loses_none_and_ends_with_the_newest(world: World) -> None:
    """Two hundred words of the platform across several histories: the end depends only on the newest."""
    order = world.order(a_snapshot(total_fen=500_000))
    await order.arrives()
    await order.becomes(Stage.ALLOCATED)
    snapshot = order.snapshot

    for number in itertools.islice(itertools.count(1), 200):
        snapshot = later(snapshot, total_fen=500_000 + number)
        await order.says(snapshot)
    state = await order.until(lambda state: state.snapshot.total_fen == snapshot.total_fen, tries=600)

    assert state.stage == Stage.ALLOCATED
    assert state.snapshot.status is PlatformStatus.PAID
    assert state.seq >= 200
    assert datetime.now(UTC) >= state.snapshot.created_at


async def test_two_words_of_one_second_end_alike_whichever_comes_last(world: World) -> None:
    """Platform clocks tick in seconds: created and paid in one of them, in both orders of arrival."""
    first, second = world.order(unpaid()), world.order(a_snapshot())
    paid = first.snapshot.model_copy(
        update={
            "status": PlatformStatus.PAID,
            "raw_status": "processing",
            "paid_at": first.snapshot.modified_at,
        }
    )
    late = second.snapshot.model_copy(
        update={"status": PlatformStatus.AWAITING_PAYMENT, "raw_status": "pending", "paid_at": None}
    )

    await first.arrives()
    await first.says(paid)
    await second.arrives()
    await second.says(late)

    assert (await first.becomes(Stage.RELEASED)).snapshot.status is PlatformStatus.PAID
    assert (await second.becomes(Stage.RELEASED)).snapshot.status is PlatformStatus.PAID


async def test_an_order_without_lines_waits_for_a_person_and_can_be_cancelled(world: World) -> None:
    """Real data has such orders: nothing to ship is not a crash, and not a shipment."""
    order = world.order(a_snapshot(lines=()))
    await order.arrives()
    state = await order.until(lambda state: state.held("unmapped_sku"))
    assert "no lines" in state.holds[0].note

    await order.says(cancelled(order.snapshot))

    assert (await order.ends()).outcome == "cancelled"


async def test_a_parcel_that_is_never_delivered_does_not_make_the_order_grow(world: World) -> None:
    """Hundreds of scans that move nothing: the history stays short, the memory bounded, and it still completes."""
    order = world.order(a_snapshot())
    await order.arrives()
    await order.until(lambda state: state.deliveries and state.deliveries[0].status == "accepted")
    await order.ships()
    await order.parcel(ParcelState.PICKED_UP)
    await order.becomes(Stage.IN_TRANSIT)
    first_run = (await order.handle.describe()).run_id

    for number in range(SCANS):
        await order.parcel(ParcelState.PICKED_UP, event_id=f"scan-{number}")
    await order.waits(timedelta(days=30))
    state = await order.until(lambda state: f"scan-{SCANS - 1}" in state.seen, tries=600)
    now = await order.handle.describe()
    told = [notice.title for notice in world.people.told]
    await order.parcel(ParcelState.DELIVERED)
    last = await order.ends()

    assert now.run_id != first_run
    assert now.history_length < SCANS
    assert (len(state.seen) <= REMEMBERED_EVENTS, len(state.timeline) <= REMEMBERED_CHANGES) == (True, True)
    assert told.count("parcel still on its way 72 h after shipping") == 1
    assert (last.stage, last.outcome) == ("completed", "completed")
