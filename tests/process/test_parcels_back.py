"""Parcels that come back unasked, and parcels of after-sales, on the real server."""

from datetime import UTC, datetime, timedelta
from typing import Any

from oms.domain.aftersales.book import case_key
from oms.domain.aftersales.messages import ApproveCase, RefuseCase, SendAgain
from oms.domain.aftersales.parcel_back import parcel_back
from oms.domain.ids import OrderKey
from oms.domain.messages import ParcelEvent, WarehouseSays
from oms.domain.parcels import ParcelState
from oms.ports import ParcelReport, Scan, WriteBackRefused, WrittenBack
from oms.reports import ParcelReports
from oms.temporal.mailbox import TemporalMailbox
from tests.process.after_sales import Case, Marketplace, marketplace, on_its_way, own_shop
from tests.process.conftest import World
from tests.process.orders import SHOP, SKU, Told
from tests.process.parcel_cases import ParcelCase

YES = ApproveCase(by="lin", why="the buyer is right")


async def refused(world: World, order: Told) -> ParcelCase:
    """The buyer refuses the order's parcel, and its case is opened."""
    await order.parcel(ParcelState.REJECTED)
    state = await order.until(lambda state: state.parcels[0].state is ParcelState.REJECTED)
    case = await ParcelCase(world, parcel_back(state, state.parcels[0], datetime.now(UTC))).opens()
    await case.until(lambda state: state.expected)
    return case


def scanned(waybill: str, state: ParcelState, number: int = 1) -> ParcelReport:
    """What a carrier says of a parcel."""
    at = datetime.now(UTC)
    event = ParcelEvent(event_id=f"{waybill}:{number}", waybill=waybill, state=state, raw_state="4", at=at)
    return ParcelReport(event=event, carrier="sf", scans=(Scan(at=at, raw_state="4", text=f"scan {number}"),))


async def test_a_refused_parcel_is_taken_in_and_paid_when_a_person_says_how_much(world: World) -> None:
    """Announced, followed, inspected; the money waits for service, and the order for its end."""
    shop = own_shop(world)
    order = await on_its_way(world)
    case = await refused(world, order)

    await case.comes_back(good=1)
    held = await case.held()
    unpaid = dict(shop.refunds)
    await case.asks("approve", ApproveCase(by="lin", why="the box was dented", amount_fen=18800))
    state = await case.ends()

    assert [(told.waybill, told.warehouse, told.exchange) for told in world.warehouse.expected] == [
        ("SF0001", "HZ01", False)
    ]
    assert held.hold is not None
    assert (held.hold.trouble, unpaid) == ("decision", {})
    assert (state.status, list(shop.refunds.values())) == ("refunded", [18800])
    assert any("ask the buyer" in told.body and told.to == "service" for told in world.people.told)
    await order.until(lambda told: [seen.status for seen in told.cases] == ["refunded"])


async def test_a_platform_hears_nothing_of_a_case_it_does_not_know(world: World) -> None:
    """The money goes on the platform's own pages, and a person says so."""
    platform = marketplace(world)
    order = await on_its_way(world)
    case = await refused(world, order)
    await case.comes_back(good=0, damaged=1)
    await case.held()

    done = ApproveCase(by="lin", why="paid there", amount_fen=18800, elsewhere=True)
    await case.asks("approve", done)
    state = await case.ends()

    assert (state.status, platform.answers) == ("refunded", [])
    assert world.store.after_sales.damaged() == {("HZ01", SKU): 1}


async def test_its_goods_are_sent_once_more_when_a_person_says_so(world: World) -> None:
    """A new delivery, whose parcel is followed; service tells the buyer, for the platform knows of no case."""
    shop = own_shop(world)
    order = await on_its_way(world)
    case = await refused(world, order)
    await case.comes_back(good=1)
    await case.held()

    await case.asks("send_once_more", SendAgain(by="lin", why="nobody was at home"))
    sent = await case.until(lambda state: state.sent == "accepted")
    await case.warehouse_says(WarehouseSays.SHIPPED, sent.delivery_code, "SF7777")
    state = await case.ends()

    assert (state.status, state.kind, shop.refunds) == ("closed", "exchange", {})
    assert "SF7777" in world.tracking.followed
    assert any("SF7777" in told.body and told.to == "service" for told in world.people.told)


