"""What people may ask of a case, when it is refused, and what it does."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from oms.domain.aftersale import AfterSaleStatus as Status
from oms.domain.aftersales import flow
from oms.domain.aftersales.grounds import GOODS_COME_BACK, problem
from oms.domain.aftersales.messages import (
    AddCaseNote,
    ApproveCase,
    RefuseCase,
    SendAgain,
    SetReturnWaybill,
)
from oms.domain.aftersales.parcel_asking import (
    approve_parcel,
    cannot_approve_parcel,
    cannot_refuse_parcel,
    cannot_send_again,
    close_parcel,
    send_again,
)
from oms.domain.aftersales.state import CaseState, Decision, Trouble
from oms.domain.messages import Command
from oms.domain.money import fen_to_yuan


def refusal(state: CaseState, command: Command) -> str:
    """Say why a command is refused, naming the case and what can be done; empty when it is not."""
    if state.ended and not isinstance(command, AddCaseNote):
        return f"after-sale {state.key} has ended ({state.status}); nothing can be changed any more"
    return _REFUSALS.get(type(command), _never)(state, command)


def carry_out(state: CaseState, command: Command, at: datetime) -> str:
    """Do what was asked and say what happens now. The caller has checked `refusal`."""
    return _ACTIONS[type(command)](state, command, at)


def _never(_state: CaseState, _command: Command) -> str:
    return ""


def _cannot_approve(state: CaseState, command: ApproveCase) -> str:
    if state.ours is not None:
        return cannot_approve_parcel(state, command)
    waits = state.hold is not None or (state.status is Status.REQUESTED and state.decision is None)
    if not waits:
        return f"after-sale {state.key} waits for no approval; it is {state.status}"
    if state.grounds is None:
        return "" if state.hold else f"after-sale {state.key} is still looked up; try again in a moment"
    if command.amount_fen is not None and state.grounds.answers:
        return f"after-sale {state.key}: the sum is the platform's own, {fen_to_yuan(state.refund_fen)}"
    checked = state.status is Status.REQUESTED or command.amount_fen is not None
    trouble = problem(state.case, state.grounds, command.amount_fen or state.refund_fen) if checked else ""
    return f"after-sale {state.key}: {trouble}; refuse it, or approve what fits" if trouble else ""


def _cannot_refuse(state: CaseState, _command: RefuseCase) -> str:
    if state.ours is not None:
        return cannot_refuse_parcel(state)
    undecided = state.status is Status.REQUESTED and (state.decision is None or state.hold is not None)
    missing = state.hold is not None and state.hold.trouble is Trouble.PIECES
    if undecided or missing:
        return ""
    return f"after-sale {state.key} is {state.status}: it cannot be refused any more"


def _no_return(state: CaseState, _command: SetReturnWaybill) -> str:
    if state.kind not in GOODS_COME_BACK:
        return f"after-sale {state.key} is {state.kind}: nothing comes back"
    if state.inspected_at is not None:
        return f"after-sale {state.key}: the goods are back already"
    if state.status not in (Status.APPROVED, Status.RETURNING, Status.RECEIVED):
        return f"after-sale {state.key} is {state.status}: agree to it first"
    return ""


def _approve(state: CaseState, command: ApproveCase, at: datetime) -> str:
    if state.ours is not None:
        return approve_parcel(state, command, at)
    if command.amount_fen is not None:
        state.refund_fen = command.amount_fen
    held, state.hold = state.hold, None
    flow.decide(state, Decision(agree=True, by=command.by, why=command.why, at=at))
    state.look_again = state.status is Status.REQUESTED
    if held is not None and held.trouble is not Trouble.CHECK:
        state.waived = (*state.waived, held.trouble)
    if command.elsewhere:
        return _done_elsewhere(state, command, at)
    return "agreed" if held is None else "it goes on"


def _done_elsewhere(state: CaseState, command: ApproveCase, at: datetime) -> str:
    if state.status is Status.REQUESTED:
        flow.answered(state, at)
        return "agreed, as on the platform's own pages"
    if Trouble.ANSWER in state.waived[-1:]:
        state.confirmed = True
        return "it goes on"
    if Trouble.RETURN in state.waived[-1:]:
        flow.expecting(state, at)
        return "the warehouse waits for it"
    if Trouble.REFUND in state.waived[-1:]:
        flow.step(state, Status.REFUNDED, at, actor=command.by, why=command.why)
        return "paid back"
    if Trouble.DELIVERY in state.waived[-1:]:
        state.sent = "shipped"
        return "sent once more"
    return "it goes on"


def _refuse(state: CaseState, command: RefuseCase, at: datetime) -> str:
    if state.ours is not None:
        return close_parcel(state, command, at)
    state.hold = None
    flow.decide(state, Decision(agree=False, by=command.by, why=command.why, at=at))
    if state.status is Status.RECEIVED:
        flow.step(state, Status.REJECTED, at, actor=command.by, why=command.why)
        return "refused; tell the buyer on the platform's pages"
    return "the buyer is told"


def _waybill(state: CaseState, command: SetReturnWaybill, at: datetime) -> str:
    before, state.waybill, state.carrier = state.waybill, command.waybill, command.carrier
    state.expected, state.parcel, state.hold = False, None, None
    state.note(
        at, "return.waybill_set", actor=command.by, before=before, after=command.waybill, why=command.why
    )
    return "the warehouse is told, and the parcel followed"


def _note(state: CaseState, command: AddCaseNote, at: datetime) -> str:
    state.note(at, "note.added", actor=command.by, why=command.why)
    return "noted"


_REFUSALS: dict[type[Command], Callable[[CaseState, Any], str]] = {
    ApproveCase: _cannot_approve,
    RefuseCase: _cannot_refuse,
    SendAgain: cannot_send_again,
    SetReturnWaybill: _no_return,
}
_ACTIONS: dict[type[Command], Callable[[CaseState, Any, datetime], str]] = {
    ApproveCase: _approve,
    RefuseCase: _refuse,
    SendAgain: send_again,
    SetReturnWaybill: _waybill,
    AddCaseNote: _note,
}
