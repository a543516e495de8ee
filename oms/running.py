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
from activities.carriers import CarrierActivities
from activities.channels import ChannelActivities
from activities.inventory import InventoryActivities
from activities.notices import NoticeActivities
from activities.records import RecordActivities
from activities.rules import RuleActivities
from activities.warehouse import WarehouseActivities
from oms.carriers.kuaidi100 import Kuaidi100, Kuaidi100Config
from oms.channels import CHANNELS
from oms.clock import wall_clock
from oms.http import Http
from oms.logs import configure
from oms.notices import AppriseNotices, Fanout, LogNotices
from oms.opening import open_counter, opened
from oms.polling import Polling
from oms.ports import Notices, Tracking, Warehouse
from oms.rules.table import read_table
from oms.settings import Settings, WrongSetting
from oms.store import Store
from oms.temporal.client import ORDERS_QUEUE, channel_queue
from oms.temporal.health import serve_health
from oms.temporal.worker import build_worker
from oms.warehouse.qimen import Qimen, QimenConfig
from workflows.order import OrderWorkflow
from workflows.poll import PollShopWorkflow, SweepShopWorkflow

log = logging.getLogger("oms.worker")
Activity = Callable[..., Any]
QUOTAS = {channel_queue(name): kind.properties.calls_per_second for name, kind in CHANNELS.items()}
"""What a channel's queue may carry a second, over all workers."""


@dataclass(frozen=True)
class Outside:
    """The collaborators outside, as the settings name them."""

    warehouse: Warehouse
    tracking: Tracking
    notices: Notices


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
    )  # fmt: skip
    ways: list[Notices] = [LogNotices()]
    if settings.notice_urls:
        ways.append(AppriseNotices(settings.notice_urls))
    return Outside(Qimen(qimen, http), Kuaidi100(kuaidi100, http), Fanout(ways))


def activities_by_queue(
    settings: Settings, store: Store, client: Client, http: Http
) -> Mapping[str, Sequence[Activity]]:
    """Return every activity under the queue that runs it: orders first, then one queue a channel."""
    world = outside(settings, http)
    counter = open_counter(settings, store, client, http)
    channels = counter.channels
    shops = ChannelActivities(channels, Polling(store, counter.intake, channels, wall_clock), store)
    platforms = {shop.key: shop.platform for shop in settings.shops}
    rules, inventory = RuleActivities(read_table(), platforms, store), InventoryActivities(store)
    warehouse = WarehouseActivities(world.warehouse, store, channels)
    carriers = CarrierActivities(world.tracking, store)
    orders: list[Activity] = [
        RecordActivities(store).save, rules.assess, inventory.reserve, AdmissionActivities(rules, inventory).admit, warehouse.release,
        warehouse.recall, carriers.track, carriers.recycle, carriers.intercept, shops.write_back,
        NoticeActivities(world.notices, store).tell,
    ]  # fmt: skip
    names = sorted({shop.channel for shop in settings.shops})
    shopping: list[Activity] = [shops.poll, shops.sweep, shops.write_back]
    return {ORDERS_QUEUE: orders, **{channel_queue(name): shopping for name in names}}


async def run_worker(settings: Settings, queues: Sequence[str]) -> int:
    """Serve the queues (all when none is named) until SIGINT or SIGTERM, then finish within the grace period.

    Raises WrongSetting for an unknown queue, RuntimeError when Temporal cannot be reached.
    """
    configure(settings.log_format, settings.log_level, sys.stderr)
    stop = asyncio.Event()
    for wish in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(wish, stop.set)
    async with opened(settings, _runtime(settings)) as (store, client, http):
        workers = _workers(settings, store, client, http, queues)
        async with AsyncExitStack() as running:
            for worker in workers:
                await running.enter_async_context(worker)
            await running.enter_async_context(serve_health(settings.web_host, settings.health_port, client))
            log.info("worker.started", extra={"queues": [worker.task_queue for worker in workers]})
            await stop.wait()
            log.info("worker.stopping", extra={"grace_seconds": settings.grace_seconds})
    log.info("worker.stopped")
    return 0


def _workers(
    settings: Settings, store: Store, client: Client, http: Http, queues: Sequence[str]
) -> list[Worker]:
    served = activities_by_queue(settings, store, client, http)
    unknown = sorted(set(queues) - set(served))
    if unknown:
        raise WrongSetting(f"no queue {', '.join(unknown)}; there are: {', '.join(served)}")
    return [
        build_worker(
            client, store, queue=queue, activities=activities,
            workflows=[OrderWorkflow, PollShopWorkflow, SweepShopWorkflow] if queue == ORDERS_QUEUE else [],
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
