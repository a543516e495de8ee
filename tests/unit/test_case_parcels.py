"""Parcels of after-sales: told to their case at least once, and looked after when they say nothing."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from oms.domain.aftersales.book import AfterSaleBook, AfterSaleRow, CaseParcel
from oms.domain.errors import Unavailable
from oms.domain.messages import ParcelEvent, ShippedBox, WarehouseEvent, WarehouseSays
from oms.domain.parcels import ParcelState
from oms.ports import GaveUp, ParcelReport, Scan
from oms.reports import ParcelReports, UnknownToUs, WarehouseReports
from oms.store import Limits, LimitsOfShops, Store
from tests.unit.intake_world import NOON, Clock, RememberingMailbox, a_key, a_store
from tests.unit.store_builders import a_book, a_parcel

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CASE = "woocommerce:main:C1"
A_DAY_AGO = LimitsOfShops(Limits(NOON - DAY, NOON - DAY), {})
P = ParcelState


@pytest.fixture
def store(tmp_path: Path, sqlite_template: Path) -> Iterator[Store]:
    opened = a_store(tmp_path, sqlite_template)
    yield opened
    opened.close()


def a_case(store: Store, *parcels: CaseParcel, **fields: Any) -> AfterSaleRow:
    """Write down a case with its parcels."""
    known: dict[str, Any] = {
        "key": CASE, "case_id": "C1", "order": a_key(), "business_id": "OLABC", "seq": 1, "kind": "return",
        "status": "returning", "raw_status": "x", "waybill": "YT1", "carrier": "yto", "delivery_code": "OLABC-xQ",
        "opened_at": NOON - 9 * DAY, "modified_at": NOON,
    }  # fmt: skip
    row = AfterSaleRow(**(known | fields))
    store.after_sales.commit(AfterSaleBook(row=row, parcels=parcels))
    return row


def coming(hours_ago: float = 30, waybill: str = "YT1") -> CaseParcel:
    """Goods that the buyer sent so many hours before noon."""
    return CaseParcel(waybill=waybill, carrier="yto", way="back", shipped_at=NOON - hours_ago * HOUR)


def sent(hours_ago: float = 30, waybill: str = "SF7") -> CaseParcel:
    """Goods that went out once more so many hours before noon."""
    return CaseParcel(waybill=waybill, carrier="sf", way="out", shipped_at=NOON - hours_ago * HOUR)


def says(waybill: str, state: ParcelState, number: int = 1, at: datetime = NOON) -> ParcelReport:
    """A carrier's word."""
    event = ParcelEvent(event_id=f"{waybill}:{number}", waybill=waybill, state=state, raw_state="x", at=at)
    return ParcelReport(
        event=event, carrier="yto", scans=(Scan(at=at, raw_state="x", text=f"line {number}"),)
    )


def reports(store: Store, mailbox: RememberingMailbox) -> ParcelReports:
    """The counter where carriers report."""
    return ParcelReports(store, mailbox, Clock(NOON))


async def test_a_word_that_broke_off_on_its_way_to_the_case_is_told_when_it_comes_again(store: Store) -> None:
    """The case could not be reached: nothing may say afterwards that it knows it."""
    a_case(store, coming())
    mailbox = RememberingMailbox(fails=Unavailable("no Temporal"))
    desk, report = reports(store, mailbox), says("YT1", P.IN_TRANSIT)
    with pytest.raises(Unavailable):
        await desk.hear("YT1", report)

    mailbox.fails = None
    heard = await desk.hear("YT1", report)

    assert heard.status == "delivered"
    assert [(case, event.state) for case, event in mailbox.case_parcels] == [(CASE, P.IN_TRANSIT)]


async def test_a_word_whose_trace_was_kept_but_not_told_is_told(store: Store) -> None:
    """As the former order of things left it: the lines are there, the case knows nothing."""
    a_case(store, coming())
    report = says("YT1", P.PICKED_UP)
    store.orders.add_scans("YT1", report.scans)
    mailbox = RememberingMailbox()

    await reports(store, mailbox).hear("YT1", report)

    assert len(mailbox.case_parcels) == 1


async def test_the_same_word_however_often_is_told_once(store: Store) -> None:
    """And one that is behind what is known adds to the trace only."""
    a_case(store, coming())
    mailbox = RememberingMailbox()
    desk = reports(store, mailbox)

    statuses = [(await desk.hear("YT1", says("YT1", P.IN_TRANSIT))).status for _ in range(9)]
    late = await desk.hear("YT1", says("YT1", P.PICKED_UP, 2))

    assert statuses == ["delivered", *["repeated"] * 8]
    assert (late.status, len(mailbox.case_parcels)) == ("delivered", 1)
    assert len(store.orders.scans("YT1")) == 2


async def test_a_case_from_before_its_parcels_were_written_down_hears_all_the_same(store: Store) -> None:
    """Known by the waybill in its row."""
    a_case(store)
    mailbox = RememberingMailbox()

    await reports(store, mailbox).hear("YT1", says("YT1", P.IN_TRANSIT))
    again = await reports(store, mailbox).hear("YT1", says("YT1", P.IN_TRANSIT))

    assert (len(mailbox.case_parcels), again.status) == (1, "repeated")


