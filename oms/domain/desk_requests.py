"""What can be asked of an order at the desk, who may ask it, and what stands in its way as far as one can see."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from oms.domain.book import OrderRow
from oms.domain.holds import REVIEWS, HoldReason
from oms.domain.messages import (
    Acknowledge,
    AddNote,
    ApproveReview,
    CancelOrder,
    Command,
    LiftLock,
    PlaceHold,
    ReleaseHold,
)
from oms.domain.roles import Act
from oms.domain.stages import ENDED, LEFT, Stage


class Ask(StrEnum):
    """A request; its value is the order's update, except of `resync`, which goes to the shop."""

    APPROVE = "approve"
    RELEASE_HOLD = "release_hold"
    LIFT_LOCK = "lift_lock"
    ACKNOWLEDGE = "acknowledge"
    HOLD = "hold"
    CANCEL = "cancel"
    ADD_NOTE = "add_note"
    RESYNC = "resync"
    CHANGE_WAYBILL = "change_waybill"
    CHANGE_ADDRESS = "change_address"


ACT_OF: Final[Mapping[Ask, Act]] = {
    Ask.APPROVE: Act.APPROVE_REVIEW,
    Ask.RELEASE_HOLD: Act.RELEASE_HOLD,
    Ask.LIFT_LOCK: Act.LIFT_LOCK,
    Ask.ACKNOWLEDGE: Act.ACKNOWLEDGE,
    Ask.HOLD: Act.PLACE_HOLD,
    Ask.CANCEL: Act.CANCEL_ORDER,
    Ask.ADD_NOTE: Act.ADD_NOTE,
    Ask.RESYNC: Act.RESYNC,
    Ask.CHANGE_WAYBILL: Act.CHANGE_WAYBILL,
    Ask.CHANGE_ADDRESS: Act.CHANGE_ADDRESS,
}
OF_MANY: Final = tuple(ask for ask in Ask if ask not in (Ask.CHANGE_WAYBILL, Ask.CHANGE_ADDRESS))
"""What makes sense for a selection: it needs nothing but a reason, and of a hold its name."""


class Obstacle(StrEnum):
    """Why an order will refuse, as its row shows it; the order itself has the last word."""

    ENDED = "ended"
    LOCKED = "locked"
    NO_REVIEW = "no_review"
    NO_HOLD = "no_hold"
    RED_LOCK = "red_lock"
    NOT_LOCKED = "not_locked"
    HELD_ALREADY = "held_already"
    LEFT = "left"
    DELIVERED = "delivered"


_WHILE_LOCKED = frozenset({Ask.LIFT_LOCK, Ask.ADD_NOTE, Ask.ACKNOWLEDGE, Ask.RESYNC})
_AFTER_THE_END = frozenset({Ask.ADD_NOTE, Ask.RESYNC})


def command(ask: Ask, by: str, why: str, hold: str = "") -> Command:
    """Word a request that needs no more than a reason. Raises KeyError for one that does."""
    if ask is Ask.RELEASE_HOLD:
        return ReleaseHold(by=by, why=why, reason=hold)
    return _PLAIN[ask](by=by, why=why)


def obstacle(row: OrderRow, ask: Ask, hold: str = "") -> Obstacle | None:
    """Foresee a refusal from what is written down; None when nothing speaks against it."""
    if row.stage in ENDED and ask not in _AFTER_THE_END:
        return Obstacle.ENDED
    if HoldReason.NO_WAYBILL_LOCK in row.holds and ask not in _WHILE_LOCKED:
        return Obstacle.LOCKED
    return next((what for what, stands in _OBSTACLES.get(ask, ()) if stands(row, hold)), None)


def standing(row: OrderRow) -> str:
    """Say where an order is and what holds it, so that a change of either can be told."""
    return "|".join((row.stage, *sorted(row.holds)))


_PLAIN: Final[Mapping[Ask, type[Command]]] = {
    Ask.APPROVE: ApproveReview,
    Ask.LIFT_LOCK: LiftLock,
    Ask.ACKNOWLEDGE: Acknowledge,
    Ask.HOLD: PlaceHold,
    Ask.CANCEL: CancelOrder,
    Ask.ADD_NOTE: AddNote,
}
_OBSTACLES: Final[Mapping[Ask, tuple[tuple[Obstacle, Callable[[OrderRow, str], bool]], ...]]] = {
    Ask.APPROVE: ((Obstacle.NO_REVIEW, lambda row, _: not REVIEWS.intersection(row.holds)),),
    Ask.RELEASE_HOLD: (
        (Obstacle.RED_LOCK, lambda _, hold: hold == HoldReason.NO_WAYBILL_LOCK),
        (Obstacle.NO_HOLD, lambda row, hold: hold not in row.holds),
    ),
    Ask.LIFT_LOCK: ((Obstacle.NOT_LOCKED, lambda row, _: HoldReason.NO_WAYBILL_LOCK not in row.holds),),
    Ask.HOLD: (
        (Obstacle.LEFT, lambda row, _: row.stage in LEFT),
        (Obstacle.HELD_ALREADY, lambda row, _: HoldReason.MANUAL in row.holds),
    ),
    Ask.CHANGE_ADDRESS: ((Obstacle.LEFT, lambda row, _: row.stage in LEFT),),
    Ask.CANCEL: ((Obstacle.DELIVERED, lambda row, _: row.stage == Stage.DELIVERED),),
}
