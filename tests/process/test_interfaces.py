"""The watch over the outside world as a workflow, and the canary that tells when no workflow runs at all."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from activities.calls import CallActivities
from activities.interface_watch import InterfaceWatchActivities
from oms.canary import CANARY, INTERFACE, Canary
from oms.domain.calls import CallMade, CallResult
from oms.domain.errands import InterfacesWatched, WatchInterfaces
from oms.domain.errors import Unavailable
from oms.domain.handover import Notice
from oms.domain.interfaces import Health
from oms.expiring import Reminders
from oms.interface_watch import InterfaceWatch, Watched
from oms.store import Store
from oms.store.vault import Vault
from oms.temporal.attributes import INTERFACE_STATE
from oms.temporal.worker import build_worker
from tests.process.fakes import FakeNotices
from tests.unit.test_interface_watch import FakeAlarms
from workflows.interfaces import CanaryWorkflow, WatchInterfacesWorkflow

KEY, SHOP = "jd/jingdong.pop.order.search", "jd:main"
LONG_AGO = timedelta(days=60)


def now() -> datetime:
    """What time it is."""
    return datetime.now(UTC)


class FakeExpiring:
    """Reminds nobody, and counts how often it was asked to."""

    asked = 0

    async def remind(self, at: datetime | None = None) -> Reminders:
        assert at is None
        self.asked += 1
        return Reminders()


@dataclass
class Post:
    """A watch with a worker of its own."""

    env: WorkflowEnvironment
    store: Store
    queue: str
    alarms: FakeAlarms = field(default_factory=FakeAlarms)
    expiring: FakeExpiring = field(default_factory=FakeExpiring)

    @property
    def client(self) -> Client:
        return self.env.client

    def called(self, result: CallResult, at: datetime) -> None:
        """Somebody called JD."""
        system, _, interface = KEY.partition("/")
        call = CallMade(at=at, system=system, interface=interface, shop=SHOP, duration_ms=80, result=result)
        self.store.calls.add([call])

    async def round(self) -> tuple[InterfacesWatched, Mapping[str, object]]:
        """What the Schedule starts; what came of it, and its search attributes."""
        handle = await self.client.start_workflow(
            WatchInterfacesWorkflow.run,
            WatchInterfaces(),
            id=f"watch-interfaces-{uuid4()}",
            task_queue=self.queue,
        )
        done = await handle.result()
        shown = (await handle.describe()).typed_search_attributes
        return done, {"states": shown.get(INTERFACE_STATE)}

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[None]:
        """Run a worker for a while."""
        watch = InterfaceWatch(self.store, self.alarms, Watched(), now)
        looking = InterfaceWatchActivities(watch, self.expiring)  # type: ignore[arg-type]  # a fake
        activities: list[Callable[..., object]] = [
            looking.watch,
            looking.remind,
            CallActivities(self.store, keep=timedelta(days=30)).prune,
        ]
        async with build_worker(
            self.client, self.store, queue=self.queue, workflows=[WatchInterfacesWorkflow, CanaryWorkflow],
            activities=activities, cached_workflows=10, grace=timedelta(seconds=1), sandboxed=True,
        ):  # fmt: skip
            yield


@pytest.fixture
async def post(
    env: WorkflowEnvironment, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Post]:
    """A watch over a database of its own; no worker runs yet."""
    store = Store.open(f"sqlite:///{tmp_path / 'oms.db'}", Vault.from_keys([("k1", b"1" * 32)], b"2" * 32))
    store.migrate()
    yield Post(env, store, f"interfaces-{request.node.name[:60]}")
    store.close()


async def test_a_round_calls_people_shows_the_states_reminds_and_forgets_old_calls(post: Post) -> None:
    """One retired answer is enough; the search attribute finds the round; calls of two months ago are gone."""
    post.called(CallResult.OK, now() - LONG_AGO)
    post.called(CallResult.RETIRED, now())

    async with post.worker():
        done, shown = await post.round()

    assert done.states == {KEY: Health.RETIRED}
    assert shown == {"states": ["retired"]}
    assert list(post.alarms.open_now) == [f"retired:{KEY}:{SHOP}"]
    assert post.expiring.asked == 1
    assert post.store.calls.statistics(now() - 2 * LONG_AGO, now() - LONG_AGO / 2) == ()


async def test_a_healthy_round_says_so(post: Post) -> None:
    """`InterfaceState = "healthy"` finds it."""
    async with post.worker():
        _, shown = await post.round()

    assert shown == {"states": ["healthy"]}


async def test_a_round_with_people_out_of_reach_goes_on_and_the_next_one_tells(post: Post) -> None:
    """The condition outlives the failure."""
    post.called(CallResult.RETIRED, now())
    post.alarms.fails = True

    async with post.worker():
        failed, _ = await post.round()
        post.alarms.fails = False
        await post.round()

    assert len(failed.failed) == 1
    assert list(post.alarms.open_now) == [f"retired:{KEY}:{SHOP}"]


def a_canary(post: Post, people: FakeNotices, seconds: float = 1.5) -> Canary:
    """A watcher with little patience."""
    return Canary(post.client, post.store, people, now, queue=post.queue, patience=timedelta(seconds=seconds))


async def gone(post: Post) -> None:
    """Take a canary away that still waits, unless its time is over."""
    with suppress(RPCError):
        await post.client.get_workflow_handle(CANARY).terminate()


async def test_a_stopped_worker_is_told_of_once_and_its_return_once(post: Post) -> None:
    """Past the engine; a second process tells nobody again, and the table of the desk shows it."""
    people, others = FakeNotices(), FakeNotices()
    canary, second = a_canary(post, people), a_canary(post, others)
    async with post.worker():
        sang = await canary.send_one_in()

    silent = [await canary.send_one_in(), await second.send_one_in(), await canary.send_one_in()]
    shown = post.store.health.get(INTERFACE)
    await gone(post)
    async with post.worker():
        again = [await canary.send_one_in(), await second.send_one_in(), await canary.send_one_in()]

    assert (sang, silent, again) == (True, [False] * 3, [True] * 3)
    assert shown is not None
    assert (shown.health, "is a worker running?" in shown.reason) == (Health.UNREACHABLE, True)
    assert people.titles() == ["the engine stands still", "the engine works again"]
    assert others.titles() == []


async def test_a_watcher_that_is_started_anew_tells_of_the_end(post: Post) -> None:
    """It was told of before it was restarted."""
    people = FakeNotices()
    await a_canary(post, people).send_one_in()
    await gone(post)

    async with post.worker():
        await a_canary(post, people).send_one_in()

    assert people.titles() == ["the engine stands still", "the engine works again"]


async def test_a_notice_that_does_not_go_out_is_sent_with_the_next_canary(post: Post) -> None:
    """And then only once."""
    people = UnreachableAtFirst()
    canary = a_canary(post, people, seconds=0.5)

    for _ in range(3):
        await canary.send_one_in()
    await gone(post)

    assert people.titles() == ["the engine stands still"]


class UnreachableAtFirst(FakeNotices):
    """People who cannot be reached the first time."""

    tries = 0

    async def send(self, notice: Notice) -> None:
        self.tries += 1
        if self.tries == 1:
            raise Unavailable("the mail server is away")
        await super().send(notice)


async def test_a_temporal_that_is_away_is_told_of_too(post: Post) -> None:
    """Whatever the client says or does not say."""
    people = FakeNotices()
    away = await Client.connect("127.0.0.1:1", lazy=True)
    canary = Canary(away, post.store, people, now, queue=post.queue, patience=timedelta(seconds=0.5))

    assert not await canary.send_one_in()
    assert people.titles() == ["the engine stands still"]
