"""A relay on the real server: it goes on by itself, tries again later, stops when it should, and loses nothing."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from activities.broadcast import BroadcastActivities, Told
from activities.notices import NoticeActivities
from oms.broadcast.answers import Failed, Gone, Reaction, Taken
from oms.domain.relaying import RelayEvents, RelayState, wait_after
from oms.store import OutboxEvent, Store, Subscription, Vault
from oms.subscribers import Subscriber
from oms.temporal.relays import look_again, relay_id, start_relays
from oms.temporal.worker import build_worker
from tests.process.fakes import FakeNotices
from tests.unit.broadcast_events import a_subscriber
from tests.unit.store_builders import a_book, a_change, a_row
from workflows.relay import RelayEventsWorkflow

PACE = 3600
"""An hour is a second, three days 72."""
PATIENCE_S = 30


class MoodySink:
    """Takes events, or does as told."""

    def __init__(self) -> None:
        self.answer: Callable[[OutboxEvent], Reaction] = lambda event: Taken("HTTP 204")
        self.asked: list[tuple[float, int]] = []
        self.taken: list[int] = []

    async def send(self, event: OutboxEvent) -> Reaction:
        self.asked.append((time.monotonic(), event.seq))
        reaction = self.answer(event)
        if isinstance(reaction, Taken):
            self.taken.append(event.seq)
        return reaction


@dataclass
class Broadcasting:
    """What one test has around its relay."""

    env: WorkflowEnvironment
    store: Store
    name: str
    queue: str
    sink: MoodySink = field(default_factory=MoodySink)
    people: FakeNotices = field(default_factory=FakeNotices)
    configured: bool = True
    ago: timedelta = timedelta(0)
    """How long ago things happen."""

    @asynccontextmanager
    async def worker(self, *, turn_s: float = 300.0) -> AsyncIterator[None]:
        """Serve the relay for a while."""
        subscriber: Subscriber = a_subscriber(self.name)
        told = {self.name: Told(subscriber, self.sink)} if self.configured else {}
        activities = BroadcastActivities(told, self.store, keep=timedelta(days=30), turn_s=turn_s)
        async with build_worker(
            self.env.client, self.store, queue=self.queue, workflows=[RelayEventsWorkflow],
            activities=[activities.relay, activities.clear, NoticeActivities(self.people, self.store).tell],
            cached_workflows=10, grace=timedelta(seconds=5), sandboxed=True,
        ):  # fmt: skip
            yield

    async def start(self, pace: int = PACE) -> WorkflowHandle[RelayEventsWorkflow, object]:
        """Start the relay, as every worker does."""
        self.store.subscriptions.begin(self.name, self.store.outbox.end())
        await start_relays(self.env.client, [self.name], pace=pace, queue=self.queue)
        return self.env.client.get_workflow_handle(relay_id(self.name))

    def happens(self, *numbers: str) -> None:
        """Let something happen to orders."""
        for number in numbers:
            seq = self.store.outbox.end() + 1
            row = a_row(number, seq=seq)
            change = a_change(
                row, id=f"{row.key}#{seq}", topic="order.shipped", at=datetime.now(UTC) - self.ago
            )
            self.store.books.commit(a_book(number, seq=seq).model_copy(update={"changes": (change,)}))

    @property
    def standing(self) -> Subscription:
        """Where the subscriber stands."""
        found = self.store.subscriptions.get(self.name)
        assert found is not None
        return found

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for something to hold."""
        for _ in range(PATIENCE_S * 20):
            if holds():
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"it never came: {self.standing}, {self.sink.taken}")


@pytest.fixture
async def telling(
    env: WorkflowEnvironment, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Broadcasting]:
    """A subscriber, a database and a queue of each test's own; its relay ends with it."""
    store = Store.open(f"sqlite:///{tmp_path / 'oms.db'}", Vault.from_keys([("k1", b"1" * 32)], b"2" * 32))
    store.migrate()
    name = request.node.originalname.replace("_", "-")[5:60]
    broadcasting = Broadcasting(env, store, name, f"events-{name}")
    yield broadcasting
    handle = env.client.get_workflow_handle(relay_id(name))
    if (await handle.describe()).status is WorkflowExecutionStatus.RUNNING:
        await handle.terminate("the test is over")
    store.close()