async def test_it_is_opened_once_and_the_carriers_words_reach_order_and_case(world: World) -> None:
    """Two openings are one case; a scan moves both."""
    own_shop(world)
    order = await on_its_way(world)
    case = await refused(world, order)
    first_run = (await case.handle.describe()).run_id
    await case.opens()
    reports = ParcelReports(
        world.store, TemporalMailbox(world.client, queue=world.queue), lambda: datetime.now(UTC)
    )

    heard = await reports.hear("SF0001", scanned("SF0001", ParcelState.RETURNED))
    state = await case.until(lambda state: state.parcel is ParcelState.RETURNED)
    await order.until(lambda told: told.parcels[0].state is ParcelState.RETURNED)

    assert heard.status == "delivered"
    assert (await case.handle.describe()).run_id == first_run
    assert [each.state for each in world.store.case_parcels.of("SF0001")] == [ParcelState.RETURNED]
    await case.asks("refuse", RefuseCase(by="lin", why="test over"))
    assert state.status == "returning"


async def test_a_case_that_its_platform_opens_again_knows_what_went_back(world: World) -> None:
    """A run of its own, which pays nothing that was paid; the order sees two cases."""
    shop = own_shop(world)
    order = await on_its_way(world)
    case = await Case(world, order.key, "refund_only").opens()
    await case.until(lambda state: state.grounds)
    await case.asks("approve", YES)
    await case.ends()

    again = Case(world, order.key, "refund_only")
    update = {"id": case.word.id, "run": 2, "modified_at": case.word.modified_at + timedelta(minutes=9)}
    again.word = case.word.model_copy(update=update)
    again.key = case_key(again.word)
    await again.opens()
    held = await again.held()

    assert held.hold is not None
    assert "188.00 of it have gone back" in held.hold.note
    assert list(shop.refunds.values()) == [18800]
    seen = await order.until(lambda told: len(told.cases) == 2)
    assert {each.id: each.status for each in seen.cases} == {
        case.word.id: "refunded",
        f"{case.word.id}~2": "requested",
    }


class Hearing(Marketplace):
    """A platform that has an interface for goods that are sent once more."""

    def __init__(self) -> None:
        super().__init__()
        self.new_parcels: list[tuple[str, str]] = []

    async def tell_new_parcel(self, case: Any, waybill: str, carrier: str) -> WrittenBack | WriteBackRefused:
        """Remember."""
        self.new_parcels.append((waybill, carrier))
        return WrittenBack()


async def test_an_exchange_s_new_parcel_is_followed_and_its_platform_told(world: World) -> None:
    """In the read model by its waybill, long after the case has ended."""
    platform = world.channels[SHOP] = Hearing()
    order = await on_its_way(world)
    case = await Case(world, order.key, "resend", refund_fen=0).opens()
    await case.until(lambda state: state.grounds)
    await case.asks("approve", YES)
    sent = await case.until(lambda state: state.sent == "accepted")
    await case.warehouse_says(WarehouseSays.SHIPPED, sent.delivery_code, "SF7777", "SF7778")
    await case.ends()
    mailbox = TemporalMailbox(world.client, queue=world.queue)
    reports = ParcelReports(world.store, mailbox, lambda: datetime.now(UTC))

    heard = await reports.hear("SF7777", scanned("SF7777", ParcelState.IN_TRANSIT))
    again = await reports.hear("SF7777", scanned("SF7777", ParcelState.IN_TRANSIT))

    assert platform.new_parcels == [("SF7777", "sf"), ("SF7778", "sf")]
    assert {"SF7777", "SF7778"} <= set(world.tracking.followed)
    assert (heard.status, heard.order, heard.reason) == ("delivered", order.key, f"after-sale {case.key}")
    assert again.status in ("repeated", "delivered")
    assert len(world.store.scans.of("SF7777")) >= 1
    assert [each.way for each in world.store.case_parcels.of("SF7777")] == ["out"]
    assert isinstance(order.key, OrderKey)
