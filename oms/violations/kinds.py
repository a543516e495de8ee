"""What counts as a violation, and what as a near miss; decision 0023 says why."""

from collections.abc import Mapping
from enum import StrEnum

from oms.domain.holds import HoldReason
from oms.domain.watch import NO_FIRST_SCAN


class Weight(StrEnum):
    """How bad it is."""

    VIOLATION = "violation"
    """A platform may punish it."""
    NEAR_MISS = "near_miss"
    """It would have become one."""


class Kind(StrEnum):
    """What happened."""

    LATE = "late"
    """The ship-by time passed and the order had not left."""
    COURIER = "courier_not_allowed"
    """A parcel left with a courier that the platform forbids."""
    FALSE_SHIPMENT = "false_shipment_risk"
    """No carrier scanned a parcel in time: the platform may call it a false shipment."""
    AGAINST_GATE = "shipped_against_gate"
    """The order left although the compliance gate's last word was no, or none at all."""
    GATE_REFUSED = "gate_refused"
    GATE_UNSURE = "gate_unsure"
    ADDRESS_REFUSED = "address_refused"
    WAYBILL_REFUSED = "waybill_refused"
    REMINDED = "reminded"
    """The gravest alarm of an order that left in time after all; so are the next four."""
    WARNED = "warned"
    ESCALATED = "escalated"
    ESCALATED_FURTHER = "escalated_further"
    LOCKED = "locked"

    @property
    def weight(self) -> Weight:
        """Whether it is a violation or a near miss."""
        return Weight.VIOLATION if self in VIOLATIONS else Weight.NEAR_MISS


VIOLATIONS = frozenset({Kind.LATE, Kind.COURIER, Kind.FALSE_SHIPMENT, Kind.AGAINST_GATE})
REFUSED, UNSURE, LATE = "gate.refused", "gate.unsure", "clock.late"
LATE_WITHDRAWN = "sla.late_withdrawn"
"""The warehouse's word came after the ship-by time, and tells that the parcel left before it."""
STAGE_MOVED, HOLD_PLACED, HOLD_LIFTED = "stage.moved", "hold.placed", "hold.lifted"
BY_ITSELF: Mapping[str, Kind] = {
    LATE: Kind.LATE,
    "courier.not_allowed": Kind.COURIER,
    NO_FIRST_SCAN: Kind.FALSE_SHIPMENT,
    REFUSED: Kind.GATE_REFUSED,
    UNSURE: Kind.GATE_UNSURE,
    "address.refused": Kind.ADDRESS_REFUSED,
    "waybill.refused": Kind.WAYBILL_REFUSED,
}
"""Audit events that count whatever becomes of the order."""
ALARMS: Mapping[str, Kind] = {
    "clock.remind": Kind.REMINDED,
    "clock.warn": Kind.WARNED,
    "clock.escalate": Kind.ESCALATED,
    "clock.escalate_further": Kind.ESCALATED_FURTHER,
    "clock.lock": Kind.LOCKED,
}
"""Audit events that are near misses once the order has left in time, the gravest last."""
GRAVITY = tuple(ALARMS.values())
RED_LOCK = HoldReason.NO_WAYBILL_LOCK.value
OF_A_RULE = (*BY_ITSELF, *ALARMS, HOLD_PLACED)
"""What the report reads, where a rule stands behind it."""
OF_ITS_WAY = (STAGE_MOVED, HOLD_LIFTED, LATE, LATE_WITHDRAWN)
"""What it reads of the orders concerned, to know what became of them."""
