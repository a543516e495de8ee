"""What a case does next, and what it makes of the answers: the whole process as pure functions."""

from datetime import datetime
from enum import StrEnum

from oms.domain.aftersale import AfterSale, AfterSaleKind
from oms.domain.aftersale import AfterSaleStatus as Status
from oms.domain.aftersales.book import CaseParcel, GoodsMove
from oms.domain.aftersales.grounds import (
    GOODS_COME_BACK,
    GOODS_GO_OUT,
    NOTHING_SENT,
    Grounds,
    OrderFacts,
    pieces_concerned,
    problem,
)
from oms.domain.aftersales.promises import promise
from oms.domain.aftersales.state import CaseEnded, CaseState, Decision, Trouble
from oms.domain.stock import Piece

RULE = "rule"


class Next(StrEnum):
    """What is to be done now."""

    NOTHING = "nothing"
    """Somebody else's turn: a person, the buyer, the carrier, the warehouse, the platform."""
    LOOK = "look"
    ANSWER = "answer"
    TURN_ROUND = "turn_round"
    EXPECT = "expect"
    CONFIRM = "confirm"
    REFUND = "refund"
    SEND = "send"
    FOLLOW = "follow"
    CLOSE = "close"


def over(state: CaseState) -> bool:
    """Tell whether nothing more is to be done or waited for."""
    for_good = state.status is Status.REJECTED and state.grounds is not None and not state.platform_decides
    return state.ended or for_good


def next_step(state: CaseState) -> Next:
    """Say what is to be done now."""
    if over(state):
        return Next.NOTHING
    if state.to_follow:
        return Next.FOLLOW
    if state.look_again or (state.grounds is None and state.hold is None):
        return Next.LOOK
    if state.hold is not None:
        return Next.NOTHING
    return _by_status(state)


def _by_status(state: CaseState) -> Next:
    match state.status:
        case Status.REQUESTED if state.decision is not None:
            return Next.ANSWER
        case Status.APPROVED | Status.RETURNING:
            return _when_agreed(state)
        case Status.RECEIVED:
            return _when_back(state)
        case _:
            return Next.NOTHING


def _when_agreed(state: CaseState) -> Next:
    """The buyer may have it: say what is missing before the money or the new goods can go."""
    if state.kind is AfterSaleKind.INTERCEPT and not state.turned:
        return Next.TURN_ROUND
    if state.kind in GOODS_COME_BACK:
        return Next.EXPECT if state.waybill and not state.expected else Next.NOTHING
    return _settling(state)


def _when_back(state: CaseState) -> Next:
    """The goods are back, as somebody says; we act when our own warehouse has looked at them."""
    if state.kind in GOODS_COME_BACK and state.inspected_at is None:
        return Next.EXPECT if state.waybill and not state.expected else Next.NOTHING
    if state.ours is not None and state.decision is None:
        return Next.NOTHING
    if state.kind in GOODS_COME_BACK and state.platform_decides and not state.confirmed:
        return Next.CONFIRM
    return _settling(state)


def _settling(state: CaseState) -> Next:
    if state.kind in GOODS_GO_OUT:
        return {"": Next.SEND, "shipped": Next.CLOSE}.get(state.sent, Next.NOTHING)
    return Next.NOTHING if state.platform_decides else Next.REFUND


def take_grounds(state: CaseState, grounds: Grounds, at: datetime) -> None:
    """Remember what was looked up, and decide by rule what a rule may decide."""
    state.grounds, state.must_save = grounds, True
    promise(state, at)
    decided = state.ours is not None and state.decision is not None
    if state.status is not Status.REQUESTED and not decided:
        return
    trouble = problem(state.case, grounds, state.refund_fen)
    if trouble:
        state.stop(Trouble.CHECK, trouble, at)
    elif state.hold is not None and state.hold.trouble is Trouble.CHECK:
        state.hold = None
    if decided:
        return
    why = "" if state.hold or state.decision else _rule_agrees(state, grounds)
    if why:
        decide(state, Decision(agree=True, by=RULE, why=why, at=at))


def _rule_agrees(state: CaseState, grounds: Grounds) -> str:
    """Say by which rule nobody needs to be asked; empty when somebody does."""
    order, policy = grounds.order, grounds.policy
    if order is None or state.kind is not AfterSaleKind.REFUND_ONLY:
        return ""
    if policy.auto_agree_before_shipping and order.stage in NOTHING_SENT:
        return f"nothing has left yet ({policy.platform}.after_sale.auto_agree_before_shipping)"
    if state.refund_fen < policy.auto_agree_below_fen:
        return f"a small sum ({policy.platform}.after_sale.auto_agree_below)"
    return ""


