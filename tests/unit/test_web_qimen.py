"""What the warehouse reports reaches the order it concerns; Qimen hears a flag, never an HTTP error."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from oms.domain.errors import Unavailable
from oms.domain.ids import OrderKey, Sku
from oms.domain.messages import WarehouseSays
from oms.domain.stock import Piece
from oms.ports import StockLevel
from tests.unit.intake_world import a_store
from tests.unit.web_world import WAYBILL, WebWorld, a_confirmation, a_count, a_report

CONFIRM, REPORT, COUNT = "deliveryorder.confirm", "orderprocess.report", "inventory.report"
OK = (200, "success", "0")


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[WebWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield WebWorld(store)
    store.close()


def a_code(world: WebWorld, key: OrderKey) -> str:
    """The code of the order's first delivery order."""
    view = world.store.orders.get(key)
    assert view is not None
    return f"{view.row.business_id}-1"


@pytest.mark.parametrize("method", [CONFIRM, f"taobao.qimen.{CONFIRM}"])
async def test_a_shipped_parcel_is_told_to_its_order(world: WebWorld, method: str) -> None:
    """With waybill and contents; the report is kept."""
    key = world.the_order_stands_at("released")

    answer = await world.qimen(method, a_confirmation(a_code(world, key)))

    (order, event), = world.mailbox.warehouse_events  # fmt: skip
    assert answer == OK
    assert (order, event.says, event.boxes[0].waybill) == (key, WarehouseSays.SHIPPED, WAYBILL)
    assert world.store.inbox.count_by_status() == {"delivered": 1}


async def test_a_confirmation_sent_twice_has_one_event_id(world: WebWorld) -> None:
    """The order hears it twice and counts it once."""
    code = a_code(world, world.the_order_stands_at("released"))

    answers = [await world.qimen(CONFIRM, a_confirmation(code)) for _ in range(2)]

    assert answers == [OK, OK]
    assert len({event.event_id for _, event in world.mailbox.warehouse_events}) == 1


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("ACCEPT", False),
        ("PRINT", False),
        ("PICK", False),
        ("PACKAGE", False),
        ("WEIGH", False),
        ("DELIVERED", False),
        ("SOMETHING NEW", False),
        ("REJECT", True),
        ("CANCELED", True),
        ("EXCEPTION", True),
    ],
)
async def test_only_reports_that_change_an_order_reach_its_workflow(
    world: WebWorld, status: str, told: object
) -> None:
    """All are kept and answered with success."""
    code = a_code(world, world.the_order_stands_at("released"))

    answer = await world.qimen(REPORT, a_report(code, status))

    assert answer == OK
    assert bool(world.mailbox.warehouse_events) is told
    assert world.store.inbox.count_by_status() == {"delivered": 1}


async def test_a_waybill_drawn_before_shipping_is_told(world: WebWorld) -> None:
    """An order waits for its waybill, and may be locked without."""
    code = a_code(world, world.the_order_stands_at("released"))

    await world.qimen(REPORT, a_report(code, "PACKAGE", WAYBILL))

    assert [event.waybill for _, event in world.mailbox.warehouse_events] == [WAYBILL]


async def test_an_unknown_delivery_order_is_parked_and_asked_for_again(world: WebWorld) -> None:
    """It may be ours in a moment, or somebody else's."""
    answer = await world.qimen(CONFIRM, a_confirmation("OLNOBODY-1"))

    assert answer == (200, "failure", "unknown-order")
    assert "OLNOBODY-1" in world.store.inbox.parked(1)[0].reason


async def test_a_report_on_an_order_that_has_ended_is_taken(world: WebWorld) -> None:
    """Success, so that the warehouse stops; kept as "ended" for a person to find."""
    key = world.the_order_stands_at("cancelled")
    world.mailbox.ended.add(key)

    answer = await world.qimen(CONFIRM, a_confirmation(a_code(world, key)))

    assert answer == OK
    assert world.store.inbox.count_by_status() == {"ended": 1}


