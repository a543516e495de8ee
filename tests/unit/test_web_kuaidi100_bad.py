"""Every bad callback of a carrier has an end: answered, kept unless it is forged, and no order is stuck or misled."""

import asyncio
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from httpx import ASGITransport, AsyncClient

from oms.domain.parcels import ParcelState
from oms.web.app import create_app
from tests.unit.intake_world import a_store
from tests.unit.web_world import SALT, WAYBILL, WebWorld, a_parcel, a_trace

P = ParcelState
OTHERS = "JD777"
AT_ONCE = 8


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[WebWorld]:
    store = a_store(tmp_path, sqlite_template)
    world = WebWorld(store)
    world.the_order_stands_at("shipped", parcels=(a_parcel(),))
    yield world
    store.close()


def in_transit(world: WebWorld) -> None:
    """Another order, on its way, as JD777."""
    parcel = a_parcel(P.IN_TRANSIT).model_copy(update={"waybill": OTHERS})
    world.the_order_stands_at("in_transit", "1002", parcels=(parcel,))


async def test_another_parcels_trace_at_this_address_moves_neither(world: WebWorld) -> None:
    """Whosever both are: parked with the reason, for a person; the right address takes it afterwards."""
    in_transit(world)
    stray = a_trace(("13:00:00", "x"), waybill=OTHERS, state="3")

    refused = await world.kuaidi100(stray, waybill=WAYBILL)
    taken = await world.kuaidi100(stray, waybill=OTHERS)

    assert (refused.status_code, taken.status_code) == (400, 200)
    assert [order.number for order, _ in world.mailbox.parcel_events] == ["1002"]
    assert world.store.inbox.count_by_status() == {"parked": 1, "delivered": 1}
    assert world.store.inbox.parked()[0].reason == "lastResult.nu: is another parcel's"


async def test_a_trace_that_is_older_than_what_is_known_changes_nothing(world: WebWorld) -> None:
    """A trouble of the morning, heard when the parcel goes on again: the trace has it, the order hears nothing."""
    in_transit(world)
    await world.kuaidi100(a_trace(("11:30:00", "运输中"), waybill=OTHERS), waybill=OTHERS)

    late = await world.kuaidi100(a_trace(("09:00:00", "x"), waybill=OTHERS, state="2"), waybill=OTHERS)

    assert late.json()["result"] is True
    assert world.mailbox.parcel_events == []
    assert len(world.store.orders.scans(OTHERS)) == 2


async def test_a_signature_of_long_ago_is_heard_however_late(world: WebWorld) -> None:
    """What raises the parcel's rank counts by what it says, not by when it came."""
    in_transit(world)
    await world.kuaidi100(a_trace(("11:30:00", "运输中"), waybill=OTHERS), waybill=OTHERS)

    await world.kuaidi100(a_trace(("09:00:00", "x"), waybill=OTHERS, state="3"), waybill=OTHERS)

    assert [event.state for _, event in world.mailbox.parcel_events] == [P.DELIVERED]


async def test_an_unknown_state_is_kept_raw_and_moves_nothing(world: WebWorld) -> None:
    """Success is said, or they would say it for ever."""
    trace = a_trace(("11:30:00", "量子传送中"), state="4711")

    reply = await world.kuaidi100(trace)

    assert reply.json()["result"] is True
    assert world.mailbox.parcel_events == []
    assert [scan.text for scan in world.store.orders.scans(WAYBILL)] == ["量子传送中"]


async def test_a_time_of_the_future_neither_decides_nor_keeps_the_parcel_awake(world: WebWorld) -> None:
    """The line is kept; the line before it decides, and the watch goes by that one, too."""
    trace = a_trace(("11:30:00", "已揽收"), state="1")
    row = {"time": "2199-01-01 00:00:00", "ftime": "2199-01-01 00:00:00", "context": "预计送达"}
    trace["lastResult"]["data"].insert(0, row)

    await world.kuaidi100(trace)

    (going,) = world.store.watch.of(WAYBILL)
    assert [event.state for _, event in world.mailbox.parcel_events] == [P.PICKED_UP]
    assert going.scanned_at is not None
    assert going.scanned_at.year == 2026
    assert len(world.store.orders.scans(WAYBILL)) == 2


