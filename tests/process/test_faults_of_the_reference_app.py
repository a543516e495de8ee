"""The ten faults found by reading another order system built on Temporal: each would show here."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from temporalio.client import WorkflowExecutionStatus, WorkflowUpdateFailedError

from oms.carriers.kuaidi100.states import state_of
from oms.domain.book import OrderBook
from oms.domain.errors import Unavailable
from oms.domain.ids import Sku
from oms.domain.messages import ApproveReview, CancelOrder, ReleaseHold, WarehouseSays
from oms.domain.order import Line
from oms.domain.parcels import ParcelState
from oms.domain.stages import Outcome
from oms.ports import Rejected
from oms.store import Store
from oms.store.books import Books
from oms.store.tables import StockRow, table_of
from tests.process.conftest import World
from tests.process.orders import OTHER_SKU, SKU, Told, a_snapshot, cancelled, later, refunded, stock
from tests.process.parcel_cases import settle

STOCK = table_of(StockRow)
BY = {"by": "wang", "why": "the buyer called"}
PATIENT = 1000


class BooksAway(Books):
    """Books that cannot be written while they are away."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.database)
        self.away = False
        self.refused = 0

    def commit(self, book: OrderBook) -> None:
        if self.away:
            self.refused += 1
            raise Unavailable("the database is away")
        super().commit(book)


def lines(*wanted: tuple[Sku, int, int]) -> tuple[Line, ...]:
    """Make lines of so many pieces at so many fen each."""
    return tuple(
        Line(id=str(place), sku=sku, title="连体衣", quantity=quantity, total_fen=quantity * fen)
        for place, (sku, quantity, fen) in enumerate(wanted, start=1)
    )


def promised(world: World) -> int:
    """Count the pieces that are promised to anybody."""
    with world.store.database.read() as connection:
        return sum(connection.execute(select(STOCK.c.reserved)).scalars())


def left_on_shelf(world: World, sku: Sku = SKU) -> int:
    """Count the pieces that physically lie in the warehouses."""
    with world.store.database.read() as connection:
        return sum(connection.execute(select(STOCK.c.on_hand).where(STOCK.c.sku == sku)).scalars())


async def kinds_of(order: Told) -> list[str]:
    """Return the kinds of an order's events."""
    history = await order.handle.fetch_history()
    return [str(event.WhichOneof("attributes")).removesuffix("_event_attributes") for event in history.events]


async def runs(order: Told) -> bool:
    """Tell whether its workflow is still running."""
    return (await order.handle.describe()).status is WorkflowExecutionStatus.RUNNING


# 1 -- all items unavailable: a panic, retried for ever


async def test_an_order_of_which_nothing_is_there_waits_and_goes_on_by_itself(world: World) -> None:
    """Every line missing is an answer, not a crash: purchasing hears it once, and stock resumes the order."""
    stock(world.store, SKU, hangzhou=0)
    stock(world.store, OTHER_SKU, hangzhou=0)
    order = world.order(a_snapshot(lines=lines((SKU, 2, 9400), (OTHER_SKU, 1, 5000)), total_fen=23800))

    await order.arrives()
    waiting = await order.until(lambda state: state.waiting_for, tries=PATIENT)
    await order.waits(timedelta(days=3))
    before = await kinds_of(order)
    stock(world.store, SKU)
    stock(world.store, OTHER_SKU)
    await order.stock_comes()
    await order.until(lambda now: now.deliveries and now.deliveries[-1].status == "accepted", tries=PATIENT)

    assert (waiting.stage, set(waiting.waiting_for)) == ("accepted", {SKU, OTHER_SKU})
    assert [notice.to for notice in world.people.told].count("purchasing") == 1
    assert not {kind for kind in before if "failed" in kind or "timed_out" in kind}
    assert len(world.warehouse.asked) == 1


async def test_an_order_without_lines_waits_for_a_person(world: World) -> None:
    """Real marketplaces have such orders; nothing to ship is no reason to crash, or to complete."""
    order = world.order(a_snapshot(lines=()))

    await order.arrives()
    state = await order.until(lambda state: state.holds, tries=PATIENT)

    assert (state.stage, state.holds[0].reason) == ("accepted", "unmapped_sku")
    assert "no lines" in state.holds[0].note
    assert await runs(order)