async def test_a_parcel_turned_round_is_heard_of_by_order_and_case(store: Store) -> None:
    """Usual words are the order's alone."""
    parcel = a_parcel("YT1", shipped_at=NOON - DAY)
    store.books.commit(a_book(parcels=(parcel,), key=a_key(), stage="in_transit"))
    a_case(store, coming())
    mailbox = RememberingMailbox()
    desk = reports(store, mailbox)

    await desk.hear("YT1", says("YT1", P.IN_TRANSIT))
    before = len(mailbox.case_parcels)
    await desk.hear("YT1", says("YT1", P.RETURNING, 2))

    assert (before, [event.state for _, event in mailbox.case_parcels]) == (0, [P.RETURNING])
    assert [event.state for _, event in mailbox.parcel_events] == [P.IN_TRANSIT, P.RETURNING]


async def test_what_was_sent_once_more_is_traced_though_its_case_has_ended(store: Store) -> None:
    """Nobody is woken: its state and its lines are in the read model."""
    a_case(store, sent(), ended_at=NOON, status="closed")
    mailbox = RememberingMailbox(ended_cases={CASE})

    heard = await reports(store, mailbox).hear("SF7", says("SF7", P.DELIVERED))

    assert (heard.status, heard.order, mailbox.case_parcels) == ("delivered", a_key(), [])
    assert [each.state for each in store.case_parcels.of("SF7")] == [P.DELIVERED]


async def test_a_box_that_leaves_after_the_end_of_its_case_is_watched(store: Store) -> None:
    """A platform may close a case before the warehouse has sent everything."""
    a_case(store, ended_at=NOON, status="closed")
    mailbox = RememberingMailbox(ended_cases={CASE})
    event = WarehouseEvent(
        event_id="w1", delivery_order="OLABC-xQ", says=WarehouseSays.SHIPPED, at=NOON - 2 * DAY,
        boxes=(ShippedBox(waybill="SF8", carrier="sf", pieces=()),),
    )  # fmt: skip
    desk = WarehouseReports(store, mailbox, Clock(NOON))

    receipt = await desk.delivery(await desk.keep(b"x"), "OLABC-xQ", "SHIPPED", event)

    assert receipt.status == "ended"
    assert due(store) == ["SF8"]


def due(store: Store) -> list[str]:
    """The waybills something has to be done about at noon."""
    return [parcel.waybill for parcel in store.watch.due(A_DAY_AGO, NOON - HOUR / 2, NOON, 100)]


def test_silent_parcels_of_cases_are_found_both_ways(store: Store) -> None:
    """Not one that has arrived, not one that left lately."""
    a_case(
        store, coming(40), sent(30), sent(3, "SF9"), sent(99, "SF6").model_copy(update={"state": P.DELIVERED})
    )

    found = store.watch.due(A_DAY_AGO, NOON - HOUR / 2, NOON, 100)

    assert [(parcel.waybill, parcel.business_id, parcel.back) for parcel in found] == [
        ("YT1", "OLABC", True),
        ("SF7", "OLABC", False),
    ]


@pytest.mark.parametrize(
    "fields", [{"status": "received"}, {"status": "refunded", "ended_at": NOON}, {"waybill": "YT2"}]
)
def test_goods_that_are_back_or_come_another_way_are_not_waited_for(
    store: Store, fields: dict[str, Any]
) -> None:
    """Nothing is to be learnt from the carrier any more."""
    a_case(store, coming(), **fields)

    assert due(store) == []


def test_only_what_we_sent_needs_a_first_scan(store: Store) -> None:
    """No platform counts when the buyer's parcel is scanned."""
    a_case(store, coming(), sent())

    assert [parcel.waybill for parcel in store.watch.unscanned(A_DAY_AGO, 9)] == ["SF7"]


def test_a_parcel_of_order_and_case_is_looked_after_once(store: Store) -> None:
    """It is the order's until that has ended."""
    parcel = a_parcel("YT1", shipped_at=NOON - 2 * DAY, state=P.RETURNING)
    store.books.commit(a_book(parcels=(parcel,), key=a_key(), stage="in_transit"))
    a_case(store, coming())

    assert due(store) == ["YT1"]


async def test_a_parcel_of_a_case_that_the_carrier_gave_up_is_followed_again(store: Store) -> None:
    """Remembered like an order's."""
    a_case(store, coming(2))

    await reports(store, RememberingMailbox()).hear("YT1", GaveUp(last=None))

    found = store.watch.due(A_DAY_AGO, NOON + HOUR, NOON + HOUR, 9)
    assert [parcel.gave_up_at for parcel in found] == [NOON]


async def test_a_waybill_of_nobody_is_unknown(store: Store) -> None:
    """Neither an order nor a case has it."""
    with pytest.raises(UnknownToUs):
        await reports(store, RememberingMailbox()).hear("XX1", says("XX1", P.IN_TRANSIT))