async def test_what_fails_is_sent_again_later_under_the_same_id(telling: Broadcasting) -> None:
    """Nothing is lost, and the waits between tries grow."""
    telling.sink.answer = lambda event: Failed("HTTP 503")
    async with telling.worker():
        handle = await telling.start()
        telling.happens("A", "A", "B")
        await telling.until(lambda: telling.standing.failures == 6)
        failing = telling.standing
        telling.sink.answer = lambda event: Taken("HTTP 204")
        await telling.until(lambda: len(telling.sink.taken) == 3)
        await telling.until(lambda: telling.standing.cursor == 3)

    tries = [at for at, seq in telling.sink.asked if seq == 1]
    waits = [wait_after(failures, PACE) for failures in range(1, len(tries))]
    assert (failing.state, failing.cursor, failing.last_answer) == (RelayState.WAITING, 0, "HTTP 503")
    assert failing.next_try_at is not None
    assert waits[-1] > waits[0]
    assert all(
        after - before >= wait.total_seconds()
        for before, after, wait in zip(tries, tries[1:], waits, strict=False)
    )
    assert sorted(telling.sink.taken) == [1, 2, 3]
    assert telling.sink.taken.index(1) < telling.sink.taken.index(2)
    assert (telling.standing.state, telling.standing.failures) == (RelayState.ACTIVE, 0)
    assert (await handle.describe()).status is WorkflowExecutionStatus.RUNNING


async def test_after_three_days_it_is_paused_a_person_hears_of_it_and_resumes_it(
    telling: Broadcasting,
) -> None:
    """Told once; then everything goes through."""
    telling.sink.answer = lambda event: Failed("HTTP 500")
    async with telling.worker():
        await telling.start(pace=PACE * 24)
        telling.happens("A")
        await telling.until(lambda: bool(telling.people.told))
        paused = telling.standing
        asked = len(telling.sink.asked)
        telling.happens("B")
        await asyncio.sleep(1)
        asked_meanwhile = len(telling.sink.asked) - asked
        telling.sink.answer = lambda event: Taken("HTTP 204")
        telling.store.subscriptions.resume(telling.name)
        woken = await look_again(telling.env.client, telling.name)
        await telling.until(lambda: sorted(telling.sink.taken) == [1, 2])

    assert (paused.state, asked_meanwhile, woken) == (RelayState.PAUSED, 0, True)
    assert "HTTP 500" in paused.why
    assert [(notice.to, notice.severity) for notice in telling.people.told] == [("operations", "red")]
    assert telling.name in telling.people.told[0].title


async def test_410_stops_it_at_once_and_says_so(telling: Broadcasting) -> None:
    """It asked for it; no second try."""
    telling.sink.answer = lambda event: Gone("HTTP 410")
    async with telling.worker():
        await telling.start()
        telling.happens("A")
        await telling.until(lambda: bool(telling.people.told))

    assert (telling.standing.state, len(telling.sink.asked)) == (RelayState.GONE, 1)
    assert telling.people.told[0].severity == "warning"


async def test_a_new_worker_goes_on_where_the_old_one_stopped(telling: Broadcasting) -> None:
    """Turns end with their worker; the cursor stands in the database."""
    async with telling.worker():
        await telling.start()
        telling.happens("A", "B")
        await telling.until(lambda: telling.standing.cursor == 2)
    telling.happens("A")

    async with telling.worker():
        await telling.until(lambda: telling.standing.cursor == 3)

    assert sorted(telling.sink.taken) == [1, 2, 3]


async def test_it_goes_on_with_an_empty_history_and_loses_nothing(telling: Broadcasting) -> None:
    """Continue as new, with turns so short that it happens many times."""
    telling.store.subscriptions.begin(telling.name, 0)
    errand = RelayEvents(subscriber=telling.name, pace=PACE, turns=2)
    async with telling.worker(turn_s=0.1):
        relay = await telling.env.client.start_workflow(
            RelayEventsWorkflow.run, errand, id=relay_id(telling.name), task_queue=telling.queue
        )
        first = (await relay.describe()).run_id
        for number in range(30):
            telling.happens(f"O{number % 5}")
            await asyncio.sleep(0.1)
        await telling.until(lambda: telling.standing.cursor == 30)
        now = await telling.env.client.get_workflow_handle(relay_id(telling.name)).describe()

    assert now.run_id != first
    assert now.status is WorkflowExecutionStatus.RUNNING
    assert sorted(telling.sink.taken) == list(range(1, 31))


async def test_a_subscriber_that_left_the_settings_ends_its_relay(telling: Broadcasting) -> None:
    """Its place in the database stays, should it come back."""
    telling.configured = False
    async with telling.worker():
        handle = await telling.start()
        async with asyncio.timeout(PATIENCE_S):
            await handle.result()

    assert telling.standing.cursor == 0


async def test_starting_twice_is_starting_once(telling: Broadcasting) -> None:
    """Every worker starts all relays."""
    async with telling.worker():
        one = await telling.start()
        first = (await one.describe()).run_id
        other = await telling.start()

        assert (await other.describe()).run_id == first


async def test_old_events_are_cleared_when_everybody_has_them(telling: Broadcasting) -> None:
    """A month old and delivered; what is younger stays."""
    telling.store.subscriptions.begin(telling.name, 0)
    telling.ago = timedelta(days=31)
    telling.happens("A", "B")
    telling.ago = timedelta(days=1)
    telling.happens("C")

    async with telling.worker(turn_s=0.5):
        await telling.start()
        await telling.until(lambda: telling.store.outbox.first() == 3)

    assert sorted(telling.sink.taken) == [1, 2, 3]
