"""NATS JetStream as a subscriber: a stream keeps what we publish, once per event id."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import nats
from nats.errors import Error as NatsError
from nats.js.errors import NoStreamResponseError

from oms.broadcast.answers import Failed, Reaction, Taken
from oms.broadcast.events import message
from oms.store import OutboxEvent
from oms.subscribers import Subscriber

PATIENCE_S = 5.0


class Acknowledged(Protocol):
    """A stream's receipt."""

    @property
    def stream(self) -> str:
        """Which stream keeps it."""

    @property
    def duplicate(self) -> bool | None:
        """True when it was there before."""


class Publishes(Protocol):
    """A connection's JetStream side, as far as we need it."""

    async def publish(
        self, subject: str, payload: bytes = ..., *, headers: dict[str, Any] | None = ...
    ) -> Acknowledged:
        """Publish, and wait for the receipt."""


class Connected(Protocol):
    """A connection."""

    def jetstream(self) -> Publishes:
        """Its JetStream side."""

    async def close(self) -> None:
        """Let it go."""


Connect = Callable[[Subscriber], Awaitable[Connected]]


class NatsSink:
    """Publishes each event to `{subject}.{topic}`; fulfils `Sink`.

    The stream drops an id that it has seen within its own duplicate window, two minutes unless set otherwise.
    """

    def __init__(self, subscriber: Subscriber, connect: Connect | None = None) -> None:
        """Take the subscriber; nothing is connected before the first event."""
        self._subscriber = subscriber
        self._connect = connect or _connect
        self._connection: Connected | None = None
        self._turn = asyncio.Lock()

    async def send(self, event: OutboxEvent) -> Reaction:
        """Publish once and wait for the stream's receipt; without a stream for the subject it is a failure."""
        told = message(event)
        subject = f"{self._subscriber.subject}.{event.topic}"
        headers = {"Nats-Msg-Id": told.id, "Content-Type": told.content_type}
        try:
            stream = (await self._connected()).jetstream()
            receipt = await stream.publish(subject, told.body, headers=headers)
        except NoStreamResponseError:
            return Failed(f"no stream takes the subject {subject}: make one")
        except (NatsError, OSError, TimeoutError) as error:
            return Failed(f"NATS: {type(error).__name__}")
        return Taken(f"stream {receipt.stream}{', known already' if receipt.duplicate else ''}")

    async def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _connected(self) -> Connected:
        async with self._turn:
            if self._connection is None:
                self._connection = await self._connect(self._subscriber)
            return self._connection


async def _connect(subscriber: Subscriber) -> Connected:
    return await nats.connect(
        subscriber.url,
        name="orderloom",
        token=subscriber.secret.get_secret_value() or None,
        connect_timeout=int(PATIENCE_S),
        max_reconnect_attempts=-1,
        allow_reconnect=True,
        error_cb=_quietly,
    )


async def _quietly(_error: Exception) -> None:
    """A broken connection shows in the answer to the next event; NATS mends it by itself."""
