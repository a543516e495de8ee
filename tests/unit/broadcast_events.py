"""Events to tell, showing only what matters to a test."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import SecretStr

from oms.domain.ids import OrderKey
from oms.store import OutboxEvent
from oms.subscribers import Subscriber

NOON = datetime(2026, 11, 22, 4, 0, 0, tzinfo=UTC)
KEY = "whsec_" + base64.b64encode(b"k" * 32).decode()
OTHER_KEY = "whsec_" + base64.b64encode(b"o" * 32).decode()


def an_event(seq: int = 1, number: str = "1001", *, channel: str = "woocommerce", topic: str = "order.shipped",
             **payload: Any) -> OutboxEvent:  # fmt: skip
    """One event of an order, with what the outbox writes."""
    order = OrderKey(channel=channel, shop="main", number=number)
    content = {
        "id": f"{order}#{seq}", "topic": topic, "order": str(order), "business_id": "OLABC", "what": "stage.moved",
        "before": "released", "after": "shipped", "stage": "shipped",
        "payment": {"state": "paid", "total_fen": 18800, "currency": "CNY"},
        "parcels": [{"waybill": "SF1", "carrier": "sf", "state": "on_the_way"}],
    } | payload  # fmt: skip
    at = NOON + timedelta(seconds=seq)
    return OutboxEvent(seq=seq, id=content["id"], topic=topic, order=order, at=at, payload=content)


def a_subscriber(name: str = "erp", **changes: Any) -> Subscriber:
    """Somebody who wants everything of orders."""
    known: dict[str, Any] = {"name": name, "url": "http://127.0.0.1:1/hook", "secret": SecretStr(KEY)}
    return Subscriber.model_validate(known | changes)
