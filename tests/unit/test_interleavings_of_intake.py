"""Poll, push, sweep and resync of one order, in any order, any number of times, leave one order with the newest content.

The real way in on a real store; the mailbox remembers what the order was handed, and the order's own rules say
what became of it. Where two different words carry the same second and the same status, nobody can tell the newer
one, and the one that came last stands: such lives are not drawn.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from oms.domain import admission
from oms.domain.errors import Unavailable
from oms.domain.messages import SnapshotArrived, Way
from oms.domain.order import PlatformStatus, Snapshot
from oms.domain.state import OrderState
from oms.store import Store
from oms.store.pushes import PUSHES
from oms.store.seen import SEEN
from tests.unit.domain_orders import repeatable
from tests.unit.every_way import EveryWay, TalkingShop, receiver_of
from tests.unit.intake_world import (
    NOON,
    SHOP,
    IntakeWorld,
    RememberingMailbox,
    a_key,
    a_store,
)
from tests.unit.order_lives import WAYS, Life, Said, Trip, payload_of, snapshot_of, travelled_lives

S = PlatformStatus
KEY = a_key()
DRAWN = (Phase.explicit, Phase.generate)
YEARS = timedelta(days=800)


def interleaved(examples: int) -> settings:
    """The same examples in every run; the template that all stores are copied from is never written to.

    A failing one is shown as it was drawn: making it smaller would take longer than a test may.
    """
    return settings(
        repeatable(examples), phases=DRAWN, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )


@dataclass
class TroubledMailbox(RememberingMailbox):
    """A mailbox that may be away, whose answer may be lost, and which may be slow."""

    trouble: str = ""
    fast: asyncio.Event = field(default_factory=asyncio.Event)

    async def snapshot(self, message: SnapshotArrived) -> bool:
        if self.trouble == "slow":
            await self.fast.wait()
        if self.trouble == "away":
            raise Unavailable("Temporal is away")
        answer = await super().snapshot(message)
        if self.trouble == "answer lost":
            raise Unavailable("the connection broke off")
        return answer


@dataclass
class InterleavedWorld(IntakeWorld):
    """The same, with a shop and a mailbox of ours."""

    shop: TalkingShop = field(default_factory=lambda: TalkingShop(KEY))
    mailbox: TroubledMailbox = field(default_factory=TroubledMailbox)

    @property
    def ways(self) -> EveryWay:
        """The ways on which the order's words come."""
        return EveryWay(self.store, self.mailbox, self.shop, self.clock)

    def begins_anew(self) -> None:
        """End the process and begin another one on the same database."""
        url, vault = self.store.database.engine.url, self.store.vault
        self.store.close()
        self.store = Store.open(str(url), vault)

    def forgets_what_was_heard(self) -> None:
        """Lose the memory of what was handed on, and of the platform's messages."""
        with self.store.database.write() as connection:
            connection.execute(delete(SEEN))
            connection.execute(delete(PUSHES))


@asynccontextmanager
async def a_world(template: Path) -> AsyncIterator[InterleavedWorld]:
    """A store of its own for each example."""
    with tempfile.TemporaryDirectory() as folder:
        world = InterleavedWorld(a_store(Path(folder), template))
        yield world
        world.store.close()


def heard(messages: list[SnapshotArrived]) -> OrderState:
    """Return the order that was handed these messages; the first one begins it, and is said to it as well."""
    order = OrderState.begin(messages[0], pace=1)
    admission.admit(order, NOON)
    for message in messages:
        admission.absorb(order, message, NOON)
    return order


def newest(world: InterleavedWorld, life: Life) -> Snapshot:
    """Return the newest content as the order should know it."""
    receivers, said = world.store.receivers, life[-1]
    digests = {"receiver_digest": receivers.digest(receiver_of(said)), "buyer": receivers.buyer_digest("")}
    return snapshot_of(said, KEY, NOON).model_copy(update=digests)


def changes(messages: list[SnapshotArrived]) -> int:
    """Count the messages that changed what the order knew."""
    known = messages[0].snapshot
    count = 1
    for message in messages[1:]:
        if message.snapshot.is_newer_than(known):
            known, count = message.snapshot, count + 1
    return count


@interleaved(50)
@given(told=travelled_lives())
async def test_one_order_with_the_newest_content_whatever_the_way(
    sqlite_template: Path, told: tuple[Life, tuple[Trip, ...]]
) -> None:
    """Every message it was handed is of this order and was news; every payload is kept and settled."""
    life, travels = told
    async with a_world(sqlite_template) as world:
        await world.ways.says(*travels)

        messages = world.mailbox.snapshots
        fates = world.store.inbox.count_by_status()
        assert {message.snapshot.key for message in messages} == {KEY}
        assert heard(messages).snapshot.fingerprint == newest(world, life).fingerprint
        assert changes(messages) == len(messages)
        assert set(fates) <= {"delivered", "repeated", "stale"}


@interleaved(25)
@given(told=travelled_lives(), troubles=st.lists(st.sampled_from(["", "away", "answer lost"]), min_size=10))
async def test_what_breaks_off_is_said_again_and_nothing_is_lost(
    sqlite_template: Path, told: tuple[Life, tuple[Trip, ...]], troubles: list[str]
) -> None:
    """Temporal away, or its answer lost: the platform says it again, and one order ends with the newest content."""
    life, travels = told
    async with a_world(sqlite_template) as world:
        again = []
        for trip, world.mailbox.trouble in zip(travels, troubles, strict=False):
            try:
                await world.ways.says(trip)
            except Unavailable:
                again.append(trip)
        world.mailbox.trouble = ""

        await world.ways.says(*again)

        assert {message.snapshot.key for message in world.mailbox.snapshots} == {KEY}
        assert heard(world.mailbox.snapshots).snapshot.fingerprint == newest(world, life).fingerprint


