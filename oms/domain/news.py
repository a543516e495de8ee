"""Whether a platform's or carrier's word is news to an order, or only says again what we know or did."""

import hashlib
import json
from datetime import datetime, timedelta
from enum import StrEnum

from oms.domain.model import Fact, Moment
from oms.domain.order import STATUS_ORDER, PlatformStatus, Snapshot
from oms.domain.parcels import ENDED as PARCEL_ENDED
from oms.domain.parcels import MOVING, RANK, Parcel, ParcelState
from oms.domain.stages import LEFT, Stage

FUTURE_TOLERANCE = timedelta(minutes=5)
"""Clocks differ by this much; a time further ahead is a fault of theirs."""

SHIPPED_OR_LATER = LEFT - {Stage.CLOSED}
"""Where our own write-back makes the platform say "shipped"."""

_SHIPPED_WORDS = frozenset({PlatformStatus.SHIPPED})
_COMPLETED_WORDS = frozenset({PlatformStatus.SHIPPED, PlatformStatus.CONFIRMED})
_CANCELLED_WORDS = frozenset({PlatformStatus.CANCELLED, PlatformStatus.REFUNDED})
_CHANGES_THE_PARCEL = frozenset(
    {
        ParcelState.DELIVERED,
        ParcelState.AT_PICKUP_POINT,
        ParcelState.EXCEPTION,
        ParcelState.REJECTED,
        ParcelState.RETURNING,
        ParcelState.RETURNED,
    }
)


class News(StrEnum):
    """What a snapshot is to us."""

    NEW = "new"
    CHANGED = "changed"
    REPEATED = "repeated"
    STALE = "stale"
    ECHO = "echo"

    @property
    def matters(self) -> bool:
        """Tell whether the order's workflow has to hear it."""
        return self in {News.NEW, News.CHANGED}

    @property
    def reason(self) -> str:
        """Say it in words, for the inbox and the desk."""
        return _REASONS[self]


_REASONS = {
    News.NEW: "we have not heard of this order before",
    News.CHANGED: "the content differs from what we last heard",
    News.REPEATED: "the same content as last heard",
    News.STALE: "older than what we last heard",
    News.ECHO: "the platform says back what we did ourselves",
}


class Known(Fact):
    """What we know of an order before the snapshot came: last heard, and where the order stands."""

    mark: str
    """The `mark_of` the last snapshot heard; a bare fingerprint from the read model does too."""
    modified_at: Moment
    stage: str = ""
    """The read model's stage; empty when the order has not written anything yet."""


def mark_of(snapshot: Snapshot) -> str:
    """Return, with dots between, the fingerprint, a shorter one of all that is not the status, and the status.

    The second part tells a pure change of status from one that brings a refund or a new address along, the
    third which of two words of one second is further on its way.
    """
    return f"{snapshot.fingerprint}.{_rest(snapshot)}.{snapshot.status}"


def _rest(snapshot: Snapshot) -> str:
    content = snapshot.model_dump(mode="json", exclude={"modified_at", "status", "raw_status"})
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _same_rest(known: Known, snapshot: Snapshot) -> bool:
    return known.mark.split(".")[1:2] == [_rest(snapshot)]


def _is_older(known: Known, snapshot: Snapshot) -> bool:
    """Tell whether a differing snapshot is overruled, by the same measure as `Snapshot.is_newer_than`."""
    if snapshot.modified_at != known.modified_at:
        return snapshot.modified_at < known.modified_at
    heard = known.mark.split(".")[2:]
    return bool(heard) and STATUS_ORDER.index(snapshot.status) < STATUS_ORDER.index(PlatformStatus(heard[0]))


def is_news(known: Known | None, snapshot: Snapshot) -> News:
    """Compare a snapshot with what we know.

    Equal content is a repetition whatever its time; older content is stale; a status that we caused
    ourselves, with nothing else changed, is an echo.
    """
    if known is None:
        return News.NEW
    if known.mark.partition(".")[0] == snapshot.fingerprint:
        return News.REPEATED
    if _is_older(known, snapshot):
        return News.STALE
    if _is_echo(known, snapshot) and _same_rest(known, snapshot):
        return News.ECHO
    return News.CHANGED


def _is_echo(known: Known, snapshot: Snapshot) -> bool:
    if known.stage == Stage.CANCELLED:
        return snapshot.status in _CANCELLED_WORDS
    return known.stage in SHIPPED_OR_LATER and snapshot.status in _SHIPPED_WORDS


def is_news_after_the_end(known: Known, snapshot: Snapshot) -> News:
    """Compare with an order that has ended: tell whether something is left for a person to look at.

    A completed order hears "shipped" and "confirmed" as a matter of course, a cancelled one "cancelled"
    and "refunded"; money or goods moving after the end is news.
    """
    verdict = is_news(known, snapshot)
    if not verdict.matters:
        return verdict
    if known.stage == Stage.CANCELLED and snapshot.status in _CANCELLED_WORDS:
        return News.ECHO
    refund = snapshot.refund_open or snapshot.refunded_fen > 0
    if known.stage == Stage.COMPLETED and snapshot.status in _COMPLETED_WORDS:
        return News.ECHO if _same_rest(known, snapshot) or not refund else verdict
    if known.stage == Stage.CLOSED and snapshot.status in _COMPLETED_WORDS | _CANCELLED_WORDS:
        return News.ECHO if _same_rest(known, snapshot) else verdict
    return verdict


def not_from_the_future(snapshot: Snapshot, now: datetime) -> Snapshot:
    """Return the snapshot with a modification time we can order by; the same one unless it lies ahead."""
    if snapshot.modified_at <= now + FUTURE_TOLERANCE:
        return snapshot
    return snapshot.model_copy(update={"modified_at": now})


def is_parcel_news(parcel: Parcel, state: ParcelState, *, late: bool = False) -> bool:
    """Tell whether a carrier's word changes where the order stands.

    That is the first scan in the carrier's hands, whatever ends or endangers the delivery, and the end
    of a trouble; every other scan is for the trace only, and an unknown state moves nothing. `late`: the word is
    older than what we have heard of the parcel, so it can still raise the parcel's rank, but not undo an equal.
    """
    if state is parcel.state or parcel.state in PARCEL_ENDED - {ParcelState.DELIVERED}:
        return False
    if state is ParcelState.DELIVERED and parcel.delivered_at is None:
        return True
    if RANK[state] < RANK[parcel.state] or (late and RANK[state] == RANK[parcel.state]):
        return False
    if state in _CHANGES_THE_PARCEL:
        return True
    return state in MOVING and (parcel.state not in MOVING or parcel.state is ParcelState.EXCEPTION)
