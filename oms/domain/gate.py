"""The compliance gate: may this order go to the warehouse now? Asked twice, the second time right before the push."""

from oms.domain.holds import Gate
from oms.domain.model import Fact
from oms.domain.order import PlatformStatus
from oms.domain.state import OrderState, Payment


class Clear(Fact):
    """Nothing speaks against it."""


class Blocked(Fact):
    """It must not go, and why."""

    reasons: tuple[str, ...]


def judge(order: OrderState) -> Clear | Blocked:
    """Weigh everything that may forbid the release of an order."""
    reasons = [f"hold {hold.reason}: {hold.note}" for hold in order.stopped_at(Gate.BEFORE_RELEASE)]
    if order.withdrawal is not None:
        reasons.append(f"withdrawn: {order.withdrawal.why}")
    if order.payment is not Payment.PAID and order.payment is not Payment.PARTLY_REFUNDED:
        reasons.append(f"payment is {order.payment}")
    if order.snapshot.status is PlatformStatus.UNKNOWN:
        reasons.append(f"the platform's status {order.snapshot.raw_status!r} is unknown to us")
    if not order.allocations:
        reasons.append("no stock is reserved for it")
    if not order.receiver_digest:
        reasons.append("it has no receiver")
    return Blocked(reasons=tuple(reasons)) if reasons else Clear()
