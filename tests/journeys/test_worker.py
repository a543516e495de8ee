"""The worker as operators see it: health, metrics of the SDK and of the business, named queues, a graceful stop."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from oms.stack.blueprint import ROOT, Blueprint
from oms.stack.folder import Folder
from oms.stack.loopback import LOOPBACK, free_ports
from oms.stack.stack import Stack
from oms.stack.world import World

ASKED = 200
PACE = 200_000


@pytest.fixture(scope="module")
async def metrics_port() -> int:
    """A port nobody has."""
    return free_ports(1, frozenset())[0]


@pytest.fixture(scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory, metrics_port: int) -> AsyncIterator[Stack]:
    """A whole stack in which one order goes its way in seconds."""
    run = Folder.new_run(tmp_path_factory.mktemp("worker"))
    outside = {"PATH": os.environ["PATH"], "OMS_METRICS_PORT": str(metrics_port)}
    world = World(scenario="none", pace=PACE)
    async with Stack(Blueprint(run=run, keep=run.path, surroundings=outside, world=world)) as running:
        yield running


async def eventually(url: str, words: str) -> str:
    """Ask until the answer holds the words, or fail with the last answer."""
    text = ""
    async with httpx.AsyncClient() as client:
        for _ in range(ASKED):
            text = (await client.get(url)).text
            if words in text:
                return text
            await asyncio.sleep(0.1)
    raise AssertionError(f"{words!r} never came; last: {text[-2000:]}")


async def test_the_worker_counts_what_its_orders_reach_beside_the_metrics_of_the_sdk(
    stack: Stack, metrics_port: int
) -> None:
    """One Prometheus address for both."""
    simulator = f"http://{LOOPBACK}:{stack.blueprint.ports.simulator}"
    async with httpx.AsyncClient() as client:
        placed = await client.post(f"{simulator}/control/orders", json={"count": 1, "paid": True})

    metrics = await eventually(
        f"http://{LOOPBACK}:{metrics_port}/metrics", 'orderloom_orders_reached_total{channel="woocommerce"'
    )

    assert placed.status_code == 200
    assert "temporal_" in metrics
    assert 'stage="' in metrics


async def test_the_worker_says_that_it_is_healthy(stack: Stack) -> None:
    """For whoever restarts what does not answer."""
    answer = await eventually(f"http://{LOOPBACK}:{stack.blueprint.ports.health}/health", "temporal")

    assert '"temporal":true' in answer


async def test_a_worker_of_an_unknown_queue_names_the_queues_there_are(stack: Stack) -> None:
    """A typing error must not become a worker that waits for ever."""
    environ = stack.blueprint.environ(stack.settings_environ) | {
        "OMS_HEALTH_PORT": "0",
        "OMS_METRICS_PORT": "0",
    }

    tried = await asyncio.to_thread(run_worker, environ, "ordres")

    assert tried.returncode == 2
    assert "no queue ordres; there are: orders, channel-woocommerce" in tried.stderr


async def test_a_worker_stops_gracefully_when_it_is_asked_to(stack: Stack) -> None:
    """SIGTERM: what has begun is finished, the exit code is 0, and the log says so."""
    environ = stack.blueprint.environ(stack.settings_environ) | {
        "OMS_HEALTH_PORT": "0",
        "OMS_METRICS_PORT": "0",
    }
    words = [sys.executable, str(ROOT / "worker.py"), "orders"]
    worker = await asyncio.create_subprocess_exec(
        *words, env=environ, stdout=subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    assert worker.stderr is not None
    async with asyncio.timeout(30):
        while b"worker.started" not in await worker.stderr.readline():
            pass

        worker.send_signal(signal.SIGTERM)
        _, said = await worker.communicate()

    assert worker.returncode == 0
    assert b"worker.stopped" in said


def run_worker(environ: dict[str, str], queue: str) -> "subprocess.CompletedProcess[str]":
    """Start a worker that should end by itself."""
    return subprocess.run(
        [sys.executable, str(Path(ROOT) / "worker.py"), queue],
        env=environ, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
