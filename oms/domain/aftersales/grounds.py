"""On what grounds a case is decided: the rule's figures, what was sold, sent and paid back, what its channel can do."""

from datetime import timedelta

from pydantic import NonNegativeInt, PositiveInt

from oms.domain.aftersale import AfterSale, AfterSaleKind
from oms.domain.ids import Sku
from oms.domain.model import Fact, Moment
from oms.domain.money import fen_to_yuan
from oms.domain.stages import Stage
from oms.domain.stock import Piece

GOODS_COME_BACK = frozenset({AfterSaleKind.RETURN, AfterSaleKind.EXCHANGE, AfterSaleKind.INTERCEPT})
MONEY_GOES_BACK = frozenset({AfterSaleKind.REFUND_ONLY, AfterSaleKind.RETURN, AfterSaleKind.INTERCEPT})
GOODS_GO_OUT = frozenset({AfterSaleKind.EXCHANGE, AfterSaleKind.RESEND})
NOTHING_SENT = frozenset(
    {Stage.RECEIVED, Stage.AWAITING_PAYMENT, Stage.ACCEPTED, Stage.ALLOCATED, Stage.CLEARED, Stage.CANCELLED}
)
"""No warehouse has it, or may have it: agreeing to give the money back cannot be overtaken by a parcel."""


class CasePolicy(Fact):
    """The rule figures a case lives by, resolved once from the table and carried with it."""

    platform: str
    version: str
    answer_within: timedelta
    remind_before: timedelta
    auto_agree_before_shipping: bool
    auto_agree_below_fen: NonNegativeInt
    """Money only: a smaller sum is given back without asking anybody; 0 gives none."""
    chase_after: timedelta
    """The buyer, the carrier, the warehouse or the platform takes longer than this: service is told."""
    reopens_within: timedelta
    """So long a refused buyer may ask again under the same number."""


class SoldLine(Fact):
    """One line of the order, and what of it has left."""

    line: str
    sku: Sku
    title: str = ""
    quantity: PositiveInt
    sent: NonNegativeInt = 0
    warehouse: str = ""
    delivery_order: str = ""
    """Which delivery order brought it."""


class SentParcel(Fact):
    """A parcel of the order."""

    waybill: str
    carrier: str
    lines: tuple[str, ...] = ()
    over: bool = False
    """Signed for, or back: no carrier can turn it round any more."""


class OrderFacts(Fact):
    """What was looked up of the order."""

    stage: Stage
    business_id: str
    receiver_digest: str = ""
    created_at: Moment
    paid_at: Moment | None = None
    paid_fen: NonNegativeInt
    given_back_fen: NonNegativeInt = 0
    """Given back, or promised to be, by everything but this case."""
    lines: tuple[SoldLine, ...]
    parcels: tuple[SentParcel, ...] = ()


class Grounds(Fact):
    """Everything that was looked up for one case."""

    policy: CasePolicy
    order: OrderFacts | None = None
    """None: nothing is known of the order here."""
    answers: bool = False
    """The platform decides, and is told our answer; else the case is ours alone."""
    refunds: bool = False
    """We give the money back ourselves."""


def may_still_stop(order: OrderFacts) -> bool:
    """Tell whether the warehouse has it and may yet give it back: a moment later we know more."""
    return order.stage is Stage.RELEASED


def problem(case: AfterSale, grounds: Grounds, refund_fen: int) -> str:
    """Say, with both figures, why this wish must be seen by a person; empty when nothing speaks against it."""
    order = grounds.order
    if order is None:
        return f"nothing is known here of order {case.order}"
    if case.kind is AfterSaleKind.OTHER:
        return "a kind of after-sale that is not handled here: settle it on the platform's own pages"
    if case.line and all(line.line != case.line for line in order.lines):
        known = ", ".join(line.line for line in order.lines) or "none"
        return f"the order has no line {case.line}; its lines: {known}"
    return _too_much_money(case, order, refund_fen) or _too_many_pieces(case, order)


def _too_much_money(case: AfterSale, order: OrderFacts, refund_fen: int) -> str:
    left = max(order.paid_fen - order.given_back_fen, 0)
    if case.kind not in MONEY_GOES_BACK or refund_fen <= left:
        return ""
    paid, back = fen_to_yuan(order.paid_fen), fen_to_yuan(order.given_back_fen)
    return f"{fen_to_yuan(refund_fen)} are to go back, but {paid} were paid and {back} of it have gone back already"


def _too_many_pieces(case: AfterSale, order: OrderFacts) -> str:
    lines = [line for line in order.lines if case.line in ("", line.line)]
    if case.kind in GOODS_COME_BACK:
        sent = sum(line.sent for line in lines)
        wanted = case.quantity or max(sent, 1)
        return f"{wanted} pieces are to come back, but {sent} were sent" if wanted > sent else ""
    sold = sum(line.quantity for line in lines)
    wanted = case.quantity or sold
    return f"{wanted} pieces are concerned, but {sold} were sold" if wanted > sold else ""


def pieces_concerned(case: AfterSale, order: OrderFacts) -> tuple[Piece, ...]:
    """List the pieces a case is about: so many of its line, or everything; for goods that come back, of what was sent."""
    back = case.kind in GOODS_COME_BACK
    found, left = [], case.quantity
    for line in order.lines:
        there = line.sent if back else line.quantity
        if case.line not in ("", line.line) or not there:
            continue
        take = there if left is None else min(left, there)
        if take:
            found.append(Piece(line=line.line, sku=line.sku, quantity=take))
        left = None if left is None else left - take
    return tuple(found)


def parcels_concerned(case: AfterSale, order: OrderFacts) -> tuple[SentParcel, ...]:
    """List the parcels under way that hold something the case is about."""
    return tuple(
        parcel
        for parcel in order.parcels
        if not parcel.over and (not case.line or not parcel.lines or case.line in parcel.lines)
    )
