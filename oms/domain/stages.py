"""Where an order is, and every legal way from one place to the next."""

from collections.abc import Mapping
from enum import StrEnum

from oms.domain.errors import IllegalMove


class Stage(StrEnum):
    """An order's place on its way."""

    RECEIVED = "received"
    AWAITING_PAYMENT = "awaiting_payment"
    ACCEPTED = "accepted"
    ALLOCATED = "allocated"
    CLEARED = "cleared"
    RELEASED = "released"
    """The warehouse has it, or may have it: from the first attempt to hand it over."""
    SHIPPED = "shipped"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    CLOSED = "closed"


MOVES: Mapping[Stage, frozenset[Stage]] = {
    Stage.RECEIVED: frozenset({Stage.AWAITING_PAYMENT, Stage.ACCEPTED, Stage.CANCELLED}),
    Stage.AWAITING_PAYMENT: frozenset({Stage.ACCEPTED, Stage.CANCELLED}),
    Stage.ACCEPTED: frozenset({Stage.ALLOCATED, Stage.CANCELLED}),
    Stage.ALLOCATED: frozenset({Stage.CLEARED, Stage.ACCEPTED, Stage.CANCELLED}),
    Stage.CLEARED: frozenset({Stage.RELEASED, Stage.ALLOCATED, Stage.CANCELLED}),
    Stage.RELEASED: frozenset({Stage.SHIPPED, Stage.ALLOCATED, Stage.CANCELLED}),
    Stage.SHIPPED: frozenset({Stage.IN_TRANSIT, Stage.DELIVERED, Stage.CLOSED}),
    Stage.IN_TRANSIT: frozenset({Stage.DELIVERED, Stage.CLOSED}),
    Stage.DELIVERED: frozenset({Stage.COMPLETED, Stage.CLOSED}),
    Stage.COMPLETED: frozenset(),
    Stage.CANCELLED: frozenset(),
    Stage.CLOSED: frozenset(),
}
"""Back to `allocated` from `released`: the warehouse gave the order back (rejected, or cancelled for a new address)."""

ENDED = frozenset(stage for stage, onward in MOVES.items() if not onward)
"""Nothing happens to an order after these."""

LEFT = frozenset({Stage.SHIPPED, Stage.IN_TRANSIT, Stage.DELIVERED, Stage.COMPLETED, Stage.CLOSED})
"""Goods have left the warehouse."""


class Outcome(StrEnum):
    """How an order ended; four different things, never confused."""

    COMPLETED = "completed"
    PARTLY_COMPLETED = "partly_completed"
    CANCELLED = "cancelled"
    CLOSED = "closed"
    """It went out, and came back or has to."""


def check_move(now: Stage, then: Stage) -> None:
    """Raise IllegalMove, saying what would have been legal, when the table does not list the move."""
    if then not in MOVES[now]:
        legal = ", ".join(sorted(MOVES[now])) or "nothing, it has ended"
        raise IllegalMove(f"an order cannot go from {now} to {then}; legal: {legal}")
