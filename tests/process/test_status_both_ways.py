"""What an order tells and asks beside its straight way: payment, waybill, address, trouble with a parcel."""

from datetime import UTC, datetime, timedelta

from oms.domain.aftersale import AfterSaleKind, AfterSaleStatus
from oms.domain.holds import HoldReason
from oms.domain.ids import Sku
from oms.domain.messages import (
    AddressWanted,
    AfterSaleChanged,
    ChangeWaybill,
    PaymentSeen,
    ReleaseHold,
    Way,
)
from oms.domain.order import Line, PlatformStatus
from oms.domain.parcels import ParcelState
from oms.domain.stages import Stage
from oms.ports import CancelRefused, GatewayPayment, Rejected, WriteBackRefused, WrittenBack
from oms.rules.assessment import ShopWays
from tests.process.conftest import World
from tests.process.fakes import FakeGateway, FakeMarketplace
from tests.process.orders import OTHER_SKU, RECEIVER, SHOP, SKU, Told, a_snapshot, later, stock, unpaid

MINUTE = timedelta(minutes=1)


def by_gateway(world: World, *, knows: bool) -> FakeGateway:
    """Let the shop have a payment service, which knows of a payment or not."""
    paid = GatewayPayment(number="1", transaction="t1", amount_fen=18800, paid_at=datetime.now(UTC))
    gateway = FakeGateway(paid if knows else None)
    world.gateways[SHOP] = {"wechatpay": gateway}
    world.ways[SHOP] = ShopWays(gateways=("wechatpay",))
    return gateway


def on_a_marketplace(world: World) -> FakeMarketplace:
    """Let the shop be on a platform that takes corrections and answers."""
    shop = FakeMarketplace(SHOP)
    world.channels[SHOP] = shop
    return shop


async def at_the_warehouse(order: Told) -> None:
    """Bring it to where the warehouse has accepted it."""
    await order.arrives()
    await order.until(lambda state: state.deliveries and state.deliveries[-1].status == "accepted")


async def test_the_gateway_s_word_moves_an_order_that_its_platform_calls_unpaid(world: World) -> None:
    """The platform's later word only confirms it."""
    by_gateway(world, knows=True)
    order = world.order(unpaid())
    await order.arrives()
    await order.becomes(Stage.AWAITING_PAYMENT)

    seen = PaymentSeen(event_id="t1", way=Way.GATEWAY, paid_at=datetime.now(UTC), amount_fen=18800)
    await order.handle.signal("paid", seen)
    await order.becomes(Stage.RELEASED)
    paid = {"status": PlatformStatus.PAID, "raw_status": "processing", "paid_at": datetime.now(UTC)}
    await order.says(later(order.snapshot, **paid))
    state = await order.until(lambda state: len(state.paid_by) == 2)

    assert state.paid_by == ("gateway", "platform")
    assert state.holds == ()


async def test_the_gateway_is_asked_when_it_has_not_told_within_five_minutes(world: World) -> None:
    """It knows, so all is well, and it is not asked again."""
    gateway = by_gateway(world, knows=True)
    order = world.order(a_snapshot())
    await at_the_warehouse(order)

    await order.waits(6 * MINUTE)
    state = await order.until(lambda state: len(state.paid_by) == 2)

    assert gateway.asked == [order.key.number]
    assert state.paid_by == ("platform", "gateway")
    assert state.holds == ()


async def test_a_payment_that_the_gateway_does_not_know_stops_the_parcel(world: World) -> None:
    """The platform says paid and the money is nowhere: the warehouse gives the order back, a person decides."""
    by_gateway(world, knows=False)
    order = world.order(a_snapshot())
    await at_the_warehouse(order)

    await order.waits(6 * MINUTE)
    state = await order.until(lambda state: state.held(HoldReason.MANUAL) and state.stage == Stage.ALLOCATED)

    assert "NOTPAY" in (state.held(HoldReason.MANUAL) or state.holds[0]).note
    assert world.warehouse.recalled == [state.deliveries[0].code]


