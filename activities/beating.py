"""Long work that shows that it lives."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import activity

BEATS_PER_TIMEOUT = 3

T = TypeVar("T")


async def beating(work: Coroutine[Any, Any, T]) -> T:
    """Heartbeat while the work goes on, so that a dead worker is noticed within the heartbeat timeout."""
    task = asyncio.ensure_future(work)
    timeout = activity.info().heartbeat_timeout or timedelta(seconds=30)
    try:
        while not task.done():
            activity.heartbeat()
            await asyncio.wait({task}, timeout=timeout.total_seconds() / BEATS_PER_TIMEOUT)
    finally:
        task.cancel()
    return task.result()
