"""Put a worker together and run it until it is told to stop: the composition root behind `worker.py`."""

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.worker import Worker

from activities.admission import AdmissionActivities
from activities.alerts import AlertActivities
from activities.broadcast import BroadcastActivities, Told
from activities.calls import CallActivities
from activities.carriers import CarrierActivities
from activities.channels import ChannelActivities
from activities.interface_watch import InterfaceWatchActivities
from activities.inventory import InventoryActivities
from activities.notices import NoticeActivities
from activities.parcels import ParcelActivities
from activities.payments import PaymentActivities
from activities.records import RecordActivities
from activities.reports import ReportActivities
from activities.rule_changes import RuleChangeActivities
from activities.rules import RuleActivities
from activities.untold import Untold
from activities.warehouse import WarehouseActivities
from activities.waybills import WaybillActivities
from oms.admitting import Room
from oms.alert_desk import open_office
from oms.broadcast.sinks import Sink, open_sinks
from oms.carriers.kuaidi100 import Kuaidi100, Kuaidi100Config, Labels, Partner
from oms.casework import case_work
from oms.channels import CHANNELS, kind_of
from oms.clock import wall_clock
from oms.domain.ids import ShopKey
from oms.expiring import Endings, Expiring
from oms.hole_keeping import HoleKeeping
from oms.http import Http
from oms.logs import configure
from oms.notices import AppriseNotices, Fanout, LogNotices
from oms.opening import Counter, open_counter, opened
from oms.outside_watch import interface_watch
from oms.polling import Polling
from oms.ports import Channel, Notices, Tracking, Warehouse
from oms.ports.alarms import Alarms
from oms.register import Register
from oms.repairing import repair_of
from oms.reports import ParcelReports
from oms.rules.assessment import ShopWays
from oms.rules.shelf import Shelf
from oms.rules.tables import Tables
from oms.settings import Settings, ShopConfig, WrongSetting
from oms.spreading import Spreading
from oms.store import Store
from oms.temporal.alarms import TemporalAlarms
from oms.temporal.client import EVENTS_QUEUE, ORDERS_QUEUE, channel_queue
from oms.temporal.health import serve_health
from oms.temporal.mailbox import TemporalMailbox
from oms.temporal.relays import start_relays
from oms.temporal.schedules import poll_interval
from oms.temporal.worker import build_worker
from oms.violations.files import Reports
from oms.violations.reading import Reading
from oms.warehouse.qimen import Qimen, QimenConfig
from oms.watching import Watching
from oms.waybills import WaybillDesk, Ways
from workflows.aftersale import AfterSaleWorkflow
from workflows.alert import AlertWorkflow
from workflows.interfaces import CanaryWorkflow, WatchInterfacesWorkflow
from workflows.order import OrderWorkflow
from workflows.poll import PollShopWorkflow, SweepShopWorkflow
from workflows.relay import RelayEventsWorkflow
from workflows.report import ReportWorkflow
from workflows.rules import SpreadRulesWorkflow
from workflows.watch import WatchParcelsWorkflow

log = logging.getLogger("oms.worker")
Activity = Callable[..., Any]
QUOTAS = {channel_queue(name): kind.properties.calls_per_second for name, kind in CHANNELS.items()}
"""What a channel's queue may carry a second, over all workers."""
WORKFLOWS: Mapping[str, Sequence[type]] = {
    ORDERS_QUEUE: (
        OrderWorkflow,
        AfterSaleWorkflow,
        PollShopWorkflow,
        SweepShopWorkflow,
        WatchParcelsWorkflow,
        WatchInterfacesWorkflow,
        CanaryWorkflow,
        SpreadRulesWorkflow,
        ReportWorkflow,
    ),
    EVENTS_QUEUE: (RelayEventsWorkflow, AlertWorkflow),
}


@dataclass(frozen=True)
class Outside:
    """The collaborators outside, as the settings name them."""

    warehouse: Warehouse
    tracking: Tracking
    notices: Notices
    couriers: Labels


