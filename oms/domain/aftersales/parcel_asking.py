"""What people may ask of a case that we opened for a parcel: money, new goods, or neither, and only they say which."""

from datetime import datetime

from oms.domain.aftersale import AfterSaleKind
from oms.domain.aftersale import AfterSaleStatus as Status
from oms.domain.aftersales import flow
from oms.domain.aftersales.grounds import problem
from oms.domain.aftersales.messages import ApproveCase, RefuseCase, SendAgain
from oms.domain.aftersales.state import CaseState, Decision, Trouble

TO_DECIDE = frozenset({Trouble.DECISION, Trouble.PIECES})
"""The goods are back, whole or not, and what is to go for them is asked."""


def cannot_approve_parcel(state: CaseState, command: ApproveCase) -> str:
    """Say why it cannot be agreed to; a decision needs a sum, for nobody has named one yet."""
    if state.decision is not None and state.hold is None:
        return f"after-sale {state.key} waits for no approval; it is {state.status}"
    if not _decides(state, command):
        return ""
    if command.amount_fen is None:
        return f"after-sale {state.key}: name the sum that goes back, or have the goods sent again"
    if command.elsewhere and state.status is not Status.RECEIVED:
        return f"after-sale {state.key}: the goods are not back yet; say it again when they are, or close it"
    trouble = problem(state.case, state.grounds, command.amount_fen) if state.grounds else ""
    return f"after-sale {state.key}: {trouble}" if trouble else ""


def cannot_refuse_parcel(state: CaseState) -> str:
    """Say why it cannot be closed: the money or the new goods are on their way."""
    if state.decision is None or state.hold is not None:
        return ""
    return f"after-sale {state.key} is decided already: {state.decision.why}"


def cannot_send_again(state: CaseState, _command: SendAgain) -> str:
    """Say why its goods cannot be sent once more."""
    if state.ours is None:
        return f"after-sale {state.key} is the buyer's wish; approve it, or open a case of kind resend for the order"
    return cannot_refuse_parcel(state)


def approve_parcel(state: CaseState, command: ApproveCase, at: datetime) -> str:
    """Decide that money goes back, or let a held case go on; what was paid back meanwhile is looked up once more."""
    decides, held = _decides(state, command), state.hold
    state.hold = None
    if not decides:
        return _let_go_on(state, held.trouble if held else None, command, at)
    state.refund_fen, state.kind = command.amount_fen or state.refund_fen, AfterSaleKind.INTERCEPT
    flow.decide(state, Decision(agree=True, by=command.by, why=command.why, at=at))
    if command.elsewhere:
        flow.step(state, Status.REFUNDED, at, actor=command.by, why=command.why)
        return "paid back, as on the platform's own pages"
    state.look_again = True
    return (
        "the money goes back" if state.status is Status.RECEIVED else "the money goes when the goods are back"
    )


def _let_go_on(state: CaseState, held: Trouble | None, command: ApproveCase, at: datetime) -> str:
    if held is Trouble.CHECK:
        state.look_again = True
    elif command.elsewhere and held is Trouble.RETURN:
        flow.expecting(state, at)
    elif command.elsewhere and held is Trouble.REFUND:
        flow.step(state, Status.REFUNDED, at, actor=command.by, why=command.why)
    elif command.elsewhere and held is Trouble.DELIVERY:
        state.sent = "shipped"
    return "it goes on"


def close_parcel(state: CaseState, command: RefuseCase, at: datetime) -> str:
    """Close it: neither money nor goods go, or they went another way. Goods that come in later are counted."""
    state.hold = None
    flow.decide(state, Decision(agree=False, by=command.by, why=command.why, at=at))
    flow.step(state, Status.CLOSED, at, actor=command.by, why=command.why)
    return "closed: nothing goes out for it"


def send_again(state: CaseState, command: SendAgain, at: datetime) -> str:
    """Turn it into an exchange: new goods go when the old ones are back."""
    state.hold, state.kind, state.refund_fen = None, AfterSaleKind.EXCHANGE, 0
    flow.decide(state, Decision(agree=True, by=command.by, why=command.why, at=at))
    state.look_again = True
    return "sent once more" if state.status is Status.RECEIVED else "sent once more when the goods are back"


def _decides(state: CaseState, command: ApproveCase) -> bool:
    """Tell a decision from the mere word that something was mended."""
    return command.amount_fen is not None or state.hold is None or state.hold.trouble in TO_DECIDE
