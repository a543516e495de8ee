"""NATS JetStream as a subscriber: the event id is the message id, so that a stream keeps each event once."""

import asyncio
import json
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import nats
import pytest
from nats.errors import NoServersError
from nats.errors import TimeoutError as NatsTimeout
from nats.js.errors import NoStreamResponseError

from oms.broadcast.answers import Failed, Taken
from oms.broadcast.nats import Connected, NatsSink
from oms.subscribers import Subscriber
from tests.unit.broadcast_events import an_event

BESIDE = Path(sys.executable).with_name("nats-server")
SERVER = str(BESIDE) if BESIDE.exists() else shutil.which("nats-server")


class Receipt:
    def __init__(self, *, duplicate: bool) -> None:
        self.stream, self.duplicate = "ORDERS", duplicate


class FakeConnection:
    """A server that keeps each id once, or is broken as told."""

    def __init__(self, error: Exception | None = None) -> None:
        self.kept: dict[str, tuple[str, bytes]] = {}
        self.closed = False
        self._error = error

    def jetstream(self) -> "FakeConnection":
        return self

    async def publish(
        self, subject: str, payload: bytes = b"", *, headers: dict[str, Any] | None = None
    ) -> Receipt:
        if self._error:
            raise self._error
        mark = (headers or {})["Nats-Msg-Id"]
        known = mark in self.kept
        self.kept.setdefault(mark, (subject, payload))
        return Receipt(duplicate=known)

    async def close(self) -> None:
        self.closed = True


def a_bus(url: str = "nats://127.0.0.1:1") -> Subscriber:
    """A subscriber behind NATS."""
    return Subscriber(name="bus", sink="nats", url=url)


def a_sink(connection: FakeConnection) -> NatsSink:
    """A sink whose server is the fake one."""

    async def connect(_subscriber: Subscriber) -> Connected:
        return connection

    return NatsSink(a_bus(), connect)


async def test_an_event_is_published_under_its_topic_and_its_id() -> None:
    """Sent again, the stream knows it already."""
    connection = FakeConnection()
    sink, event = a_sink(connection), an_event(3)

    first, second = await sink.send(event), await sink.send(event)
    await sink.close()

    assert (first, second) == (Taken("stream ORDERS"), Taken("stream ORDERS, known already"))
    subject, payload = connection.kept[event.id]
    assert subject == "orderloom.order.shipped"
    assert json.loads(payload)["type"] == "com.orderloom.order.shipped.v1"
    assert connection.closed


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NoStreamResponseError(), "no stream takes the subject orderloom.order.shipped: make one"),
        (NatsTimeout(), "NATS: TimeoutError"),
        (ConnectionRefusedError(), "NATS: ConnectionRefusedError"),
    ],
)
async def test_what_is_not_acknowledged_is_a_failure(error: Exception, words: str) -> None:
    """It is sent again later; nothing is thrown."""
    assert await a_sink(FakeConnection(error)).send(an_event()) == Failed(words)


async def test_a_server_that_is_not_there_is_a_failure_and_is_tried_again() -> None:
    """The next event connects anew."""
    asked = []

    async def connect(subscriber: Subscriber) -> Connected:
        asked.append(subscriber.name)
        raise NoServersError

    sink = NatsSink(a_bus(), connect)

    assert await sink.send(an_event()) == await sink.send(an_event()) == Failed("NATS: NoServersError")
    assert asked == ["bus", "bus"]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[str]:
    """A real nats-server with JetStream, where this machine has one."""
    if SERVER is None:
        pytest.skip("no program nats-server on PATH: NATS is tested against a fake connection only")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    words = [SERVER, "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", str(tmp_path)]
    running = await asyncio.create_subprocess_exec(
        *words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            await asyncio.sleep(0.05)
    yield f"nats://127.0.0.1:{port}"
    running.terminate()
    await running.wait()


async def test_a_real_stream_keeps_each_event_once_and_in_order(server: str) -> None:
    """Three events, the second of them sent twice."""
    sink, events = NatsSink(a_bus(server)), [an_event(1), an_event(2), an_event(3)]
    without_a_stream = await sink.send(events[0])
    client = await nats.connect(server)
    stream = client.jetstream()
    await stream.add_stream(name="ORDERS", subjects=["orderloom.>"])

    answers = [await sink.send(event) for event in [events[0], events[1], events[1], events[2]]]
    reader = await stream.pull_subscribe("orderloom.>", "reader")
    heard = [json.loads(told.data)["id"] for told in await reader.fetch(10, timeout=2)]
    await client.close()
    await sink.close()

    assert without_a_stream == Failed("no stream takes the subject orderloom.order.shipped: make one")
    assert [answer.words for answer in answers].count("stream ORDERS, known already") == 1
    assert heard == [event.id for event in events]