# 2 -- totals summed over cumulative sums, prices drawn anew by each retry


async def test_money_and_pieces_add_up_over_several_lines_and_parcels(world: World) -> None:
    """What the buyer paid is what the books say, to the fen; every piece is in exactly one parcel."""
    stock(world.store, SKU, hangzhou=2, guangzhou=3)
    stock(world.store, OTHER_SKU, hangzhou=0, guangzhou=9)
    wanted = lines((SKU, 4, 3333), (OTHER_SKU, 2, 101), (SKU, 1, 7))
    total = 4 * 3333 + 2 * 101 + 7
    order = world.order(a_snapshot(lines=wanted, total_fen=total))

    await order.arrives()
    released = await order.becomes("released", tries=PATIENT)
    for place, delivery in enumerate(released.deliveries):
        await order.warehouse_says(WarehouseSays.SHIPPED, f"SF{place:04}", code=delivery.code)
    await order.becomes("shipped", tries=PATIENT)
    for place in range(len(released.deliveries)):
        await order.parcel(ParcelState.DELIVERED, f"SF{place:04}")
    state = await order.ends()
    view = world.store.orders.get(order.key)

    assert view is not None
    assert (view.row.total_fen, sum(line.total_fen for line in state.snapshot.lines)) == (total, total)
    pieces = [piece for parcel in view.parcels for piece in parcel.pieces]
    assert len(view.parcels) == 2
    assert sum(piece.quantity for piece in pieces if piece.sku == SKU) == 5
    assert sum(piece.quantity for piece in pieces if piece.sku == OTHER_SKU) == 2
    assert sorted(parcel.waybill for parcel in world.channel.told) == ["SF0000", "SF0001"]
    assert (promised(world), left_on_shelf(world), left_on_shelf(world, OTHER_SKU)) == (0, 0, 7)


# 3 -- charged, then the shipment fails: no refund, nobody told


async def test_a_paid_order_that_cannot_be_shipped_is_seen_and_can_be_refunded(world: World) -> None:
    """It stays paid and held for a named reason, operations are told; the refund gives the stock back."""
    world.warehouse.on_create = lambda order: Rejected(reason="the SKU is frozen")
    order = world.order(a_snapshot())

    await order.arrives()
    held = await order.until(lambda state: state.holds, tries=PATIENT)
    while_held = promised(world)
    told = [notice for notice in world.people.told if notice.to == "operations"]
    await order.says(refunded(order.snapshot))
    state = await order.ends()

    assert (held.payment, held.stage in {"released", "allocated"}) == ("paid", True)
    assert "the SKU is frozen" in held.holds[0].note
    assert (while_held, len(told)) == (1, 1)
    assert (state.stage, state.payment) == ("cancelled", "refunded")
    assert promised(world) == 0


# 4 -- cancelling or timing out never gives stock back


async def _in_review(world: World, order: Told) -> None:
    await order.becomes("allocated", tries=PATIENT)


async def _at_the_warehouse(world: World, order: Told) -> None:
    await order.until(lambda now: now.deliveries and now.deliveries[-1].status == "accepted", tries=PATIENT)


async def _waiting_for_stock(world: World, order: Told) -> None:
    await order.until(lambda state: state.waiting_for, tries=PATIENT)


@pytest.mark.parametrize("by_platform", [True, False], ids=["by the platform", "by a person"])
@pytest.mark.parametrize(
    ("total", "on_shelf", "reach"),
    [(188_000, 5, _in_review), (18_800, 5, _at_the_warehouse), (18_800, 0, _waiting_for_stock)],
    ids=["in review", "at the warehouse", "waiting for stock"],
)
async def test_a_cancelled_order_gives_everything_back(
    world: World, total: int, on_shelf: int, reach: Callable[..., Any], by_platform: bool
) -> None:
    """Pieces, the place in the queue, and the warehouse's work, wherever the order has come to."""
    stock(world.store, SKU, hangzhou=on_shelf)
    order = world.order(a_snapshot(total_fen=total, lines=lines((SKU, 1, total))))
    await order.arrives()
    await reach(world, order)
    held_before = promised(world)

    if by_platform:
        await order.says(cancelled(order.snapshot))
    else:
        await order.asks("cancel", CancelOrder(**BY))
    state = await order.ends()

    assert held_before == (1 if on_shelf else 0)
    assert (state.stage, state.outcome) == ("cancelled", "cancelled")
    assert (promised(world), left_on_shelf(world)) == (0, on_shelf)
    assert world.store.stock.waiting([SKU]) == []
    assert {delivery.status for delivery in state.deliveries} <= {"cancelled"}
    assert len(world.warehouse.recalled) == len(state.deliveries)