def decide(state: CaseState, decision: Decision) -> None:
    """Write down who decided what."""
    state.decision = decision
    version = state.grounds.policy.version if state.grounds and decision.by == RULE else ""
    state.note(
        decision.at, "after_sale.decided", actor=decision.by, after="agree" if decision.agree else "refuse",
        why=decision.why, rule_version=version,
    )  # fmt: skip


def step(state: CaseState, to: Status, at: datetime, *, actor: str, why: str = "") -> None:
    """Take a step of our own and live by the deadlines of where it leads."""
    state.move(to, at, actor=actor, why=why)
    promise(state, at)


def answered(state: CaseState, at: datetime) -> None:
    """The platform has our answer, or there is nobody to answer to."""
    decision = state.decision
    if decision is None or state.status is not Status.REQUESTED:
        return
    to = Status.APPROVED if decision.agree else Status.REJECTED
    step(state, to, at, actor=decision.by, why=decision.why)


def to_confirm(state: CaseState) -> AfterSale:
    """Return the case as the platform is told that the goods are back.

    Platforms tell the two yeses apart by where the case stands: the second one is taken where the goods are on their
    way back (Taobao, Doudian, Pinduoduo). One that has not heard of the parcel yet is told so.
    """
    early = state.case.status in (Status.REQUESTED, Status.APPROVED, Status.UNKNOWN)
    update = {"status": Status.RETURNING, "waybill": state.case.waybill or state.waybill}
    return state.case.model_copy(update=update) if early else state.case


def confirmed(state: CaseState, at: datetime) -> None:
    """The platform knows that the goods are back."""
    state.confirmed = True
    state.note(at, "return.confirmed", actor=state.case.order.channel)


def turned_round(state: CaseState, waybill: str, carrier: str, refusal: str, at: datetime) -> None:
    """The carrier brings the parcel back, or cannot: then the buyer has to send the goods back."""
    state.turned = "refused" if refusal else "turned"
    if refusal:
        state.kind = AfterSaleKind.RETURN
        state.note(at, "parcel.not_intercepted", actor=carrier, after=waybill, why=refusal)
        return
    state.waybill, state.carrier = waybill, carrier
    state.note(at, "parcel.intercepted", actor=carrier, after=waybill)


def expecting(state: CaseState, at: datetime) -> None:
    """The warehouse waits for the goods."""
    state.expected = True
    state.book_parcel(CaseParcel(waybill=state.waybill, carrier=state.carrier, way="back", shipped_at=at))
    state.note(at, "return.announced", after=state.return_code, why=f"{state.carrier} {state.waybill}")
    if state.status is Status.APPROVED:
        step(state, Status.RETURNING, at, actor="buyer", why=f"waybill {state.waybill}")


def sending(state: CaseState, warehouse: str, pieces: tuple[Piece, ...], at: datetime) -> None:
    """The warehouse sends once more, or has by now; the pieces are no longer ours to promise to others."""
    state.sent = state.sent if state.sent == "shipped" else "accepted"
    code = state.delivery_code
    state.note(at, "delivery.accepted", actor=warehouse, after=code)
    state.book_goods(
        tuple(
            GoodsMove(id=f"{code}:{place}", warehouse=warehouse, sku=piece.sku, pieces=-piece.quantity)
            for place, piece in enumerate(pieces)
        )
    )


def pieces_of_case(state: CaseState) -> tuple[Piece, ...]:
    """List the pieces the case is about, as it is by now."""
    if state.ours is not None:
        return state.ours.pieces
    order = facts(state)
    return pieces_concerned(state.case.model_copy(update={"kind": state.kind}), order) if order else ()


def facts(state: CaseState) -> OrderFacts | None:
    """Return what was looked up of the order."""
    return state.grounds.order if state.grounds else None


def home_of(state: CaseState) -> tuple[str, str]:
    """Return the warehouse that sent the goods, and the delivery order that brought them."""
    if state.ours is not None and state.ours.warehouse:
        return (state.ours.warehouse, state.ours.delivery_order)
    order = facts(state)
    lines = [line for line in order.lines if state.case.line in ("", line.line)] if order else []
    return next(((line.warehouse, line.delivery_order) for line in lines if line.warehouse), ("", ""))


def end_of(state: CaseState, at: datetime) -> CaseEnded:
    """Return how the case ended."""
    return CaseEnded(key=state.key, status=state.status, at=state.ended_at or at)
