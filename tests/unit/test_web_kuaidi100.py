"""What carriers report becomes the trace; the order hears only what changes where it stands."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from oms.domain.errors import Unavailable
from oms.domain.parcels import ParcelState
from tests.unit.intake_world import a_store
from tests.unit.web_world import WAYBILL, WebWorld, a_parcel, a_trace

UNDERSTOOD = {"result": True, "returnCode": "200", "message": "成功"}


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[WebWorld]:
    store = a_store(tmp_path, sqlite_template)
    world = WebWorld(store)
    world.the_order_stands_at("shipped", parcels=(a_parcel(),))
    yield world
    store.close()


async def test_the_first_scan_is_told_and_the_trace_is_kept(world: WebWorld) -> None:
    """The order is on its way; the answer is in their words."""
    reply = await world.kuaidi100(a_trace(("13:00:00", "已到达 杭州中转部"), ("12:30:00", "已揽收")))

    assert reply.json() == UNDERSTOOD
    assert [event.state for _, event in world.mailbox.parcel_events] == [ParcelState.IN_TRANSIT]
    assert [scan.text for scan in world.store.orders.scans(WAYBILL)] == ["已揽收", "已到达 杭州中转部"]


@pytest.mark.parametrize(
    ("now_in", "state", "told"),
    [
        (ParcelState.IN_TRANSIT, "0", None),
        (ParcelState.IN_TRANSIT, "5", None),
        (ParcelState.IN_TRANSIT, "3", ParcelState.DELIVERED),
        (ParcelState.IN_TRANSIT, "2", ParcelState.EXCEPTION),
        (ParcelState.IN_TRANSIT, "14", ParcelState.REJECTED),
        (ParcelState.IN_TRANSIT, "6", ParcelState.RETURNING),
        (ParcelState.IN_TRANSIT, "4", ParcelState.RETURNED),
        (ParcelState.IN_TRANSIT, "99", None),
        (ParcelState.IN_TRANSIT, "", None),
        (ParcelState.DELIVERED, "3", None),
    ],
)
async def test_only_what_changes_the_order_reaches_its_workflow(
    world: WebWorld, now_in: ParcelState, state: str, told: ParcelState | None
) -> None:
    """The others, and states that nobody knows, are kept in the trace and move nothing."""
    world.the_order_stands_at(
        "in_transit", "1002", parcels=(a_parcel(now_in).model_copy(update={"waybill": "JD777"}),)
    )

    reply = await world.kuaidi100(
        a_trace(("13:00:00", "a line"), waybill="JD777", state=state), waybill="JD777"
    )

    states = [event.state for _, event in world.mailbox.parcel_events]
    assert reply.json() == UNDERSTOOD
    assert states == ([told] if told else [])
    assert len(world.store.orders.scans("JD777")) == 1


async def test_a_trace_sent_again_is_a_repetition(world: WebWorld) -> None:
    """A line is kept once, and success is said again."""
    world.the_order_stands_at(
        "in_transit",
        "1002",
        parcels=(a_parcel(ParcelState.IN_TRANSIT).model_copy(update={"waybill": "JD777"}),),
    )

    replies = [
        await world.kuaidi100(a_trace(("13:00:00", "x"), waybill="JD777"), waybill="JD777") for _ in range(3)
    ]

    assert [reply.json()["result"] for reply in replies] == [True] * 3
    assert world.store.inbox.count_by_status() == {"delivered": 1, "repeated": 2}


@pytest.mark.parametrize(
    ("param", "arguments", "status", "kept"),
    [
        (a_trace(("13:00:00", "x")), {"salt": "wrong"}, 401, {}),
        ("not json", {}, 400, {"parked": 1}),
        ("[]", {}, 400, {"parked": 1}),
        ({"status": "polling"}, {}, 400, {"parked": 1}),
        (a_trace(("13:00:00", "x"), waybill="OTHER1"), {}, 400, {"parked": 1}),
        (a_trace(("13:00:00", "x"), waybill="NOBODY1"), {"waybill": "NOBODY1"}, 404, {"parked": 1}),
        (a_trace(("13:00:00", "x"), waybill="N" * 200), {"waybill": "N" * 200}, 422, {}),
        ("x" * 1_100_000, {}, 413, {}),
        (a_trace(), {}, 200, {"delivered": 1}),
        (a_trace(("no time", "x")), {}, 200, {"delivered": 1}),
    ],
)
async def test_a_bad_callback_is_answered_clearly_and_nothing_is_lost(
    world: WebWorld,
    param: str | dict[str, object],
    arguments: dict[str, str],
    status: int,
    kept: dict[str, int],
) -> None:
    """Kept with the reason when it is genuine, and no order is disturbed."""
    reply = await world.kuaidi100(param, **arguments)

    assert reply.status_code == status
    assert reply.json().get("result", False) is (status == 200)
    assert world.store.inbox.count_by_status() == kept
    assert world.mailbox.parcel_events == []


async def test_a_body_that_is_no_form_is_nobodys(world: WebWorld) -> None:
    """It has no signature."""
    reply = await world.call("POST", f"/hooks/kuaidi100/{WAYBILL}", content=b"\xff\xfe&&&")

    assert reply.status_code == 401


async def test_the_carrier_is_asked_to_send_again_when_orders_cannot_be_reached(world: WebWorld) -> None:
    """503 and `result: false`."""
    world.mailbox.fails = Unavailable("Temporal is away")

    reply = await world.kuaidi100(a_trace(("13:00:00", "x")))

    assert (reply.status_code, reply.json()["result"]) == (503, False)


async def test_a_report_on_an_order_that_has_ended_is_taken(world: WebWorld) -> None:
    """Success, kept as "ended", and the line is in the trace."""
    world.mailbox.ended.add(world.the_order_stands_at("shipped"))

    reply = await world.kuaidi100(a_trace(("13:00:00", "x")))

    assert reply.json() == UNDERSTOOD
    assert world.store.inbox.count_by_status() == {"ended": 1}
