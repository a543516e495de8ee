"""A parcel's life as its carrier tells it: canonical states beside the raw ones, never backwards."""

from collections.abc import Mapping
from enum import StrEnum

from oms.domain.model import Fact, Moment
from oms.domain.stock import Piece


class ParcelState(StrEnum):
    """Where a parcel is. *At a pickup point* is not *delivered*: only a signature delivers."""

    CREATED = "created"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    AT_PICKUP_POINT = "at_pickup_point"
    EXCEPTION = "exception"
    DELIVERED = "delivered"
    REJECTED = "rejected"
    RETURNING = "returning"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


RANK: Mapping[ParcelState, int] = {
    ParcelState.UNKNOWN: -1,
    ParcelState.CREATED: 0,
    ParcelState.PICKED_UP: 1,
    ParcelState.IN_TRANSIT: 2,
    ParcelState.EXCEPTION: 2,
    ParcelState.OUT_FOR_DELIVERY: 3,
    ParcelState.AT_PICKUP_POINT: 4,
    ParcelState.DELIVERED: 6,
    ParcelState.REJECTED: 5,
    ParcelState.RETURNING: 7,
    ParcelState.RETURNED: 8,
    ParcelState.CANCELLED: 8,
}
"""A state only ever gives way to one of higher rank; among equals the later moment of the carrier's own clock counts."""

MOVING = frozenset(state for state, rank in RANK.items() if rank >= 1)
"""The carrier has it."""

ENDED = frozenset({ParcelState.DELIVERED, ParcelState.RETURNED, ParcelState.CANCELLED})
"""Nothing more is expected of the carrier, unless the buyer sends it back."""


class Parcel(Fact):
    """One box with one waybill; `delivery_order` says which warehouse order it came from."""

    waybill: str
    carrier: str
    """The carrier's code in our words, e.g. `sf`, `yto`, `jd`."""
    delivery_order: str
    pieces: tuple[Piece, ...]
    shipped_at: Moment
    state: ParcelState = ParcelState.CREATED
    raw_state: str = ""
    state_at: Moment | None = None
    """The carrier's moment of the word that stands."""
    delivered_at: Moment | None = None
    """The first signature; it stands, too, for a parcel that went back afterwards."""
    written_back: bool = False


def advance(parcel: Parcel, state: ParcelState, raw_state: str, at: Moment) -> Parcel:
    """Return the parcel after a carrier's word, said of the moment `at`.

    Of all words heard the one of the highest rank stands, among equals the latest: the same words in any order,
    however often, leave the same parcel. Two things are kept beside it: the raw word of a state nobody knows,
    which moves nothing, and the first signature, whatever became of the parcel afterwards.
    """
    if state is ParcelState.UNKNOWN:
        return parcel.model_copy(update={"raw_state": raw_state})
    signed = parcel.delivered_at
    if state is ParcelState.DELIVERED:
        signed = min(at, signed or at)
    update: dict[str, object] = {} if signed == parcel.delivered_at else {"delivered_at": signed}
    if _overrules(state, at, parcel):
        update |= {"state": state, "raw_state": raw_state, "state_at": at}
    return parcel.model_copy(update=update) if update else parcel


def _overrules(state: ParcelState, at: Moment, parcel: Parcel) -> bool:
    if RANK[state] != RANK[parcel.state]:
        return RANK[state] > RANK[parcel.state]
    return parcel.state_at is None or (at, state) > (parcel.state_at, parcel.state)
