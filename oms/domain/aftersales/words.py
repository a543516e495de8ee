"""What people read of an after-sale: where it is, why, who must act, by when. Plain words, no personal data."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from oms.domain.aftersale import AfterSaleStatus as Status
from oms.domain.aftersales.book import workflow_id
from oms.domain.aftersales.deadlines import WHAT_HAPPENS, CaseDeadline, CaseStep
from oms.domain.aftersales.flow import facts
from oms.domain.aftersales.grounds import GOODS_COME_BACK, GOODS_GO_OUT
from oms.domain.aftersales.state import CaseState, Trouble
from oms.domain.aftersales.words_in import damaged_pieces
from oms.domain.card import clock, plain
from oms.domain.card import pieces as in_words
from oms.domain.deadlines import SlaState, worse
from oms.domain.handover import Notice
from oms.domain.money import fen_to_yuan
from oms.domain.stock import Piece
from oms.domain.summaries import Words

WHO_MENDS: Mapping[Trouble, str] = {
    Trouble.CHECK: "service: compare both figures, then refuse it or approve what fits",
    Trouble.ANSWER: "service: answer on the platform's own pages, or approve to try again",
    Trouble.RETURN: "operations: settle it with the warehouse, then approve to announce it again",
    Trouble.PIECES: "service: settle with the buyer what is missing, then approve or refuse",
    Trouble.REFUND: "service: find out why, then approve to try again",
    Trouble.DELIVERY: "operations: settle it with the warehouse, then approve to send it",
    Trouble.DECISION: "service: ask the buyer, then approve with an amount, send again, or refuse to close it",
}
_GRAVITY = (CaseStep.CHASE, CaseStep.REMIND, CaseStep.ESCALATE, CaseStep.LATE)
_SLA = {
    CaseStep.REMIND: SlaState.REMINDED,
    CaseStep.ESCALATE: SlaState.ESCALATED,
    CaseStep.LATE: SlaState.LATE,
}
_TOLD: Mapping[CaseStep, Literal["service", "supervisor"]] = {
    CaseStep.REMIND: "service",
    CaseStep.ESCALATE: "supervisor",
    CaseStep.LATE: "supervisor",
    CaseStep.CHASE: "service",
}


def why_here(state: CaseState) -> str:
    """Say in one sentence why the case is where it is."""
    return _why(state)[0]


def who_acts(state: CaseState) -> str:
    """Say who must do something now, and what."""
    return _why(state)[1]


def _why(state: CaseState) -> tuple[str, str]:
    if state.ended:
        return ("the money has gone back" if state.status is Status.REFUNDED else "it is over", "nobody")
    if state.hold is not None:
        return (f"held: {state.hold.note}", WHO_MENDS[state.hold.trouble])
    return _usual(state)


def _usual(state: CaseState) -> tuple[str, str]:
    back, out = state.kind in GOODS_COME_BACK, state.kind in GOODS_GO_OUT
    unseen = back and state.inspected_at is None
    usual: Mapping[Status, tuple[str, str]] = {
        Status.REQUESTED: ("the buyer waits for an answer", "service: approve or refuse")
        if state.decision is None
        else ("decided; the platform is being told", "nobody"),
        Status.RETURNING: ("the goods are on their way back", "the carrier, then the warehouse"),
        Status.REJECTED: ("refused; the buyer may ask again", "nobody"),
    }
    if state.status in usual:
        return usual[state.status]
    if unseen and state.status is Status.APPROVED:
        return ("agreed; the goods have not been sent back yet", "the buyer")
    if unseen:
        return ("the goods are said to be back; the warehouse has not looked at them yet", "the warehouse")
    if out:
        return ("new goods are being sent", "the warehouse")
    return ("agreed; the money is on its way back", "the platform")


def place(state: CaseState) -> str:
    """Say in a few words where the case is: `return: returning, held`."""
    held = f", held for {state.hold.trouble}" if state.hold else ""
    return f"{plain(state.kind)}: {plain(state.status)}{held}"


def card(state: CaseState) -> str:
    """The case in Markdown: the first thing ops see when they open it in the Temporal UI."""
    why, who = _why(state)
    order = facts(state)
    about = f"line {state.case.line}" if state.case.line else "the whole order"
    rows = [
        ("Where", place(state)),
        ("Why", why),
        ("Who must act", who),
        ("Next deadline", _due(state)),
        ("Order", f"{state.case.order}{f' ({order.business_id})' if order else ''}"),
        ("About", f"{about}{f', {n} pieces' if (n := state.case.quantity) else ''}"),
        ("Money", fen_to_yuan(state.refund_fen) if state.refund_fen else ""),
        (
            "Parcel back",
            f"{state.waybill} ({state.carrier.upper() or 'carrier unknown'})" if state.waybill else "",
        ),
        ("New parcel", state.new_waybill),
    ]
    lines = "  \n".join(f"**{name}:** {text}" for name, text in rows if text)
    return f"### {state.key}\n\n{lines}"


def _due(state: CaseState) -> str:
    deadline = state.next_deadline()
    if deadline is None:
        return "none"
    return f"{clock(deadline.due)}: {WHAT_HAPPENS[deadline.step]} (rule {deadline.rule}, table {deadline.version})"


def strike(state: CaseState, at: datetime) -> Notice | None:
    """Take every deadline that has passed, each once; return one notice for the gravest of them."""
    due = [d for d in state.deadlines if d.due <= at and d.id not in state.steps_done]
    for deadline in due:
        _take(state, deadline, at)
    told = [deadline for deadline in due if deadline.step in _TOLD]
    if not told:
        return None
    gravest = max(told, key=lambda deadline: _GRAVITY.index(deadline.step))
    return Notice(
        id=f"{state.key}:{gravest.id}", to=_TOLD[gravest.step],
        severity="red" if gravest.step is CaseStep.LATE else "warning",
        title="a buyer waits for an answer" if gravest.step is not CaseStep.CHASE else "an after-sale does not move",
        body=f"After-sale {state.key} ({place(state)}): {why_here(state)}. {who_acts(state)}.",
        order=str(state.case.order),
    )  # fmt: skip


def _take(state: CaseState, deadline: CaseDeadline, at: datetime) -> None:
    state.steps_done = (*state.steps_done, deadline.id)
    if deadline.step in _SLA:
        state.sla = worse(state.sla, _SLA[deadline.step])
    state.look_again = state.look_again or deadline.step is CaseStep.LOOK_AGAIN
    why = f"{WHAT_HAPPENS[deadline.step]}, due {clock(deadline.due)} by {deadline.rule}"
    state.note(
        at, f"clock.{deadline.step}", actor="clock", after=state.sla, why=why, rule_version=deadline.version
    )
    if deadline.step is CaseStep.LET_GO and state.status is Status.REJECTED:
        state.move(Status.CLOSED, at, actor="clock", why="the buyer did not ask again")


def notice(state: CaseState, to: Literal["service", "operations", "supervisor"], note: str) -> Notice:
    """Tell people of something that only a person can mend; the same words are told once a case."""
    return Notice(
        id=f"{workflow_id(state.key)}:{note}"[:200], to=to, severity="warning", title="an after-sale needs you",
        body=f"After-sale {state.key} ({place(state)}): {note}", order=str(state.case.order),
    )  # fmt: skip


def news_for_people(state: CaseState) -> Notice | None:
    """Return what somebody must be told of a case that stands still, or of goods that came back damaged; each once."""
    hold, ours = state.hold, state.ours
    if ours is not None and not state.ours_told:
        state.ours_told = True
        words = f"parcel {ours.waybill} ({ours.carrier}) is {ours.state}: ask the buyer, then decide what is to go"
        return notice(state, "service", words)
    if hold is not None and hold.note != state.told_hold:
        state.told_hold = hold.note
        to: Literal["service", "operations"] = (
            "operations" if hold.trouble in (Trouble.RETURN, Trouble.DELIVERY) else "service"
        )
        return notice(state, to, f"{hold.note}. {WHO_MENDS[hold.trouble]}")
    damaged = damaged_pieces(state)
    if damaged and not state.damage_told:
        state.damage_told = True
        found = ", ".join(f"{piece.damaged} of {piece.sku}" for piece in damaged)
        return notice(state, "service", f"came back damaged: {found}")
    return None


def title(state: CaseState) -> Words:
    """One line that says which case this is."""
    money = f" · {fen_to_yuan(state.refund_fen)}" if state.refund_fen else ""
    return Words(f"{state.key} · {plain(state.kind)} of {state.case.order.number}{money}")


def save(state: CaseState) -> Words:
    """Write the book."""
    return Words(f"write down: {place(state)}")


def look(state: CaseState) -> Words:
    """Look up the order and the rule."""
    return Words(f"look up what was paid and sent of {state.case.order.number}, and the rule")


def answer(state: CaseState, *, accept: bool) -> Words:
    """Answer the platform."""
    return Words(f"tell {state.case.order.shop_key}: {'agreed' if accept else 'refused'}")


def confirm(state: CaseState) -> Words:
    """Tell the platform that the goods are back."""
    return Words(f"tell {state.case.order.shop_key} that the goods are back")


def refund(state: CaseState) -> Words:
    """Pay back."""
    return Words(f"give {fen_to_yuan(state.refund_fen)} of {state.case.order.number} back")


def expect(state: CaseState, warehouse: str, wanted: Sequence[Piece]) -> Words:
    """Announce a return to the warehouse."""
    return Words(f"tell {warehouse} that {in_words(wanted)} come back as {state.return_code}")


def track(waybill: str, carrier: str) -> Words:
    """Follow a parcel that comes back, or was sent once more."""
    return Words(f"follow parcel {waybill} at {carrier.upper()}")


def tell_new_parcel(state: CaseState, waybill: str) -> Words:
    """Tell the platform of goods that were sent once more."""
    return Words(f"tell {state.case.order.shop_key} that the new goods go under {waybill}")


def intercept(waybill: str, carrier: str) -> Words:
    """Stop a parcel on its way."""
    return Words(f"ask {carrier.upper()} to bring parcel {waybill} back")


def send(state: CaseState, warehouse: str, wanted: Sequence[Piece]) -> Words:
    """Send once more."""
    return Words(f"ask {warehouse} to send {in_words(wanted)} as {state.delivery_code}")


def timer(deadline: CaseDeadline) -> Words:
    """Wait for a deadline: until when, what happens then, and which rule says so."""
    rule = f"{deadline.rule}, {deadline.version}"
    return Words(f"wait until {clock(deadline.due)}, then {WHAT_HAPPENS[deadline.step]} ({rule})")
