"""An event in the words of the world: CloudEvents 1.0 in JSON, signed as Standard Webhooks has it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from cloudevents.core.bindings.http import to_structured_event
from cloudevents.core.v1.event import CloudEvent
from pydantic import SecretStr
from standardwebhooks import Webhook

from oms.broadcast.forbidden import allowed
from oms.store import OutboxEvent

TYPE = "com.orderloom.{topic}.v1"
SOURCE = "/orderloom/{channel}/{shop}"
SEQUENCE_DIGITS = 19
"""The extension `sequence` is compared as text: numbers of equal length sort as they count."""


class Message(NamedTuple):
    """An event as it travels: what it is, and its bytes, which are what the signature covers."""

    id: str
    body: bytes
    content_type: str


def cloud_event(event: OutboxEvent) -> CloudEvent:
    """Translate; the same event gives the same words, however often it is sent."""
    return CloudEvent(
        {
            "specversion": "1.0",
            "id": event.id,
            "source": SOURCE.format(channel=event.order.channel, shop=event.order.shop),
            "type": TYPE.format(topic=event.topic),
            "subject": str(event.order),
            "time": event.at,
            "datacontenttype": "application/json",
            "sequence": f"{event.seq:0{SEQUENCE_DIGITS}d}",
        },
        allowed(event.order.channel, event.payload),
    )


def message(event: OutboxEvent) -> Message:
    """Write an event down in CloudEvents' structured mode: one JSON text with everything in it."""
    written = to_structured_event(cloud_event(event))
    return Message(event.id, written.body, written.headers["content-type"])


def signed(told: Message, secrets: Sequence[SecretStr], now: datetime) -> Mapping[str, str]:
    """Return the headers of one attempt at `now` (UTC); several secrets sign while one replaces another."""
    text = told.body.decode()
    signatures = [Webhook(secret.get_secret_value()).sign(told.id, now, text) for secret in secrets]
    return {
        "Content-Type": told.content_type,
        "webhook-id": told.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
