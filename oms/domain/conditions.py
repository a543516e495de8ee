"""Which of today's notices are conditions: something that is so, until it is over (everything else is news)."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime

from oms.domain.alerts import AlertKind, Condition
from oms.domain.handover import Notice

LONGEST_KEY = 200
_OF_TITLE: Mapping[str, tuple[AlertKind, str]] = {
    "out of stock": (AlertKind.OUT_OF_STOCK, "out_of_stock"),
    "unmapped SKU": (AlertKind.ORDER, "unmapped_sku"),
    "ship-by time is near": (AlertKind.SLA, "sla"),
    "ship-by time is very near": (AlertKind.SLA, "sla"),
    "not shipped in time": (AlertKind.SLA, "sla"),
    "not shipped in time, and nobody has acknowledged it": (AlertKind.SLA, "sla"),
    "ship-by time has passed": (AlertKind.SLA, "sla"),
    "locked: no waybill in time; a person must lift the lock": (AlertKind.RED_LOCK, "red_lock"),
    "parcel still on its way 72 h after shipping": (AlertKind.ORDER, "overdue"),
    "an order needs you": (AlertKind.ORDER, ""),
}
"""As `oms.domain.strikes`, `shortage` and `errands_of` word them; a test makes each of them and looks."""


def condition_of(notice: Notice, at: datetime) -> Condition | None:
    """Return the condition that a notice of an order is about; None when the notice is only news."""
    found = _OF_TITLE.get(notice.title)
    if found is None or not notice.order:
        return None
    kind, reason = found
    return Condition(
        key=key_of("order", notice.order, reason or hashlib.sha256(notice.id.encode()).hexdigest()[:12]),
        kind=kind, severity=notice.severity, to=notice.to, title=notice.title, body=notice.body, order=notice.order,
        shop=":".join(notice.order.split(":")[:2]), since=at,
    )  # fmt: skip


def key_of(*parts: str) -> str:
    """Put a condition's key together: characters that no key may have become `_`, and it never grows too long."""
    key = ":".join(re.sub(r"[^A-Za-z0-9:._/-]", "_", part) for part in parts)
    if len(key) <= LONGEST_KEY:
        return key
    digest = hashlib.sha256(":".join(parts).encode()).hexdigest()[:16]
    return f"{key[: LONGEST_KEY - 17]}:{digest}"