@interleaved(15)
@given(told=travelled_lives(), again=st.permutations(WAYS))
async def test_a_process_begun_anew_hears_nothing_new_in_what_was_said_before(
    sqlite_template: Path, told: tuple[Life, tuple[Trip, ...]], again: list[Way]
) -> None:
    """What was heard is in the database, not in a process: all of it over every way once more is no news."""
    life, travels = told
    async with a_world(sqlite_template) as world:
        await world.ways.says(*travels[:2])
        world.begins_anew()
        await world.ways.says(*travels[2:])
        world.begins_anew()
        once = list(world.mailbox.snapshots)

        for way in again:
            await world.ways.says(Trip(life[-1], way), Trip(travels[0].said, way))

        assert world.mailbox.snapshots == once


@interleaved(20)
@given(
    told=travelled_lives(),
    stage=st.sampled_from(["completed", "cancelled", "closed"]),
    forgotten=st.sampled_from(["by nobody", "by Temporal", "by Temporal and intake"]),
)
async def test_nothing_said_after_the_end_begins_a_second_life(
    sqlite_template: Path, told: tuple[Life, tuple[Trip, ...]], stage: str, forgotten: str
) -> None:
    """Years later, every word over every way, and one that was never said before; also when Temporal knows nothing."""
    life, travels = told
    async with a_world(sqlite_template) as world:
        await world.ways.says(*travels)
        once, delivered = list(world.mailbox.snapshots), world.store.inbox.count_by_status()["delivered"]
        the_end_of(world, stage, forgotten)

        for said in (*life, life[-1].then(3600, street="street 3")):
            await world.ways.says(*(Trip(said, way) for way in WAYS))

        fates = world.store.inbox.count_by_status()
        assert world.mailbox.snapshots == once
        assert set(fates) <= {"delivered", "repeated", "stale", "ended"}
        assert fates["delivered"] == delivered


def the_end_of(world: InterleavedWorld, stage: str, forgotten: str) -> None:
    """Let the order end, and be forgotten; a mailbox whose Temporal has forgotten it would begin it again."""
    world.the_order_stands_at(stage)
    if forgotten == "by nobody":
        world.mailbox.ended.add(KEY)
    if forgotten == "by Temporal and intake":
        world.forgets_what_was_heard()
    world.clock.now += YEARS


@interleaved(8)
@given(told=travelled_lives())
async def test_an_order_that_ended_before_its_book_was_read_is_not_begun_again(
    sqlite_template: Path, told: tuple[Life, tuple[Trip, ...]]
) -> None:
    """Temporal itself refuses: the read model may be behind."""
    life, travels = told
    async with a_world(sqlite_template) as world:
        await world.ways.says(Trip(life[0], Way.WEBHOOK))
        world.mailbox.ended.add(KEY)

        await world.ways.says(*travels)

        assert len(world.mailbox.snapshots) == 1


@pytest.mark.parametrize("named", [False, True])
async def test_a_message_that_is_repeated_is_not_even_looked_at(sqlite_template: Path, named: bool) -> None:
    """The platform's id of the message tells, also to the next process and whatever came in between."""
    async with a_world(sqlite_template) as world:
        paid = Said(status=S.PAID)
        await world.ways.says(Trip(paid, Way.WEBHOOK, named))
        await world.ways.says(Trip(paid.then(60, street="street 2"), Way.POLL))
        kept = sum(world.store.inbox.count_by_status().values())
        world.begins_anew()

        answers = [await world.ways.pushed(Trip(paid, Way.WEBHOOK, named)) for _ in range(3)]

        assert answers == [None, None, None]
        assert sum(world.store.inbox.count_by_status().values()) == kept


@interleaved(20)
@given(told=travelled_lives(), on_a_page=st.booleans())
async def test_words_that_come_at_the_same_time_end_with_the_newest_content(
    sqlite_template: Path, told: tuple[Life, tuple[Trip, ...]], on_a_page: bool
) -> None:
    """On one page of a list, or a push beside a poll beside a sweep. For content that comes back see the next test."""
    life, travels = told
    assume(len({said.then(-said.second) for said in life}) == len(life))
    async with a_world(sqlite_template) as world:
        payloads = [payload_of(trip.said, KEY.number) for trip in travels]

        if on_a_page:
            await world.intake.receive_all(SHOP, Way.SWEEP, payloads)
        else:
            await asyncio.gather(*(world.intake.receive(SHOP, Way.POLL, payload) for payload in payloads))

        assert {message.snapshot.key for message in world.mailbox.snapshots} == {KEY}
        assert heard(world.mailbox.snapshots).snapshot.fingerprint == newest(world, life).fingerprint


async def test_a_change_that_was_taken_back_while_it_was_on_its_way_is_taken_back(
    sqlite_template: Path,
) -> None:
    """Street 2 is on its way to a slow Temporal while the platform says street 1 again, and goes on saying so."""
    async with a_world(sqlite_template) as world:
        before = Said(status=S.PAID)
        wrong, after = before.then(5, street="street 2"), before.then(10)
        await world.ways.says(Trip(before, Way.POLL))
        world.mailbox.trouble = "slow"
        on_its_way = asyncio.create_task(world.ways.says(Trip(wrong, Way.WEBHOOK)))
        await asyncio.sleep(0.1)
        await world.ways.says(Trip(after, Way.RESYNC))
        world.mailbox.fast.set()
        await on_its_way

        await world.ways.says(*(Trip(after, way) for way in WAYS))

        assert heard(world.mailbox.snapshots).snapshot.fingerprint == newest(world, (after,)).fingerprint
