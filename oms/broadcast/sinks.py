"""The way to a subscriber: a signed call over HTTP, or a message in a NATS stream."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Protocol

from oms.broadcast.answers import Failed, Gone, Reaction, reaction
from oms.broadcast.events import message, signed
from oms.broadcast.nats import NatsSink
from oms.calls import calling
from oms.clock import wall_clock
from oms.domain.calls import CallResult
from oms.domain.errors import OmsError
from oms.http import Http
from oms.ports.calls import CallListener
from oms.store import OutboxEvent
from oms.subscribers import Subscriber

PATIENCE_S = 15.0
"""From connecting to the last byte of the answer; Standard Webhooks advises 15 to 30 s. A later yes is not heard."""


class Sink(Protocol):
    """Where one subscriber's events go."""

    async def send(self, event: OutboxEvent) -> Reaction:
        """Send an event once; whatever goes wrong is a reaction, never an exception."""


class WebhookSink:
    """Calls an address; fulfils `Sink`."""

    def __init__(
        self, subscriber: Subscriber, http: Http, clock: Callable[[], datetime] = wall_clock
    ) -> None:
        """Take the subscriber and connections of its own: one that hangs must not use up another's."""
        self._subscriber = subscriber
        self._http = http
        self._clock = clock

    async def send(self, event: OutboxEvent) -> Reaction:
        """Call once, signed at this moment; no redirect is followed."""
        told = message(event)
        headers = signed(told, self._subscriber.secrets, self._clock())
        try:
            with calling(system=f"subscriber:{self._subscriber.name}", interface="webhook") as call:
                answer = await self._http.ask(
                    "POST", self._subscriber.url, headers=headers, content=told.body
                )
                said = reaction(answer)
                call.refused(isinstance(said, Gone))
                if isinstance(said, Failed):
                    call.note(CallResult.UNAVAILABLE)
        except OmsError as error:
            return Failed(str(error))
        return said


@asynccontextmanager
async def open_sinks(
    subscribers: Sequence[Subscriber], listener: CallListener | None = None
) -> AsyncIterator[Mapping[str, Sink]]:
    """Open the way to each subscriber, by name; nobody is called yet. `listener` hears of the calls over HTTP."""
    async with AsyncExitStack() as opened:
        sinks: dict[str, Sink] = {}
        for subscriber in subscribers:
            if subscriber.sink == "nats":
                nats = NatsSink(subscriber)
                opened.push_async_callback(nats.close)
                sinks[subscriber.name] = nats
            else:
                http = await opened.enter_async_context(Http(patience_s=PATIENCE_S, listener=listener))
                sinks[subscriber.name] = WebhookSink(subscriber, http)
        yield sinks