@pytest.mark.parametrize(
    ("method", "body", "code"),
    [
        (CONFIRM, "not xml", "invalid-content"),
        (CONFIRM, "", "invalid-content"),
        (CONFIRM, "<request/>", "invalid-content"),
        (CONFIRM, '<!DOCTYPE r [<!ENTITY e "x">]><request>&e;</request>', "invalid-content"),
        (CONFIRM, a_confirmation("OL-1").replace("<quantity>1<", "<quantity>-1<"), "invalid-content"),
        (CONFIRM, a_confirmation("x" * 200), "invalid-content"),
        (REPORT, a_report("OL-1", ""), "invalid-content"),
        (COUNT, a_count("MB-1", "many"), "invalid-content"),
        ("stockchange.report", "<request/>", "invalid-content"),
        ("", "<request/>", "invalid-content"),
    ],
)
async def test_unreadable_reports_are_parked_with_the_reason(
    world: WebWorld, method: str, body: str, code: str
) -> None:
    """HTTP 200, a flag of failure, a row in the inbox, and the next report goes through."""
    key = world.the_order_stands_at("released")

    answer = await world.qimen(method, body)
    good = await world.qimen(CONFIRM, a_confirmation(a_code(world, key)))

    assert answer == (200, "failure", code)
    assert good == OK
    assert world.store.inbox.count_by_status() == {"parked": 1, "delivered": 1}


async def test_a_wrong_signature_leaves_no_trace(world: WebWorld) -> None:
    """Qimen's own words for it, and nothing is kept of a stranger's words."""
    answer = await world.qimen(CONFIRM, a_confirmation("OL-1"), secret="wrong")

    assert answer == (200, "failure", "sign-check-failure")
    assert world.store.inbox.count_by_status() == {}


async def test_a_report_of_more_than_a_megabyte_is_refused(world: WebWorld) -> None:
    """Before its signature is looked at."""
    status, _, _ = await world.qimen(CONFIRM, b"x" * 1_100_000)

    assert status == 413


async def test_the_warehouse_is_asked_to_send_again_when_orders_cannot_be_reached(world: WebWorld) -> None:
    """A flag of failure; sent again, it is taken."""
    code = a_code(world, world.the_order_stands_at("released"))
    world.mailbox.fails = Unavailable("Temporal is away")
    refused = await world.qimen(CONFIRM, a_confirmation(code))

    world.mailbox.fails = None

    assert refused == (200, "failure", "unavailable")
    assert await world.qimen(CONFIRM, a_confirmation(code)) == OK


def wait_for_stock(world: WebWorld, number: str) -> OrderKey:
    """Let an order be told that there is not enough."""
    key = world.the_order_stands_at("accepted", number)
    world.store.stock.reserve(key, (Piece(line="1", sku=Sku("MB-1"), quantity=5),))
    return key


async def test_goods_that_come_in_are_booked_once_and_wake_those_who_wait(world: WebWorld) -> None:
    """Oldest first; a repetition books nothing and wakes again, for the waking may be what was lost."""
    world.store.stock.set_levels([StockLevel(warehouse="HZ01", sku=Sku("MB-1"), on_hand=1)])
    first, second = wait_for_stock(world, "1"), wait_for_stock(world, "2")

    answers = [await world.qimen(COUNT, a_count("MB-1", "20")) for _ in range(2)]

    woken = [order for order, _ in world.mailbox.stock_events]
    assert answers == [OK, OK]
    assert world.store.stock.levels([Sku("MB-1")])[0].on_hand == 21
    assert woken == [first, second, first, second]
    assert len({event.event_id for _, event in world.mailbox.stock_events}) == 1


async def test_goods_that_went_missing_wake_nobody(world: WebWorld) -> None:
    """Booked all the same."""
    world.store.stock.set_levels([StockLevel(warehouse="HZ01", sku=Sku("MB-1"), on_hand=3)])
    wait_for_stock(world, "1")
    world.clock.now += timedelta(minutes=1)

    await world.qimen(COUNT, a_count("MB-1", "-2"))

    assert world.store.stock.levels([Sku("MB-1")])[0].on_hand == 1
    assert world.mailbox.stock_events == []
