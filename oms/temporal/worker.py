"""Build a worker: which queue it serves, with which workflows and activities, and how patiently it stops."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from oms.store import Store
from oms.temporal.interceptors import HouseRules

PASSED_THROUGH = ("oms", "activities", "workflows.policies", "yaml")
"""Modules that the workflow sandbox takes as they are: pure, or used for their types only."""
ACTIVITIES_AT_ONCE = 50
WORKFLOW_TASKS_AT_ONCE = 40
"""A task holds its place while its local activities wait for the database: with ten places, orders of six busy shops
waited three seconds for one, and updates, which a busy worker misses at first, five."""
THREADS = ACTIVITIES_AT_ONCE
"""Mostly idle; the database is the one that says how many write at once."""


def build_worker(  # noqa: PLR0913 - a worker has this many sides
    client: Client,
    store: Store,
    *,
    queue: str,
    workflows: Sequence[type],
    activities: Sequence[Callable[..., Any]],
    cached_workflows: int,
    a_second: float | None = None,
    grace: timedelta,
    sandboxed: bool = False,
) -> Worker:
    """Return a worker of one queue that is not yet running.

    `a_second`: how many activities the whole queue may start a second, over all its workers; None: any number.
    """
    return Worker(
        client,
        task_queue=queue,
        workflows=list(workflows),
        activities=list(activities),
        activity_executor=ThreadPoolExecutor(THREADS, thread_name_prefix=f"activity-{queue}"),
        workflow_runner=workflow_runner(sandboxed=sandboxed),
        interceptors=[HouseRules(store)],
        max_cached_workflows=cached_workflows,
        max_task_queue_activities_per_second=a_second,
        max_concurrent_activities=ACTIVITIES_AT_ONCE,
        max_concurrent_local_activities=ACTIVITIES_AT_ONCE,
        max_concurrent_workflow_tasks=WORKFLOW_TASKS_AT_ONCE,
        graceful_shutdown_timeout=grace,
    )


def workflow_runner(*, sandboxed: bool) -> WorkflowRunner:
    """Return what runs workflow code: in the tests within the SDK's sandbox, which stops what would not replay.

    Without it an order costs the worker about a fifth less CPU; see docs/decisions/0011.
    """
    if not sandboxed:
        return UnsandboxedWorkflowRunner()
    return SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    )
