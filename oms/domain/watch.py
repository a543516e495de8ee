"""Parcels that say nothing: how long they may, and what is told of one that no carrier has scanned in time."""

from datetime import datetime, timedelta
from typing import Literal

from oms.domain.book import Change
from oms.domain.card import clock
from oms.domain.handover import Notice
from oms.domain.ids import OrderKey
from oms.domain.model import Fact, Moment
from oms.domain.parcels import MOVING, ParcelState
from oms.domain.stages import Stage

NO_FIRST_SCAN = "parcel.no_first_scan"
_FIRST_SCAN = "parcel.first_scan_within"
"""Where the table says by when; the order left, and no carrier has it: it stands at `shipped`."""


class Silence(Fact):
    """How long a parcel may be silent on one platform, divided by the pace already, and where that stands in the table."""

    platform: str
    version: str
    first_scan_within: timedelta
    silent_after: timedelta
    query_again_after: timedelta


class Watched(Fact):
    """A parcel of an unfinished order, as the read model has it, and what the watch remembers of it."""

    order: OrderKey
    business_id: str
    waybill: str
    carrier: str
    state: ParcelState
    shipped_at: Moment
    scanned_at: Moment | None = None
    """The newest scan heard of."""
    picked_up_at: Moment | None = None
    asked_at: Moment | None = None
    answer: str = ""
    """What the carrier answered when it was last asked, in words."""
    rest_until: Moment | None = None
    """Nobody asks before."""
    gave_up_at: Moment | None = None
    """The carrier stopped following it; cleared when it was asked to again."""
    back: bool = False
    """The buyer sent it: nobody counts its first scan."""
    risk_at: Moment | None = None
    """People were told that it has no first scan."""

    @property
    def last_sign(self) -> datetime:
        """When it last gave a sign of life."""
        return max(self.shipped_at, self.scanned_at or self.shipped_at)

    @property
    def with_carrier(self) -> bool:
        """Tell whether the carrier has it, for all we know."""
        return self.picked_up_at is not None or self.state in MOVING

    def is_silent(self, rules: Silence, now: datetime) -> bool:
        """Tell whether it has said nothing for longer than its rule allows."""
        return now > self.last_sign + rules.silent_after

    def lacks_first_scan(self, rules: Silence, now: datetime) -> bool:
        """Tell whether its first scan is overdue; due at the very moment counts as overdue, as platforms count."""
        return not self.back and not self.with_carrier and now >= self.first_scan_due(rules)

    def first_scan_due(self, rules: Silence) -> datetime:
        """Return by when the carrier should have scanned it."""
        return self.shipped_at + rules.first_scan_within


def risk_notices(parcel: Watched, rules: Silence) -> tuple[Notice, ...]:
    """Tell operations and the supervisor, each once a parcel."""
    return tuple(_risk_notice(parcel, rules, to) for to in _TOLD)


_TOLD: tuple[Literal["operations", "supervisor"], ...] = ("operations", "supervisor")


def _risk_notice(parcel: Watched, rules: Silence, to: Literal["operations", "supervisor"]) -> Notice:
    body = (
        f"Order {parcel.order} ({parcel.business_id}): parcel {parcel.waybill} of {parcel.carrier.upper()} left the "
        f"warehouse {clock(parcel.shipped_at)} and has no first scan, which was due {clock(parcel.first_scan_due(rules))} "
        f"by {_rule(rules)}. Asked, the carrier says: {parcel.answer or 'nothing yet'}. "
        "Find the parcel, or correct the waybill, before the platform calls it a false shipment."
    )
    return Notice(
        id=f"{parcel.order}:{parcel.waybill}:{NO_FIRST_SCAN}:{to}", to=to, severity="red",
        title="no first scan: risk of a false shipment", body=body, order=str(parcel.order),
    )  # fmt: skip


def risk_change(parcel: Watched, rules: Silence, seq: int, at: datetime) -> Change:
    """Write the line of the order's timeline; it stands behind the order's own line `seq`."""
    return Change(
        id=f"{parcel.order}:{NO_FIRST_SCAN}:{parcel.waybill}", seq=seq, at=at, actor="clock",
        what=NO_FIRST_SCAN, before=Stage.SHIPPED, after=parcel.waybill, rule=_FIRST_SCAN, rule_version=rules.version,
        why=f"no scan of {parcel.carrier.upper()} by {clock(parcel.first_scan_due(rules))} ({_rule(rules)})",
    )  # fmt: skip


def _rule(rules: Silence) -> str:
    return f"{rules.platform}.{_FIRST_SCAN}"