def outside(settings: Settings, http: Http) -> Outside:
    """Open the real adapters; only the settings say whether they speak to the simulator or to the world."""
    qimen = QimenConfig(
        url=settings.qimen_url, app_key=settings.qimen_app_key, secret=settings.qimen_secret,
        customer_id=settings.qimen_customer_id, owner_code=settings.qimen_owner,
    )  # fmt: skip
    kuaidi100 = Kuaidi100Config(
        poll_url=settings.kuaidi100_poll_url, query_url=f"{settings.kuaidi100_poll_url}/query.do",
        label_url=settings.kuaidi100_label_url, customer=settings.kuaidi100_customer, key=settings.kuaidi100_key,
        secret=settings.kuaidi100_secret, salt=settings.kuaidi100_salt,
        callback_url=f"{settings.public_url}/hooks/kuaidi100",
        partners={each.carrier: Partner(id=each.account, key=each.key) for each in settings.kuaidi100_partners},
    )  # fmt: skip
    ways: list[Notices] = [LogNotices()]
    if settings.notice_urls:
        ways.append(AppriseNotices(settings.notice_urls))
    return Outside(Qimen(qimen, http), Kuaidi100(kuaidi100, http), Fanout(ways), Labels(kuaidi100, http))


def ways_of(shops: Sequence[ShopConfig]) -> dict[ShopKey, ShopWays]:
    """Return how each shop works, as its orders' histories are told."""
    return {
        shop.key: ShopWays(
            gateways=tuple(gateway.kind for gateway in shop.gateways),
            same_buyer_everywhere=kind_of(shop).properties.same_buyer_everywhere,
            draws_waybills=shop.waybills != "warehouse",
            tells_when_drawn=shop.waybills != "warehouse" and shop.tell_channel == "drawn",
            couriers=shop.couriers,
        )
        for shop in shops
    }


def activities_by_queue(
    settings: Settings, store: Store, client: Client, http: Http, sinks: Mapping[str, Sink]
) -> Mapping[str, Sequence[Activity]]:
    """Return every activity under the queue that runs it: orders first, then one queue a channel, then events."""
    world = outside(settings, http)
    counter = open_counter(settings, store, client, http, room=room_of(settings, store))
    channels, intake, mailbox = counter.channels, counter.intake, counter.mailbox
    alerts = TemporalAlarms(client, wall_clock, pace=settings.pace)
    people = NoticeActivities(world.notices, store, alerts)
    alarms = HoleKeeping(alerts, store.holes, tuple(channels))
    shops = shop_work(settings, counter, Untold(people, store, settings.pace), alarms)
    platforms = {shop.key: shop.platform for shop in settings.shops}
    shelf = Shelf(store.rule_tables, wall_clock)
    rules = RuleActivities(shelf, platforms, store, ways_of(settings.shops))
    inventory = InventoryActivities(store)
    changes = RuleChangeActivities(Spreading(store, shelf, platforms, mailbox, wall_clock))
    warehouse = WarehouseActivities(world.warehouse, store, channels, rules)
    carriers = CarrierActivities(world.tracking, store)
    ways = Ways({shop.key: shop for shop in settings.shops}, channels, world.couriers)
    waybills = WaybillActivities(WaybillDesk(ways, store.waybills), store, channels)
    payments = PaymentActivities(counter.gateways, intake, store)
    parcels = ParcelActivities(watching(settings, store, mailbox, world.tracking, shelf), people)
    cases = case_work(settings, store, channels, mailbox, world.warehouse, shelf)
    asking: list[Activity] = [
        shops.write_back, shops.correct_waybill, shops.answer_address, waybills.draw, waybills.give_back,
        payments.confirm, *cases.platforms,
    ]  # fmt: skip
    interfaces = watching_interfaces(settings, store, http, channels, alarms)
    orders: list[Activity] = [
        RecordActivities(store).save, rules.assess, rules.judge, inventory.reserve, AdmissionActivities(rules, inventory).admit, warehouse.release,
        warehouse.recall, carriers.track, carriers.recycle, carriers.intercept,
        people.tell, parcels.watch, changes.spread, reporting(settings, store, shelf).write, CallActivities(store, keep=timedelta(days=settings.keep_calls_days)).prune, interfaces.watch, interfaces.remind, *cases.others, *asking,
    ]  # fmt: skip
    names = sorted({shop.channel for shop in settings.shops})
    shopping: list[Activity] = [shops.poll, shops.sweep, *asking]
    telling = broadcasting(settings, store, sinks)
    alerting = AlertActivities(open_office(settings, store, http, wall_clock), store)
    events: list[Activity] = [telling.relay, telling.clear, people.tell, alerting.look, alerting.tell]
    return {ORDERS_QUEUE: orders, **{channel_queue(name): shopping for name in names}, EVENTS_QUEUE: events}