async def test_a_drawn_waybill_goes_with_the_goods_to_the_warehouse(world: World) -> None:
    """The channel and the tracking hear of it when the parcel leaves, once."""
    world.ways[SHOP] = ShopWays(draws_waybills=True)
    order = world.order(a_snapshot())
    await at_the_warehouse(order)
    (asked,) = world.warehouse.asked
    told_before = list(world.channel.told)

    await order.ships(asked.waybill)
    state = await order.until(lambda state: state.parcels and state.parcels[0].written_back)

    assert (asked.waybill, asked.carrier) == ("SF9001", "sf")
    assert told_before == []
    assert [parcel.waybill for parcel in world.channel.told] == ["SF9001"]
    assert world.tracking.followed == ["SF9001"]
    assert state.stage == Stage.SHIPPED


async def test_a_shop_may_tell_everybody_of_a_waybill_as_soon_as_it_is_drawn(world: World) -> None:
    """Warehouse, channel and tracking at the same time; leaving tells nobody again."""
    world.ways[SHOP] = ShopWays(draws_waybills=True, tells_when_drawn=True)
    order = world.order(a_snapshot())
    await at_the_warehouse(order)
    await order.until(lambda state: state.told == ("SF9001",))
    told = [parcel.waybill for parcel in world.channel.told]

    await order.ships("SF9001")
    state = await order.becomes(Stage.SHIPPED)

    assert told == ["SF9001"]
    assert [parcel.last for parcel in world.channel.told] == [True]
    assert state.parcels[0].written_back
    assert [parcel.waybill for parcel in world.channel.told] == ["SF9001"]
    assert world.tracking.followed == ["SF9001"]


async def test_a_drawn_waybill_that_is_not_used_goes_back(world: World) -> None:
    """The buyer has withdrawn before anything left."""
    world.ways[SHOP] = ShopWays(draws_waybills=True)
    order = world.order(a_snapshot())
    await at_the_warehouse(order)

    await order.says(later(order.snapshot, status=PlatformStatus.CANCELLED, raw_status="cancelled"))
    state = await order.ends()

    assert state.outcome == "cancelled"
    assert world.couriers.back == ["SF9001"]


async def test_a_channel_that_was_told_of_an_unused_waybill_hears_of_the_right_one(world: World) -> None:
    """The warehouse refused the first delivery; the second has another number."""
    shop = on_a_marketplace(world)
    world.ways[SHOP] = ShopWays(draws_waybills=True, tells_when_drawn=True)
    order = world.order(a_snapshot())
    await at_the_warehouse(order)
    await order.until(lambda state: state.told == ("SF9001",))
    snapshot = later(order.snapshot, receiver_digest=world.store.receivers.put(order.key, _MOVED))

    await order.says(snapshot)
    state = await order.until(lambda state: state.told == ("SF9002",))

    assert world.couriers.back == ["SF9001"]
    assert shop.corrected == [("SF9001", "SF9002")]
    assert state.corrections == ()


async def test_an_order_whose_waybill_nobody_gives_waits_for_a_person(world: World) -> None:
    """With the carrier's reason; released, it is tried again."""
    world.ways[SHOP] = ShopWays(draws_waybills=True)
    world.couriers.refusal = "面单余额不足"
    order = world.order(a_snapshot())
    await order.arrives()
    state = await order.until(lambda state: state.held(HoldReason.COMPLIANCE))
    assert "面单余额不足" in state.holds[0].note

    world.couriers.refusal = ""
    await order.asks("release_hold", ReleaseHold(by="li", why="charged up", reason="compliance"))
    await order.until(lambda state: state.deliveries[-1].status == "accepted")

    assert [asked.waybill for asked in world.warehouse.asked] == ["SF9001"]


