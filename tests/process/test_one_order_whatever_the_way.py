"""One order, one push to the warehouse, one write-back: whichever way its words came, in whatever order, however often.

The real way in, the real workflow on the virtual clock, a warehouse and a channel that count. Hypothesis draws some
interleavings, always the same ones; hundreds more go through intake and the domain alone in tests/unit.
"""

import asyncio
import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from oms.domain.deliveries import DeliveryStatus
from oms.domain.messages import Way
from oms.domain.order import PlatformStatus
from oms.domain.parcels import ParcelState
from oms.domain.stages import Stage
from oms.domain.state import OrderState, Payment
from oms.temporal.mailbox import TemporalMailbox
from tests.process.conftest import World
from tests.process.orders import Told, a_snapshot
from tests.unit.every_way import EveryWay, TalkingShop
from tests.unit.intake_world import Clock, RememberingMailbox
from tests.unit.order_lives import WAYS, Life, Said, Trip, travelled_lives

S = PlatformStatus
DAYS = timedelta(days=5)
FEW = settings(
    max_examples=3, derandomize=True, database=None, deadline=None, phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
"""The same few in every run, shown as drawn when they fail; each is several orders, which live side by side."""

CREATED = Said()
PAID = CREATED.then(1, status=S.PAID)
MOVED = PAID.then(60, street="street 2")
MOVED_BACK = MOVED.then(60, street="street 1")
CANCELLED = MOVED.then(60, status=S.CANCELLED)
REFUNDED = MOVED.then(60, status=S.REFUNDED, refunded=9400)


class OneOrder:
    """An order whose words come in on every way, and what the world was asked on its behalf."""

    def __init__(self, world: World, life: Life) -> None:
        self._world, self.life, self.newest = world, life, life[-1]
        created_at = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        self.told: Told = world.order(a_snapshot())
        self.key = self.told.key
        self.waybill = f"SF{self.key.number}"
        mailbox = TemporalMailbox(world.client, queue=world.queue)
        self.ways = EveryWay(
            world.store, mailbox, TalkingShop(self.key, created_at), Clock(datetime.now(UTC))
        )

    def pushes(self) -> list[str]:
        """Return the delivery orders that the warehouse was asked for."""
        return [asked.code for asked in self._world.warehouse.asked if asked.order == self.key]

    def recalls(self) -> list[str]:
        """Return those that it was asked not to ship."""
        return [code for code in self._world.warehouse.recalled if code in self.pushes()]

    def write_backs(self) -> list[str]:
        """Return the waybills that the channel was told."""
        return [parcel.waybill for parcel in self._world.channel.told if parcel.order == self.key]

    def goes_to(self) -> str:
        """Return where the warehouse was last told to send it."""
        asked = zip(self._world.warehouse.asked, self._world.warehouse.receivers, strict=True)
        return [receiver.address for order, receiver in asked if order.order == self.key][-1]

    async def hears_all_again(self) -> None:
        """Everything that was ever said comes once more, latest first, days later; the newest over every way."""
        self.ways.clock.now += DAYS
        late = zip(reversed(self.life), itertools.cycle(WAYS))
        await self.ways.says(*itertools.starmap(Trip, late), *(Trip(self.newest, way) for way in WAYS))

    async def stands(self) -> OrderState:
        """Wait until the warehouse has accepted it, for the right place, and is not asked to give it back."""
        return await self.told.until(self._stands)

    def _stands(self, now: OrderState) -> bool:
        if now.stage is not Stage.RELEASED or now.readdress or not now.deliveries:
            return False
        last = now.deliveries[-1]
        return last.status is DeliveryStatus.ACCEPTED and not last.recalled

    async def goes_its_way(self) -> OrderState:
        """Let it come to its end: withdrawn, or with its buyer; one that nobody has paid waits."""
        if self.newest.withdrawn:
            return await self.told.ends()
        if self.newest.status != S.PAID:
            return await self.told.becomes(Stage.AWAITING_PAYMENT)
        await self.stands()
        await self.told.ships(self.waybill)
        await self.told.until(lambda now: now.parcels[0].written_back)
        await self.hears_all_again()
        await self.ways.says(Trip(self.newest.then(60, status=S.SHIPPED), Way.POLL))  # our own write-back
        await self.told.parcel(ParcelState.DELIVERED, self.waybill)
        return await self.told.ends()

    async def run_id(self) -> str | None:
        """Return which run of its workflow is the latest."""
        return (await self.told.handle.describe()).run_id


def expect_one_of_each(order: OneOrder, state: OrderState) -> None:
    """One push that was not called back, one write-back, and the newest content; nothing of it for a withdrawn order."""
    pushes, recalls, newest = order.pushes(), order.recalls(), order.newest
    goes = newest.status == S.PAID
    assert len(set(pushes)) == len(pushes)
    assert len(set(recalls)) == len(recalls)
    assert len(set(pushes) - set(recalls)) == (1 if goes else 0)
    assert order.write_backs() == ([order.waybill] if goes else [])
    assert (state.snapshot.status, state.withdrawal is not None) == (newest.status, newest.withdrawn)
    if goes:
        assert order.goes_to() == newest.street
        assert (state.payment, state.outcome) == (Payment.PAID, "completed")
    if newest.withdrawn:
        assert state.outcome == "cancelled"
    if newest.status == S.REFUNDED:
        assert state.payment is Payment.REFUNDED


async def expect_that_nothing_begins_again(order: OneOrder) -> None:
    """Said once more while Temporal knows the ended order, and after it has forgotten it."""
    before, run_id = (order.pushes(), order.recalls(), order.write_backs()), await order.run_id()
    forgetful = RememberingMailbox()  # a Temporal past its retention would start whatever it is handed

    await order.hears_all_again()
    order.ways.mailbox = forgetful
    await order.hears_all_again()

    assert forgetful.snapshots == []
    assert await order.run_id() == run_id
    assert (order.pushes(), order.recalls(), order.write_backs()) == before


@pytest.mark.parametrize(
    ("life", "said"),
    [
        ((CREATED, PAID), (PAID, CREATED, PAID, CREATED)),
        ((CREATED, PAID), (CREATED, PAID, CREATED, PAID)),
        ((CREATED, PAID, MOVED), (MOVED, PAID, CREATED, MOVED)),
        ((CREATED, PAID, MOVED, MOVED_BACK), (PAID, MOVED, MOVED_BACK, MOVED)),
        ((CREATED, PAID, MOVED, CANCELLED), (CANCELLED, PAID, MOVED, CREATED)),
        ((CREATED, PAID, MOVED, CANCELLED), (PAID, CANCELLED, MOVED, PAID)),
        ((CREATED, PAID, MOVED, REFUNDED), (CREATED, MOVED, REFUNDED, PAID)),
    ],
    ids=["paid first", "in turn", "moved first", "moved back", "cancelled first", "cancelled", "refunded"],
)
async def test_poll_push_sweep_and_resync_leave_one_order(world: World, life: Life, said: Life) -> None:
    """Also when all of it is said again at the warehouse, on the road, after the end, and after Temporal forgot it."""
    order = OneOrder(world, life)

    await order.ways.says(*map(Trip, said, WAYS))
    state = await order.goes_its_way()

    expect_one_of_each(order, state)
    await expect_that_nothing_begins_again(order)


@FEW
@given(lives=st.lists(travelled_lives(harmless=True), min_size=3, max_size=3))
async def test_any_interleaving_leaves_one_order_with_the_newest_content(
    world: World, lives: list[tuple[Life, tuple[Trip, ...]]]
) -> None:
    """Duplicated, delayed, reordered; each order with words and ways of its own."""
    orders = [OneOrder(world, life) for life, _ in lives]

    for order, (_, travels) in zip(orders, lives, strict=True):
        await order.ways.says(*travels)
    states = await asyncio.gather(*(order.goes_its_way() for order in orders))

    for order, state in zip(orders, states, strict=True):
        expect_one_of_each(order, state)


async def test_words_that_come_at_once_over_every_way_are_one_order(world: World) -> None:
    """Sixteen of them, in four processes, before the order exists."""
    order = OneOrder(world, (CREATED, PAID, MOVED))
    mailbox = TemporalMailbox(world.client, queue=world.queue)
    processes = [
        EveryWay(world.store, mailbox, TalkingShop(order.key, order.ways.shop.created_at), order.ways.clock)
        for _ in range(4)
    ]

    await asyncio.gather(
        *(
            process.says(*(Trip(said, way) for said in reversed(order.life)))
            for process, way in zip(processes, WAYS, strict=True)
        )
    )
    state = await order.goes_its_way()

    expect_one_of_each(order, state)


async def test_a_refund_on_the_road_turns_the_parcel_round_once(world: World) -> None:
    """Told over every way, before and after older words: one write-back, one interception, an order that is closed."""
    order = OneOrder(world, (CREATED, PAID, REFUNDED))
    await order.ways.says(Trip(PAID, Way.POLL))
    await order.stands()
    await order.told.ships(order.waybill)
    await order.told.until(lambda now: now.parcels[0].written_back)

    await order.hears_all_again()
    await order.told.until(lambda now: now.interceptions)
    await order.told.parcel(ParcelState.RETURNED, order.waybill)
    state = await order.told.ends()

    assert (state.outcome, state.payment) == ("closed", Payment.REFUNDED)
    assert world.tracking.intercepted == order.write_backs() == [order.waybill]
    await expect_that_nothing_begins_again(order)
