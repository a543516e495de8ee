"""Why an order waits although its turn has come: a set of holds, each with a reason and an owner."""

from collections.abc import Mapping
from enum import StrEnum

from oms.domain.model import Fact, Moment


class HoldReason(StrEnum):
    """What an order can wait for."""

    HIGH_VALUE = "high_value"
    FIRST_BUYER = "first_buyer"
    OUT_OF_STOCK = "out_of_stock"
    NO_WAYBILL_LOCK = "no_waybill_lock"
    COMPLIANCE = "compliance"
    REFUND_OPEN = "refund_open"
    ADDRESS_CHANGE = "address_change"
    PLATFORM_RISK = "platform_risk"
    UNMAPPED_SKU = "unmapped_sku"
    REMARK = "remark"
    MANUAL = "manual"


class Gate(StrEnum):
    """The two places where holds stop an order."""

    BEFORE_RESERVING = "before_reserving"
    BEFORE_RELEASE = "before_release"


_BOTH = frozenset(Gate)
_RELEASE = frozenset({Gate.BEFORE_RELEASE})

STOPS_AT: Mapping[HoldReason, frozenset[Gate]] = {
    HoldReason.HIGH_VALUE: _RELEASE,
    HoldReason.FIRST_BUYER: _RELEASE,
    HoldReason.REMARK: _RELEASE,
    HoldReason.ADDRESS_CHANGE: _RELEASE,
    HoldReason.COMPLIANCE: _RELEASE,
    HoldReason.OUT_OF_STOCK: frozenset(),
    HoldReason.UNMAPPED_SKU: frozenset(),
    HoldReason.NO_WAYBILL_LOCK: _BOTH,
    HoldReason.REFUND_OPEN: _BOTH,
    HoldReason.PLATFORM_RISK: _BOTH,
    HoldReason.MANUAL: _BOTH,
}
"""A review stops the release only: the piece is reserved while the buyer is asked.
Out of stock and unmapped stop nothing by themselves: reserving does, until it succeeds."""

CALLS_BACK = frozenset({HoldReason.MANUAL, HoldReason.PLATFORM_RISK, HoldReason.REFUND_OPEN})
"""Somebody does not want it to leave: a warehouse that has it already is asked to give it back."""

REVIEWS = frozenset({HoldReason.HIGH_VALUE, HoldReason.FIRST_BUYER, HoldReason.REMARK})
"""Customer service clears these with one approval (R6)."""

WHO_ACTS: Mapping[HoldReason, str] = {
    HoldReason.HIGH_VALUE: "service: confirm address and specification, then approve",
    HoldReason.FIRST_BUYER: "service: confirm address and specification, then approve",
    HoldReason.REMARK: "service: read the buyer's remark, then approve",
    HoldReason.OUT_OF_STOCK: "purchasing: replenish; the order goes on by itself",
    HoldReason.NO_WAYBILL_LOCK: "supervisor: find out why, then lift the lock with a reason",
    HoldReason.COMPLIANCE: "operations: mend what the gate names, then release the hold",
    HoldReason.REFUND_OPEN: "service: settle the refund on the platform, or release the hold",
    HoldReason.ADDRESS_CHANGE: "service: confirm the new address, then release the hold",
    HoldReason.PLATFORM_RISK: "nobody yet: the platform reviews the order",
    HoldReason.UNMAPPED_SKU: "operations: map the SKU to stock, then release the hold",
    HoldReason.MANUAL: "whoever placed it: release the hold",
}


class Hold(Fact):
    """One reason to wait, who gave it, since when, and until when if it ends by itself."""

    reason: HoldReason
    actor: str
    since: Moment
    note: str = ""
    until: Moment | None = None


def stopping(holds: tuple[Hold, ...], gate: Gate) -> tuple[Hold, ...]:
    """Return the holds that stop an order at this gate."""
    return tuple(hold for hold in holds if gate in STOPS_AT[hold.reason])