# 5 -- all cancelled and partly failed both reported as completed


@pytest.mark.parametrize(
    ("fates", "outcome"),
    [
        ((ParcelState.DELIVERED, ParcelState.DELIVERED), Outcome.COMPLETED),
        ((ParcelState.DELIVERED, ParcelState.RETURNED), Outcome.PARTLY_COMPLETED),
        ((ParcelState.RETURNED, ParcelState.RETURNED), Outcome.CLOSED),
        ((), Outcome.CANCELLED),
    ],
    ids=["both signed for", "one came back", "both came back", "nothing left"],
)
async def test_an_order_says_honestly_how_it_ended(
    world: World, fates: tuple[ParcelState, ...], outcome: Outcome
) -> None:
    """Four ends, four words; in the state and in the books."""
    stock(world.store, SKU, hangzhou=1, guangzhou=1)
    order = world.order(a_snapshot(lines=lines((SKU, 2, 9400))))
    await order.arrives()
    released = await order.becomes("released", tries=PATIENT)

    for place, fate in enumerate(fates):
        code = released.deliveries[place].code
        await order.warehouse_says(WarehouseSays.SHIPPED, f"SF{place:04}", code=code)
        await order.until(lambda state, seen=place: len(state.parcels) > seen, tries=PATIENT)
        await order.parcel(fate, f"SF{place:04}")
    if not fates:
        await order.says(cancelled(order.snapshot))
    if outcome is Outcome.PARTLY_COMPLETED:
        await settle(world, order, "SF0001")
    state = await order.ends()
    view = world.store.orders.get(order.key)

    assert view is not None
    assert (state.outcome, view.row.outcome) == (outcome, outcome)


# 6 -- an unknown word fails the whole workflow


async def test_unknown_words_are_refused_or_dropped_and_the_order_lives_on(world: World) -> None:
    """Commands we do not know, signals we cannot read, reports about somebody else: the order still completes."""
    order = world.order(a_snapshot())
    await order.arrives()
    await order.becomes("released", tries=PATIENT)

    with pytest.raises(WorkflowUpdateFailedError):
        await order.handle.execute_update("self_destruct", {"by": "wang"})
    with pytest.raises(WorkflowUpdateFailedError):
        await order.handle.execute_update("cancel", {"because": "a command nobody can read"})
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await order.asks("release_hold", ReleaseHold(reason="bananas", **BY))
    await order.handle.signal("customer_action", "dance")
    await order.handle.signal("parcel_event", {"state": "teleported"})
    await order.handle.signal("snapshot", ["not", "an", "order"])
    await order.handle.signal(
        "wms_event",
        {
            "event_id": "x1",
            "delivery_order": "OL-OF-SOMEBODY-9",
            "says": "shipped",
            "at": "2026-11-22T00:00:00Z",
        },
    )
    await order.ships()
    await order.parcel(ParcelState.DELIVERED)
    state = await order.ends()

    assert "bananas" in str(refused.value.cause)
    assert (state.stage, state.outcome, len(state.parcels)) == ("completed", "completed", 1)
    assert any("OL-OF-SOMEBODY-9" in aside for aside in state.set_aside)
    assert not {kind for kind in await kinds_of(order) if "task_failed" in kind}


# 7 -- five seconds without the read model fail the order; elsewhere the read model goes stale unseen


