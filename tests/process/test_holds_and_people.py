"""Holds, gates, reviews, and what people may ask of an order."""

from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError

from oms.domain.messages import (
    AddNote,
    ApproveReview,
    CancelOrder,
    ChangeAddress,
    ChangeWaybill,
    Command,
    LiftLock,
    PlaceHold,
    ReleaseHold,
    WarehouseSays,
)
from oms.domain.order import Line
from oms.domain.parcels import ParcelState
from oms.domain.receiver import Receiver
from oms.domain.stages import Stage
from oms.ports import Rejected
from tests.process.conftest import World
from tests.process.orders import OTHER_SKU, RECEIVER, SKU, Told, a_snapshot, later, stock

ELSEWHERE = Receiver(name="李娜", phone="13900005678", province="广东省", city="广州市", address="天河路2号")
VALUABLE_FEN = 500_000


async def released(world: World) -> Told:
    """Return an order that the warehouse has accepted."""
    order = world.order(a_snapshot())
    await order.arrives()
    await order.until(lambda state: state.deliveries and state.deliveries[0].status == "accepted")
    return order


async def test_a_valuable_order_waits_for_customer_service_and_goes_on_when_approved(world: World) -> None:
    """R6: address and specification are confirmed before anything leaves."""
    order = world.order(a_snapshot(total_fen=VALUABLE_FEN))
    await order.arrives()
    state = await order.becomes(Stage.ALLOCATED)
    assert [hold.reason for hold in state.holds] == ["high_value"]
    assert state.tags == ("重点跟踪",)

    await order.asks("approve", ApproveReview(by="li", why="called the buyer"))
    await order.until(lambda state: state.deliveries and state.deliveries[0].status == "accepted")

    assert len(world.warehouse.asked) == 1


async def test_a_manual_hold_stops_the_order_before_the_release_until_somebody_releases_it(
    world: World,
) -> None:
    """A hold is a set of reasons; the order goes when the last one is gone."""
    order = world.order(a_snapshot(total_fen=VALUABLE_FEN))
    await order.arrives()
    await order.becomes(Stage.ALLOCATED)

    await order.asks("hold", PlaceHold(by="wang", why="fraud check"))
    await order.asks("approve", ApproveReview(by="li", why="called"))
    still = await order.state()
    await order.asks("release_hold", ReleaseHold(by="wang", why="all is well", reason="manual"))
    await order.becomes(Stage.RELEASED)

    assert [hold.reason for hold in still.holds] == ["manual"]
    assert still.stage == Stage.ALLOCATED


async def test_a_hold_with_an_end_lifts_itself(world: World) -> None:
    """A hold until tomorrow needs nobody tomorrow."""
    order = world.order(a_snapshot(total_fen=VALUABLE_FEN))
    await order.arrives()
    await order.becomes(Stage.ALLOCATED)
    until = datetime.now(UTC) + timedelta(hours=2)
    await order.asks("hold", PlaceHold(by="wang", why="wait for the boss", until=until))
    await order.asks("approve", ApproveReview(by="li", why="called"))

    await order.waits(timedelta(hours=3))
    state = await order.becomes(Stage.RELEASED)

    assert not state.holds


async def test_a_hold_during_the_push_recalls_the_delivery_and_stops_the_parcel(world: World) -> None:
    """The gate is open until the very push; what was pushed meanwhile is called back."""
    world.warehouse.answering.clear()
    order = world.order(a_snapshot())
    await order.arrives()
    await order.until(lambda _: bool(world.warehouse.asked))

    await order.asks("hold", PlaceHold(by="wang", why="stop it"))
    world.warehouse.answering.set()
    state = await order.becomes(Stage.ALLOCATED)

    assert [hold.reason for hold in state.holds] == ["manual"]
    assert world.warehouse.recalled == [world.warehouse.asked[0].code]


async def test_a_rejected_delivery_holds_the_order_and_is_asked_again_under_a_new_code(world: World) -> None:
    """The warehouse says no: a person mends it, releases the hold, and it is asked anew."""
    answers = iter([Rejected(reason="item master data missing")])
    accept = world.warehouse.on_create
    world.warehouse.on_create = lambda order: next(answers, None) or accept(order)
    order = world.order(a_snapshot())
    await order.arrives()
    state = await order.until(lambda state: state.held("compliance"))
    assert state.stage == Stage.ALLOCATED

    await order.asks("release_hold", ReleaseHold(by="wang", why="mended", reason="compliance"))
    state = await order.until(lambda state: state.deliveries[-1].status == "accepted")

    codes = [asked.code for asked in world.warehouse.asked]
    assert codes == [f"{state.business_id}-1", f"{state.business_id}-2"]