def shop_work(settings: Settings, counter: Counter, untold: Untold, alarms: Alarms) -> ChannelActivities:
    """Return what speaks with shops; polls that fail are told of, and what they missed is read again."""
    store, board = counter.store, counter.channels
    polling = Polling(store, counter.intake, board, wall_clock, follow=board.catch_up)
    repair = repair_of(store, board, polling, alarms, wall_clock, poll_interval(settings))
    return ChannelActivities(board, polling, store, untold, repair)


def room_of(settings: Settings, store: Store) -> Room | None:
    """Return the room for new orders; None where the settings let any number in at once."""
    return Room(store.orders, settings.new_orders_at_once) if settings.new_orders_at_once else None


def watching(
    settings: Settings, store: Store, mailbox: TemporalMailbox, tracking: Tracking, tables: Tables
) -> Watching:
    """Return what looks after silent parcels."""
    reports = ParcelReports(store, mailbox, wall_clock)
    platforms = {shop.key: shop.platform for shop in settings.shops}
    return Watching(store, tracking, reports, tables, platforms, wall_clock)


def watching_interfaces(
    settings: Settings, store: Store, http: Http, channels: Mapping[ShopKey, Channel], alarms: Alarms
) -> InterfaceWatchActivities:
    """Return what looks after the outside interfaces, and after what of them ends."""
    endings = Endings(Register(settings), store)
    watch = interface_watch(settings, store, http, channels, alarms, endings.find, clock=wall_clock)
    return InterfaceWatchActivities(watch, Expiring(endings, store, alarms, wall_clock))


def reporting(settings: Settings, store: Store, tables: Tables) -> ReportActivities:
    """Return what writes the violation report."""
    platforms = {shop.key: shop.platform for shop in settings.shops}
    reports = Reports.where(settings.reports_folder, settings.database_url)
    return ReportActivities(Reading(store, platforms, tables.in_force), reports)


def broadcasting(settings: Settings, store: Store, sinks: Mapping[str, Sink]) -> BroadcastActivities:
    """Return what tells the settings' subscribers, each by its way."""
    told = {one.name: Told(one, sinks[one.name]) for one in settings.subscribers}
    return BroadcastActivities(told, store, keep=timedelta(days=settings.keep_events_days))


async def run_worker(settings: Settings, queues: Sequence[str]) -> int:
    """Serve the queues (all when none is named) until SIGINT or SIGTERM, then finish within the grace period.

    Raises WrongSetting for an unknown queue, RuntimeError when Temporal cannot be reached.
    """
    configure(settings.log_format, settings.log_level, sys.stderr)
    Register(settings)  # refuses a start while nobody looks after an interface, before anything is opened
    stop = asyncio.Event()
    for wish in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(wish, stop.set)
    async with (
        opened(settings, _runtime(settings)) as (store, client, http),
        open_sinks(settings.subscribers, http.listener) as sinks,
        AsyncExitStack() as running,
    ):
        workers = _workers(
            settings, store, client, activities_by_queue(settings, store, client, http, sinks), queues
        )
        for worker in workers:
            await running.enter_async_context(worker)
        if EVENTS_QUEUE in {worker.task_queue for worker in workers}:
            await start_relays(client, [one.name for one in settings.subscribers], pace=settings.pace)
        await running.enter_async_context(serve_health(settings.web_host, settings.health_port, client))
        log.info("worker.started", extra={"queues": [worker.task_queue for worker in workers]})
        await stop.wait()
        log.info("worker.stopping", extra={"grace_seconds": settings.grace_seconds})
    log.info("worker.stopped")
    return 0


def _workers(
    settings: Settings,
    store: Store,
    client: Client,
    served: Mapping[str, Sequence[Activity]],
    queues: Sequence[str],
) -> list[Worker]:
    unknown = sorted(set(queues) - set(served))
    if unknown:
        raise WrongSetting(f"no queue {', '.join(unknown)}; there are: {', '.join(served)}")
    return [
        build_worker(
            client, store, queue=queue, activities=activities,
            workflows=WORKFLOWS.get(queue, ()),
            a_second=QUOTAS.get(queue), cached_workflows=settings.cached_workflows, grace=timedelta(seconds=settings.grace_seconds),
        )
        for queue, activities in served.items()
        if not queues or queue in queues
    ]  # fmt: skip


def _runtime(settings: Settings) -> Runtime | None:
    """Metrics of the SDK and of the business on one port, when one is set."""
    if not settings.metrics_port:
        return None
    bind = f"{settings.web_host}:{settings.metrics_port}"
    prometheus = PrometheusConfig(bind_address=bind, durations_as_seconds=True, counters_total_suffix=True)
    return Runtime(telemetry=TelemetryConfig(metrics=prometheus))