async def test_a_read_model_that_is_away_delays_and_never_fails_and_misses_nothing(world: World) -> None:
    """Away at the start, away while parcels move: afterwards every line of the history is there, in order."""
    books = BooksAway(world.store)
    world.store.books = books
    order = world.order(a_snapshot())

    books.away = True
    await order.arrives()
    await asyncio.sleep(7)
    refused_at_first, asked_meanwhile = books.refused, len(world.warehouse.asked)
    books.away = False
    await order.becomes("released", tries=PATIENT)
    books.away = True
    await order.ships()
    await order.parcel(ParcelState.PICKED_UP)
    await asyncio.sleep(3)
    alive = await runs(order)
    books.away = False
    await order.becomes("in_transit", tries=PATIENT)
    await order.parcel(ParcelState.DELIVERED)
    state = await order.ends()
    written = world.store.orders.timeline(order.key)

    assert refused_at_first >= 3, "seven seconds are longer than the five that killed theirs"
    assert (asked_meanwhile, alive) == (0, True)
    assert (state.stage, state.outcome) == ("completed", "completed")
    assert [change.seq for change in written] == list(range(1, state.seq + 1))
    assert [change.id for change in written] == [change.id for change in state.timeline]


# 8 -- carriers' words taken verbatim, forwards and backwards


async def test_a_parcel_never_goes_backwards_and_unknown_words_move_nothing(world: World) -> None:
    """A word outside the vocabulary is kept as it came; late news and a locker deliver nothing."""
    order = world.order(a_snapshot())
    await order.arrives()
    await order.becomes("released", tries=PATIENT)
    await order.ships()
    await order.becomes("shipped", tries=PATIENT)

    unknown, raw = state_of(["teleported"])
    seen: list[tuple[str, str]] = []
    for word in (ParcelState.AT_PICKUP_POINT, ParcelState.PICKED_UP, unknown, ParcelState.IN_TRANSIT):
        await order.parcel(word)
        state = await order.state()
        seen.append((state.stage, state.parcels[0].state))
    await order.parcel(ParcelState.DELIVERED)
    await order.parcel(ParcelState.IN_TRANSIT)
    delivered = await order.becomes("delivered", tries=PATIENT)
    state = await order.ends()

    assert (unknown, raw) == (ParcelState.UNKNOWN, "teleported")
    assert set(seen) == {("in_transit", "at_pickup_point")}
    assert delivered.parcels[0].state == state.parcels[0].state == "delivered"
    assert state.outcome == "completed"


# 9 -- a second snapshot with other items is answered 201 and dropped


@pytest.mark.parametrize("missing", [False, True], ids=["in review", "out of stock"])
async def test_other_lines_are_taken_in_and_reserved_anew(world: World, missing: bool) -> None:
    """The buyer changed the order: what is promised and what is shipped is what they want now."""
    stock(world.store, SKU, hangzhou=0 if missing else 50)
    stock(world.store, OTHER_SKU, hangzhou=50)
    first = a_snapshot(total_fen=188_000, lines=lines((SKU, 2, 94_000)))
    order = world.order(first)
    await order.arrives()
    await order.until(lambda state: state.waiting_for or state.stage == "allocated", tries=PATIENT)

    changed = later(order.snapshot, lines=lines((OTHER_SKU, 3, 60_000)), total_fen=180_000)
    await order.says(changed)
    await order.says(order.snapshot)
    state = await order.until(
        lambda now: now.allocations and now.allocations[0].pieces[0].sku == OTHER_SKU, tries=PATIENT
    )
    held = world.store.stock.levels(None)
    await order.asks("approve", ApproveReview(**BY))
    await order.until(lambda now: now.deliveries and now.deliveries[-1].status == "accepted", tries=PATIENT)

    assert (state.snapshot.total_fen, promised(world)) == (180_000, 3)
    assert {row.sku: row.reserved for row in held if row.reserved} == {OTHER_SKU: 3}
    assert [(piece.sku, piece.quantity) for piece in world.warehouse.asked[-1].pieces] == [(OTHER_SKU, 3)]


async def test_other_lines_after_the_release_stop_for_a_person(world: World) -> None:
    """What the warehouse packs is not what the buyer wants any more: somebody must look, and sees why."""
    order = world.order(a_snapshot())
    await order.arrives()
    await order.becomes("released", tries=PATIENT)

    await order.says(later(order.snapshot, lines=lines((SKU, 2, 9400))))
    state = await order.until(lambda state: state.holds, tries=PATIENT)

    assert (state.holds[0].reason, state.snapshot.lines[0].quantity) == ("compliance", 2)
    assert "lines changed after the release" in state.holds[0].note