async def test_a_corrected_waybill_is_told_as_a_correction(world: World) -> None:
    """The platform does not see two parcels where there is one."""
    shop = on_a_marketplace(world)
    order = world.order(a_snapshot())
    await at_the_warehouse(order)
    await order.ships("SF0001")
    await order.until(lambda state: state.parcels and state.parcels[0].written_back)

    await order.asks(
        "change_waybill",
        ChangeWaybill(by="li", why="misread", old_waybill="SF0001", waybill="SF0002", carrier="sf"),
    )
    state = await order.until(lambda state: state.parcels[0].written_back)

    assert shop.corrected == [("SF0001", "SF0002")]
    assert state.corrections == ()
    assert world.tracking.followed == ["SF0001", "SF0002"]


async def test_a_refused_write_back_names_the_reason_to_operations(world: World) -> None:
    """The order goes on; a person settles it with the platform."""
    world.channel.on_write_back = lambda parcel: WriteBackRefused(reason="运单号不合法")
    order = world.order(a_snapshot())
    await at_the_warehouse(order)

    await order.ships("SF0001")
    await order.until(lambda _: world.people.told)

    (notice,) = world.people.told
    assert notice.to == "operations"
    assert "运单号不合法" in notice.body
    assert str(order.key) in notice.body


async def test_a_waybill_refused_for_an_open_refund_is_told_again_when_that_is_over(world: World) -> None:
    """Platforms take no waybill while a refund waits for its answer."""
    world.channel.on_write_back = lambda parcel: WriteBackRefused(reason="有退款申请需要处理")
    order = world.order(a_snapshot())
    await at_the_warehouse(order)
    await order.ships("SF0001")
    await order.until(lambda _: world.people.told)
    await order.handle.signal("after_sale", _a_case(AfterSaleStatus.REQUESTED, 0))
    await order.until(lambda state: state.cases)
    told_before = len(world.channel.told)

    world.channel.on_write_back = lambda parcel: WrittenBack()
    await order.handle.signal("after_sale", _a_case(AfterSaleStatus.REJECTED, 1))
    state = await order.until(lambda state: state.parcels[0].written_back)

    assert (told_before, len(world.channel.told)) == (1, 2)
    assert state.untold == ()


async def test_a_buyer_who_moves_in_time_gets_a_yes_and_the_goods_wait(world: World) -> None:
    """The warehouse gives them back; with the new address they go out again."""
    shop = on_a_marketplace(world)
    order = world.order(a_snapshot())
    await at_the_warehouse(order)

    await order.handle.signal("address_wanted", AddressWanted(event_id="w1"))
    state = await order.until(lambda state: state.address_wish == "" and state.stage == Stage.ALLOCATED)
    waiting = state.held(HoldReason.ADDRESS_CHANGE)
    await order.says(later(order.snapshot, receiver_digest=world.store.receivers.put(order.key, _MOVED)))
    await order.until(lambda state: len(world.warehouse.asked) == 2)

    assert waiting is not None
    assert shop.answers == [(order.key.number, True)]
    assert world.warehouse.receivers[-1].address == _MOVED.address


async def test_a_buyer_who_moves_too_late_gets_a_no(world: World) -> None:
    """The warehouse is sending it already."""
    shop = on_a_marketplace(world)
    world.warehouse.on_cancel = lambda code: CancelRefused(reason="already packed")
    order = world.order(a_snapshot())
    await at_the_warehouse(order)

    await order.handle.signal("address_wanted", AddressWanted(event_id="w1"))
    state = await order.until(lambda state: shop.answers and not state.holds)

    assert shop.answers == [(order.key.number, False)]
    assert state.stage == Stage.RELEASED


async def test_service_hears_once_of_a_parcel_that_the_buyer_refused(world: World) -> None:
    """Whatever the carrier says of it afterwards."""
    order = world.order(a_snapshot())
    await at_the_warehouse(order)
    await order.ships("SF0001")
    await order.becomes(Stage.SHIPPED)

    await order.parcel(ParcelState.REJECTED)
    await order.until(lambda _: world.people.told)
    await order.parcel(ParcelState.RETURNED)
    state = await order.ends()

    assert [(notice.to, "SF0001" in notice.body) for notice in world.people.told] == [("service", True)]
    assert state.outcome == "closed"