@pytest.mark.parametrize("with_a_trace", [True, False])
async def test_a_carrier_that_gives_up_is_heard_and_remembered(world: WebWorld, with_a_trace: bool) -> None:
    """With what it knew or with nothing; the watch follows the parcel anew half an hour later."""
    trace = a_trace(("11:30:00", "已揽收"), state="1") if with_a_trace else a_trace()

    reply = await world.kuaidi100({**trace, "status": "abort", "message": "3天查询无记录"})

    (parcel,) = world.store.watch.under_way(9)
    assert reply.json()["result"] is True
    assert parcel.gave_up_at == world.clock.now
    assert len(world.mailbox.parcel_events) == with_a_trace


async def test_an_abort_without_any_trace_is_understood(world: WebWorld) -> None:
    """Some leave lastResult away altogether."""
    reply = await world.kuaidi100({"status": "abort", "message": "60天无变化"})

    (parcel,) = world.store.watch.under_way(9)
    assert reply.json()["result"] is True
    assert parcel.gave_up_at is not None


@pytest.mark.parametrize(
    "body", [b"<!DOCTYPE html><title>502</title>", b"param=%3Chtml%3E&sign=x", b"\x00" * 50]
)
async def test_html_instead_of_a_form_is_nobodys(world: WebWorld, body: bytes) -> None:
    """No signature, no trace of it."""
    reply = await world.call("POST", f"/hooks/kuaidi100/{WAYBILL}", content=body)

    assert reply.status_code == 401
    assert world.store.inbox.count_by_status() == {}


async def test_a_box_of_two_orders_is_told_to_both(world: WebWorld) -> None:
    """The warehouse may put two orders of one buyer into one box."""
    world.the_order_stands_at("shipped", "1002", parcels=(a_parcel(),))

    await world.kuaidi100(a_trace(("11:30:00", "已签收"), state="3"))

    assert sorted(order.number for order, _ in world.mailbox.parcel_events) == ["1001", "1002"]


def form_of(trace: dict[str, Any]) -> bytes:
    """A signed callback, as it is sent again and again."""
    text = json.dumps(trace, ensure_ascii=False)
    sign = hashlib.md5((text + SALT).encode(), usedforsecurity=False).hexdigest().upper()
    return urlencode({"param": text, "sign": sign}).encode()


@pytest.mark.parametrize(
    "times",
    [300, pytest.param(10_000, marks=[pytest.mark.slow, pytest.mark.timeout(900)])],
)
async def test_ten_thousand_times_the_same_callback_is_one(world: WebWorld, times: int) -> None:
    """One event, one line of the trace: also while the read model still shows the state before.

    Eight at a time, so that those under way at once may each tell the order the one event, which counts it once.
    Each call is kept in the inbox, as a repetition: nothing that was signed vanishes without a sign.
    """
    body, address = form_of(a_trace(("11:30:00", "已签收"), state="3")), f"/hooks/kuaidi100/{WAYBILL}"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    left = iter(range(times))

    async def carrier(client: AsyncClient) -> set[int]:
        return {(await client.post(address, content=body, headers=headers)).status_code for _ in left}

    async with AsyncClient(
        transport=ASGITransport(create_app(world.parts)), base_url="http://oms.test"
    ) as client:
        statuses = await asyncio.gather(*(carrier(client) for _ in range(AT_ONCE)))

    assert set().union(*statuses) == {200}
    assert 1 <= len(world.mailbox.parcel_events) <= AT_ONCE
    assert len({event.event_id for _, event in world.mailbox.parcel_events}) == 1
    assert len(world.store.orders.scans(WAYBILL)) == 1
    assert sum(world.store.inbox.count_by_status().values()) == times
    assert world.store.inbox.count_by_status()["repeated"] >= times - AT_ONCE
