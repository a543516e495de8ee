"""How long a parcel may say nothing: every figure seen from both sides of its second."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from oms.domain.errands import WatchDone, WatchParcels
from oms.domain.messages import ParcelEvent
from oms.domain.parcels import ParcelState
from oms.ports import ParcelReport, Scan
from oms.reports import ParcelReports
from oms.rules.table import RuleTable
from oms.temporal.mailbox import TemporalMailbox
from tests.process.boundaries import SECOND, at_the_warehouse, bounds, each_value, how_long
from tests.process.conftest import World
from tests.process.orders import Told
from tests.process.tables import a_version
from workflows.watch import WatchParcelsWorkflow


async def a_round(world: World, at: datetime) -> WatchDone:
    """Let the watch look after every parcel at a moment, as its Schedule does."""
    world.clock = lambda: at
    return await world.client.execute_workflow(
        WatchParcelsWorkflow.run, WatchParcels(), id=f"watch-{uuid4()}", task_queue=world.queue
    )


async def shipped(world: World, platform: str) -> tuple[Told, datetime]:
    """Return an order whose parcel has left just now, and when; no carrier has said a word."""
    order = await at_the_warehouse(world, platform)
    await order.ships(f"SF{order.key.number}", at=datetime.now(UTC).replace(microsecond=0))
    state = await order.until(lambda state: state.parcels and state.parcels[0].written_back, tries=400)
    return order, state.parcels[0].shipped_at


async def scanned(world: World, order: Told, at: datetime) -> None:
    """The carrier has scanned its parcel, and tells it at once."""
    waybill = f"SF{order.key.number}"
    event = ParcelEvent(
        event_id=f"scan:{waybill}", waybill=waybill, state=ParcelState.PICKED_UP, raw_state="103", at=at
    )
    scan = Scan(at=at, raw_state="103", text="已揽收")
    reports = ParcelReports(world.store, TemporalMailbox(world.client, queue=world.queue), lambda: at)
    await reports.hear(waybill, ParcelReport(event=event, carrier="sf", scans=(scan,), picked_up_at=at))
    await order.until(lambda state: state.parcels[0].state == ParcelState.PICKED_UP)


@bounds("parcel.first_scan_within")
@each_value("parcel.first_scan_within")
async def test_a_first_scan_is_missing_at_the_very_moment(world: World, platform: str) -> None:
    """A second before it nobody is told; at it operations and the supervisor are, and a second after it nobody again."""
    order, left = await shipped(world, platform)
    due = left + how_long(platform, "parcel.first_scan_within")

    rounds = [(await a_round(world, due + step * SECOND)).at_risk for step in (-1, 0, 1)]

    titles = [notice.title for notice in world.people.told if notice.order == str(order.key)]
    told = [line for line in world.store.orders.timeline(order.key) if line.what == "parcel.no_first_scan"]
    assert rounds == [0, 1, 0]
    assert titles == ["no first scan: risk of a false shipment"] * 2
    assert [line.rule for line in told] == ["parcel.first_scan_within"]


@bounds("parcel.first_scan_within")
async def test_a_parcel_scanned_within_the_last_second_is_in_no_danger(world: World) -> None:
    """Nobody is told at the very moment."""
    order, left = await shipped(world, "pdd")
    due = left + how_long("pdd", "parcel.first_scan_within")
    await scanned(world, order, due - SECOND)

    done = await a_round(world, due)

    assert done.at_risk == 0


@bounds("parcel.silent_after", "parcel.query_again_after")
@each_value("parcel.silent_after", "parcel.query_again_after")
async def test_a_silent_parcel_is_asked_for_and_asked_for_again(world: World, platform: str) -> None:
    """Silent is longer than its time, so a second after it; again at the very moment that its rest is over."""
    order, left = await shipped(world, platform)
    await scanned(world, order, left)
    silent = left + how_long(platform, "parcel.silent_after") + SECOND
    again = silent + how_long(platform, "parcel.query_again_after")

    moments = [silent - 2 * SECOND, silent - SECOND, silent, again - SECOND, again, again + SECOND]
    asked = [(await a_round(world, moment)).asked for moment in moments]

    assert asked == [0, 0, 1, 0, 1, 0]


@bounds("parcel.first_scan_within", "parcel.silent_after", "parcel.query_again_after")
async def test_other_figures_of_a_row_move_every_one_of_these_seconds(world: World) -> None:
    """A platform that says ten, twenty and two hours is lived by to the second."""
    world.newer.append(_a_stricter_platform())
    order, left = await shipped(world, "pdd")
    hours = timedelta(hours=1)

    unscanned = [(await a_round(world, left + 10 * hours + step * SECOND)).at_risk for step in (-1, 0)]
    await scanned(world, order, left + 11 * hours)
    silent = left + 31 * hours + SECOND
    asked = [
        (await a_round(world, moment)).asked
        for moment in (silent - SECOND, silent, silent + 2 * hours - SECOND, silent + 2 * hours)
    ]

    assert unscanned == [0, 1]
    assert asked == [0, 1, 0, 1]


def _a_stricter_platform() -> RuleTable:
    figures = {"first_scan_within": "10h", "silent_after": "20h", "query_again_after": "2h"}

    def change(content: Any) -> None:
        row = content["platforms"]["pdd"]
        row["parcel"] = figures
        row["evidence"] |= {f"parcel.{name}": "D" for name in figures}

    return a_version("parcels-1", change)