async def test_a_line_with_a_refund_stays_behind_and_the_other_is_sent(world: World) -> None:
    """Asked after the release: the warehouse gives the goods back and gets the rest anew."""
    stock(world.store, OTHER_SKU, hangzhou=5)
    lines = tuple(
        Line(id=number, sku=Sku(sku), title=sku, quantity=1, total_fen=9400)
        for number, sku in (("1", SKU), ("2", OTHER_SKU))
    )
    order = world.order(a_snapshot(lines=lines))
    await at_the_warehouse(order)

    await order.handle.signal("after_sale", _a_case(AfterSaleStatus.REQUESTED, 0))
    await order.until(lambda state: len(world.warehouse.asked) == 2)
    sent = world.warehouse.asked[-1]
    await order.handle.signal("after_sale", _a_case(AfterSaleStatus.REFUNDED, 1))
    await order.ships("SF0001")
    await order.until(lambda state: state.parcels and state.parcels[0].written_back)
    await order.parcel(ParcelState.DELIVERED)
    state = await order.ends()

    assert [piece.sku for piece in sent.pieces] == [SKU]
    assert state.payment == "partly_refunded"
    assert state.outcome == "partly_completed"
    assert sum(level.reserved for level in world.store.stock.levels([SKU, OTHER_SKU])) == 0


async def test_a_line_whose_refund_is_refused_follows_the_others(world: World) -> None:
    """They have left meanwhile: a further delivery brings it."""
    stock(world.store, OTHER_SKU, hangzhou=5)
    lines = tuple(
        Line(id=number, sku=Sku(sku), title=sku, quantity=1, total_fen=9400)
        for number, sku in (("1", SKU), ("2", OTHER_SKU))
    )
    order = world.order(a_snapshot(lines=lines))
    await at_the_warehouse(order)
    await order.handle.signal("after_sale", _a_case(AfterSaleStatus.REQUESTED, 0))
    await order.until(lambda state: [d.status for d in state.deliveries] == ["cancelled", "accepted"])
    await order.ships("SF0001")
    await order.until(lambda state: state.parcels)

    await order.handle.signal("after_sale", _a_case(AfterSaleStatus.REJECTED, 1))
    await order.until(lambda state: state.deliveries[-1].status == "accepted" and len(state.deliveries) == 3)
    await order.ships("SF0002")
    await order.parcel(ParcelState.DELIVERED, "SF0001")
    await order.parcel(ParcelState.DELIVERED, "SF0002")
    state = await order.ends()

    assert [piece.sku for piece in world.warehouse.asked[-1].pieces] == [OTHER_SKU]
    assert state.outcome == "completed"


async def test_a_warehouse_that_rejects_a_drawn_delivery_gives_its_number_back(world: World) -> None:
    """The next attempt has a number of its own."""
    world.ways[SHOP] = ShopWays(draws_waybills=True)
    world.warehouse.on_create = lambda order: Rejected(reason="SKU unknown there")
    order = world.order(a_snapshot())
    await order.arrives()
    await order.until(lambda state: state.held(HoldReason.COMPLIANCE))

    await order.says(later(order.snapshot, status=PlatformStatus.CANCELLED, raw_status="cancelled"))
    await order.ends()

    assert world.couriers.back == ["SF9001"]


_MOVED = RECEIVER.model_copy(update={"address": "新街2号"})


def _a_case(status: AfterSaleStatus, minutes: int) -> AfterSaleChanged:
    return AfterSaleChanged(
        event_id=f"c1:{status}", id="c1", kind=AfterSaleKind.REFUND_ONLY, status=status, line="2", refund_fen=9400,
        at=datetime.now(UTC) + minutes * MINUTE,
    )  # fmt: skip