async def test_a_new_address_before_shipping_is_sent_to_the_warehouse_anew(world: World) -> None:
    """Recalled, and asked again for the new receiver: never two parcels."""
    order = await released(world)
    digest = world.store.receivers.put(order.key, ELSEWHERE, "", "")

    await order.asks("change_address", ChangeAddress(by="li", why="the buyer moved", receiver_digest=digest))
    state = await order.until(
        lambda state: len(state.deliveries) == 2 and state.deliveries[-1].status == "accepted"
    )

    assert state.deliveries[0].status == "cancelled"
    assert world.warehouse.receivers == [RECEIVER, ELSEWHERE]


async def test_a_changed_waybill_is_told_to_the_channel_and_the_tracking(world: World) -> None:
    """A mistyped number is corrected everywhere."""
    order = await released(world)
    await order.ships()
    await order.until(lambda state: state.parcels and state.parcels[0].written_back)

    change = ChangeWaybill(by="li", why="typing error", old_waybill="SF0001", waybill="SF0002", carrier="sf")
    await order.asks("change_waybill", change)
    await order.until(lambda state: state.parcels[0].written_back)

    assert [parcel.waybill for parcel in world.channel.told] == ["SF0001", "SF0002"]
    assert world.tracking.followed == ["SF0001", "SF0002"]


@pytest.mark.parametrize(
    ("update", "command", "words"),
    [
        ("approve", ApproveReview(by="li", why="x"), "waits for no review"),
        ("release_hold", ReleaseHold(by="li", why="x", reason="manual"), "has no hold"),
        ("lift_lock", LiftLock(by="li", why="x"), "is not locked"),
        (
            "change_waybill",
            ChangeWaybill(by="li", why="x", old_waybill="NO", waybill="SF99", carrier="sf"),
            "no parcel",
        ),
    ],
)
async def test_what_makes_no_sense_is_refused_in_words_before_history_is_written(
    world: World, update: str, command: Command, words: str
) -> None:
    """A refusal names the order and what is true of it."""
    order = await released(world)
    before = (await order.state()).seq

    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await order.asks(update, command)

    assert words in str(refused.value.cause)
    assert str(order.key) in str(refused.value.cause)
    assert (await order.state()).seq == before


async def test_a_delivered_order_refuses_to_be_cancelled(world: World) -> None:
    """What is at the buyer's is a matter of after-sale."""
    order = await released(world)
    await order.ships()
    await order.parcel(ParcelState.DELIVERED)
    await order.becomes(Stage.DELIVERED)

    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await order.asks("cancel", CancelOrder(by="li", why="changed my mind"))

    assert "open a return" in str(refused.value.cause)


async def test_a_note_stands_in_the_timeline_with_its_author(world: World) -> None:
    """Who said what, when."""
    order = await released(world)

    await order.asks("add_note", AddNote(by="li", why="the buyer asked for a gift box"))
    timeline = await order.handle.query("timeline")

    assert [(line["actor"], line["why"]) for line in timeline if line["what"] == "note.added"] == [
        ("li", "the buyer asked for a gift box")
    ]


async def test_changed_lines_before_the_release_are_reserved_anew(world: World) -> None:
    """A second word of the platform with other items is taken in, not dropped."""
    stock(world.store, OTHER_SKU)
    order = world.order(a_snapshot(total_fen=VALUABLE_FEN))
    await order.arrives()
    await order.becomes(Stage.ALLOCATED)

    other = Line(id="1", sku=OTHER_SKU, title="蓝色", quantity=2, total_fen=VALUABLE_FEN)
    await order.says(later(order.snapshot, lines=(other,)))
    await order.until(lambda state: state.allocations and state.allocations[0].pieces[0].sku == OTHER_SKU)

    reserved = {
        level.sku: level.reserved for level in world.store.stock.levels([SKU, OTHER_SKU]) if level.reserved
    }
    assert reserved == {OTHER_SKU: 2}


async def test_an_exception_at_the_warehouse_holds_the_order_and_is_seen(world: World) -> None:
    """A word that needs a person becomes a hold, not a log line."""
    order = await released(world)

    await order.warehouse_says(WarehouseSays.EXCEPTION, why="damaged in picking")
    state = await order.until(lambda state: state.held("compliance"))

    assert "damaged in picking" in state.holds[0].note
