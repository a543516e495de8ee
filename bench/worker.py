"""One side's worker, in a process of its own: `python -m bench.worker PLAN.json`. Lives until SIGTERM.

It says `ready` on stdout, and `asked {workflow} {code}` for every delivery asked of the warehouse.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.worker import Worker

from activities.admission import AdmissionActivities
from activities.carriers import CarrierActivities
from activities.channels import ChannelActivities
from activities.inventory import InventoryActivities
from activities.notices import NoticeActivities
from activities.records import RecordActivities
from activities.rules import RuleActivities
from activities.untold import Untold
from activities.warehouse import WarehouseActivities
from bench import bare
from bench.opening import bare_client, open_store, our_client
from bench.outside import PatientPeople, PromptChannel, PromptTracking, PromptWarehouse
from bench.plan import SHOP, WorkerPlan
from bench.table import PLATFORM, the_table
from oms.clock import wall_clock
from oms.intake import Intake
from oms.logs import configure
from oms.polling import Polling
from oms.rules.tables import OnlyTable
from oms.store import Store
from oms.temporal import worker as ours
from oms.temporal.client import ORDERS_QUEUE
from oms.temporal.mailbox import TemporalMailbox
from workflows.order import OrderWorkflow

GRACE = timedelta(seconds=1)


def our_activities(store: Store, client: Client) -> Sequence[Callable[..., Any]]:
    """Return the real activities, around collaborators that answer at once."""
    channels = {SHOP: PromptChannel(SHOP)}
    polling = Polling(
        store, Intake(store, TemporalMailbox(client), channels, wall_clock), channels, wall_clock
    )
    people = NoticeActivities(PatientPeople(), store)
    shops = ChannelActivities(channels, polling, store, Untold(people, store))
    rules = RuleActivities(OnlyTable(the_table()), {SHOP: PLATFORM}, store)
    inventory = InventoryActivities(store)
    warehouse = WarehouseActivities(PromptWarehouse(), store, channels, rules)
    carriers = CarrierActivities(PromptTracking(), store)
    return [
        RecordActivities(store).save, rules.assess, rules.judge, inventory.reserve, AdmissionActivities(rules, inventory).admit, warehouse.release,
        warehouse.recall, carriers.track, carriers.recycle, carriers.intercept, shops.write_back,
        people.tell,
    ]  # fmt: skip


async def our_worker(plan: WorkerPlan) -> Worker:
    """Build the worker of the real order workflow, as `oms.running` does."""
    store, client = open_store(plan), await our_client(plan)
    return ours.build_worker(
        client, store, queue=ORDERS_QUEUE, workflows=[OrderWorkflow],
        activities=our_activities(store, client), cached_workflows=plan.cached_workflows, grace=GRACE,
        sandboxed=plan.sandboxed,
    )  # fmt: skip


async def bare_worker(plan: WorkerPlan) -> Worker:
    """Build the yardstick's worker, with the same settings."""
    return Worker(
        await bare_client(plan), task_queue=plan.side, workflows=[bare.BareOrder], activities=bare.ACTIVITIES,
        workflow_runner=ours.workflow_runner(sandboxed=plan.sandboxed),
        max_cached_workflows=plan.cached_workflows,
        max_concurrent_activities=ours.ACTIVITIES_AT_ONCE,
        max_concurrent_local_activities=ours.ACTIVITIES_AT_ONCE,
        max_concurrent_workflow_tasks=ours.WORKFLOW_TASKS_AT_ONCE,
        graceful_shutdown_timeout=GRACE,
    )  # fmt: skip


async def work(plan: WorkerPlan) -> None:
    """Work until SIGTERM."""
    configure("json", "INFO", sys.stderr)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    worker = await (our_worker(plan) if plan.side == "ours" else bare_worker(plan))
    async with worker:
        print("ready", flush=True)
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(work(WorkerPlan.model_validate_json(Path(sys.argv[1]).read_text(encoding="utf-8"))))
    sys.stdout.flush()
    os._exit(0)  # the SDK can abort at interpreter exit
