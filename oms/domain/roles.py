"""Who may do what at the desk: five roles, and one table of what each may do."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What somebody at the desk is there for."""

    VIEWER = "viewer"
    SERVICE = "service"
    PURCHASING = "purchasing"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class Act(StrEnum):
    """What can be done at the desk."""

    LOOK = "look"
    ADD_NOTE = "add_note"
    APPROVE_REVIEW = "approve_review"
    PLACE_HOLD = "place_hold"
    RELEASE_HOLD = "release_hold"
    LIFT_LOCK = "lift_lock"
    CANCEL_ORDER = "cancel_order"
    CHANGE_ADDRESS = "change_address"
    CHANGE_WAYBILL = "change_waybill"
    ACKNOWLEDGE = "acknowledge"
    RESYNC = "resync"
    DECIDE_CASE = "decide_case"
    REVEAL_RECEIVER = "reveal_receiver"
    SEE_PAYLOAD = "see_payload"
    RETRY_PARKED = "retry_parked"
    BULK = "bulk"
    DECODE_PAYLOADS = "decode_payloads"
    RUN_BACKTEST = "run_backtest"
    MANAGE_PEOPLE = "manage_people"


_EVERYBODY: Final = frozenset(Role)
_HANDLERS: Final = frozenset({Role.SERVICE, Role.SUPERVISOR, Role.ADMIN})
_LEADERS: Final = frozenset({Role.SUPERVISOR, Role.ADMIN})

MAY: Final[Mapping[Act, frozenset[Role]]] = {
    Act.LOOK: _EVERYBODY,
    Act.ADD_NOTE: _EVERYBODY - {Role.VIEWER},
    Act.APPROVE_REVIEW: _HANDLERS,
    Act.PLACE_HOLD: _EVERYBODY - {Role.VIEWER},
    Act.RELEASE_HOLD: _EVERYBODY - {Role.VIEWER},
    Act.LIFT_LOCK: _LEADERS,
    Act.CANCEL_ORDER: _HANDLERS,
    Act.CHANGE_ADDRESS: _HANDLERS,
    Act.CHANGE_WAYBILL: _LEADERS,
    Act.ACKNOWLEDGE: _EVERYBODY - {Role.VIEWER},
    Act.RESYNC: _HANDLERS,
    Act.DECIDE_CASE: _HANDLERS,
    Act.REVEAL_RECEIVER: _HANDLERS,
    Act.SEE_PAYLOAD: _HANDLERS,
    Act.RETRY_PARKED: _LEADERS,
    Act.BULK: _HANDLERS,
    Act.DECODE_PAYLOADS: _LEADERS,
    Act.RUN_BACKTEST: _LEADERS,
    Act.MANAGE_PEOPLE: frozenset({Role.ADMIN}),
}
"""The one table of rights; the matrix test asserts every cell of it over HTTP."""


def may(role: Role, act: Act) -> bool:
    """Say whether somebody of that role may do that."""
    return role in MAY[act]
