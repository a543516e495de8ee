"""What a platform forbids to pass on, by channel: one table.

Pinduoduo's rules for applications (数据安全) keep the receiver, the buyer and the payment of an order with the application
that the merchant authorised; who may ship and who may account get them there, not from us. The other channels' events
carry no person's data either: none ever enters an event.
"""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple


class Forbidden(NamedTuple):
    """What is left out of every event of a channel."""

    fields: frozenset[str] = frozenset()
    """Keys, at any depth."""
    changes: tuple[str, ...] = ()
    """Beginnings of `what`: of such a change it is told that it happened, not from what to what nor why."""


RECEIVER = frozenset(
    {"receiver", "receiver_digest", "name", "phone", "mobile", "address", "province", "city", "district"}
)
BUYER = frozenset({"buyer", "buyer_id", "buyer_digest", "remark"})
PAYMENT = frozenset(
    {"payment", "paid", "paid_at", "paid_fen", "total_fen", "amount_fen", "refund_fen", "freight_fen",
     "discount_fen", "currency", "way", "transaction"}
)  # fmt: skip
OF_A_CHANGE = ("before", "after", "why")

FORBIDDEN: Mapping[str, Forbidden] = {
    "pdd": Forbidden(
        fields=RECEIVER | BUYER | PAYMENT,
        changes=("payment.", "refund.", "aftersale.", "receiver.", "address.", "buyer.", "remark."),
    ),
}


def allowed(channel: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of an event's content may be passed on."""
    rule = FORBIDDEN.get(channel, Forbidden())
    fields = rule.fields
    if str(payload.get("what", "")).startswith(rule.changes):
        fields |= frozenset(OF_A_CHANGE)
    kept: dict[str, Any] = _without(fields, payload)
    return kept


def _without(fields: Collection[str], value: Any) -> Any:
    match value:
        case Mapping():
            return {key: _without(fields, inner) for key, inner in value.items() if key not in fields}
        case list() | tuple():
            return [_without(fields, inner) for inner in value]
        case _:
            return value
