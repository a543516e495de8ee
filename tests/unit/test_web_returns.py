"""What warehouses and carriers report of after-sales reaches the case it concerns."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oms.domain.ids import Sku
from tests.unit.intake_world import a_store
from tests.unit.test_qimen_returns import a_confirmation, a_line
from tests.unit.test_store_aftersales import a_book
from tests.unit.web_world import WebWorld, a_report, a_trace
from tests.unit.web_world import a_confirmation as a_delivery

CASE = "woo:main:C1"
OK = (200, "success", "0")


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[WebWorld]:
    """A web process that knows one case, whose goods come back as RTABC in parcel YT900001."""
    store = a_store(tmp_path, sqlite_template)
    store.after_sales.commit(
        a_book(return_code="RTABC", delivery_code="OLABC-xQQ", waybill="YT900001", carrier="yto")
    )
    yield WebWorld(store)
    store.close()


def kept(world: WebWorld) -> Any:
    return world.store.inbox.count_by_status()


async def test_a_return_reaches_its_case_once_by_id(world: WebWorld) -> None:
    """Signed, kept, told; sent again it has the same id."""
    answers = [await world.qimen("returnorder.confirm", a_confirmation(a_line())) for _ in range(2)]

    assert answers == [OK, OK]
    assert [(case, event.event_id) for case, event in world.mailbox.returns] == [
        (CASE, "qimen:return:R-1")
    ] * 2
    assert kept(world) == {"delivered": 2}


async def test_a_wrong_signature_leaves_no_trace(world: WebWorld) -> None:
    """Neither kept nor told."""
    answer = await world.qimen("returnorder.confirm", a_confirmation(a_line()), secret="another")

    assert answer == (200, "failure", "sign-check-failure")
    assert (world.mailbox.returns, kept(world)) == ([], {})


async def test_a_return_that_nobody_knows_is_parked(world: WebWorld) -> None:
    """The warehouse hears a no and sends it again; a person sees it."""
    body = a_confirmation(a_line()).replace(b"RTABC", b"RTNONE")

    answer = await world.qimen("returnorder.confirm", body)

    assert answer == (200, "failure", "unknown-order")
    assert kept(world) == {"parked": 1}


async def test_goods_for_a_case_that_has_ended_are_counted_all_the_same(world: WebWorld) -> None:
    """They lie there, whoever they belong to; counted once however often it is said."""
    world.mailbox.ended_cases.add(CASE)

    for _ in range(2):
        await world.qimen("returnorder.confirm", a_confirmation(a_line("A", "2") + a_line("A", "1", "CC")))

    assert world.store.after_sales.damaged() == {("WH1", Sku("A")): 1}
    assert [level.on_hand for level in world.store.stock.levels([Sku("A")])] == [2]
    assert kept(world) == {"ended": 2}


async def test_what_was_sent_once_more_is_told_to_the_case_and_not_to_the_order(world: WebWorld) -> None:
    """Its code ends in a mark of the case."""
    answer = await world.qimen("deliveryorder.confirm", a_delivery("OLABC-xQQ"))

    assert answer == OK
    assert [(case, event.says) for case, event in world.mailbox.case_deliveries] == [(CASE, "shipped")]
    assert world.mailbox.warehouse_events == []


async def test_a_warehouse_that_rejects_a_return_later_is_heard(world: WebWorld) -> None:
    """By the code of the return; words that change nothing are kept for the record."""
    await world.qimen("orderprocess.report", a_report("RTABC", "REJECT"))
    await world.qimen("orderprocess.report", a_report("RTABC", "ACCEPT"))

    assert [(case, event.says) for case, event in world.mailbox.case_deliveries] == [(CASE, "rejected")]


async def test_a_parcel_that_comes_back_is_told_to_its_case(world: WebWorld) -> None:
    """No order has this waybill; the trace is kept, the same trace again is a repetition."""
    trace = a_trace(("11:00:00", "picked up"), waybill="YT900001")

    answers = [await world.kuaidi100(trace, waybill="YT900001") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [case for case, _ in world.mailbox.case_parcels] == [CASE]
    assert len(world.store.orders.scans("YT900001")) == 1
