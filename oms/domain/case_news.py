"""What news of an after-sale does to its order: a line is stopped or dropped, the whole is held, or let go again.

A case that names a line stops that line only; the others go on. Where that cannot be done by asking one warehouse
for its goods, or where nothing would be left to send, the whole order is held instead.
"""

from datetime import datetime

from oms.domain import cases
from oms.domain.admission import withdraw
from oms.domain.aftersale import AfterSaleStatus, CaseSeen
from oms.domain.fulfilment import open_deliveries
from oms.domain.holds import Hold, HoldReason
from oms.domain.messages import AfterSaleChanged
from oms.domain.money import fen_to_yuan
from oms.domain.news import FUTURE_TOLERANCE
from oms.domain.order import PlatformStatus
from oms.domain.stages import LEFT, Stage
from oms.domain.state import OrderState, Payment
from oms.domain.stock import Piece

ACTOR = "after-sale"
LIFTED_WITH_THE_CASE = frozenset({ACTOR, "platform", "rule"})
"""Whose hold for an open refund ends with the refund; a person's does not."""
_RANK = {status: place for place, status in enumerate(AfterSaleStatus)} | {AfterSaleStatus.UNKNOWN: -1}


def case_changed(order: OrderState, message: AfterSaleChanged, at: datetime) -> None:
    """Take in news of a case; repeated and older words change nothing."""
    if not order.first_time(message.event_id):
        return
    before = next((case for case in order.cases if case.id == message.id), None)
    now = CaseSeen(**message.model_dump(exclude={"event_id"}))
    if before is not None and not _is_newer(now, before):
        return
    wanted = cases.wanted_pieces(order)
    order.cases = (*(case for case in order.cases if case.id != now.id), now)
    order.note(
        at, f"after_sale.{now.status}", actor="buyer" if before is None else ACTOR,
        before=before.status if before else "", after=now.id, why=_words(now),
    )  # fmt: skip
    if not order.ended:
        _follow_hold(order, at)
        _send_what_is_left(order, wanted, at)


def _follow_hold(order: OrderState, at: datetime) -> None:
    """Hold the whole order while a case concerns all of it; let go when the cases allow it."""
    hold = order.held(HoldReason.REFUND_OPEN)
    several = order.stage is Stage.RELEASED and (bool(order.parcels) or len(order.allocations) > 1)
    whole = cases.about_unsent(order) and (not cases.names_lines_only(order) or several)
    if whole and order.stage not in LEFT:
        if hold is None:
            note = "; ".join(_words(case) for case in order.cases if case.open)
            order.place(Hold(reason=HoldReason.REFUND_OPEN, actor=ACTOR, since=at, note=note), at)
    elif hold is not None and hold.actor in LIFTED_WITH_THE_CASE and _explained(order):
        order.lift(HoldReason.REFUND_OPEN, at, actor=ACTOR, why=_standing(order))
    back = cases.refunded_fen(order)
    if back and order.payment in (Payment.PAID, Payment.PARTLY_REFUNDED):
        order.payment = Payment.REFUNDED if back >= order.snapshot.total_fen else Payment.PARTLY_REFUNDED


def _send_what_is_left(order: OrderState, before: tuple[Piece, ...], at: datetime) -> None:
    """Have the goods reserved and sent anew when a case changes which pieces they are."""
    wanted = cases.wanted_pieces(order)
    if wanted == before or order.stage in LEFT:
        return
    if not wanted:
        if not cases.is_open(order):
            withdraw(order, ACTOR, "everything was paid back", at)
    elif order.stage in (Stage.ACCEPTED, Stage.ALLOCATED, Stage.CLEARED):
        order.reserve_again = True
    elif order.stage is Stage.RELEASED and open_deliveries(order) and not order.parcels:
        order.reserve_again = True
        order.take_back = "an after-sale changes what is to be sent"
    elif order.stage is Stage.RELEASED and sum(p.quantity for p in wanted) > sum(p.quantity for p in before):
        order.send_rest = True


def _explained(order: OrderState) -> bool:
    """Tell whether the cases account for all the money that has gone back."""
    if cases.is_open(order):
        return order.snapshot.refunded_fen <= cases.refunded_fen(order)
    whole = order.snapshot.status is PlatformStatus.REFUNDED
    return whole or order.snapshot.refunded_fen <= cases.refunded_fen(order)


def _is_newer(now: CaseSeen, before: CaseSeen) -> bool:
    """Tell by the time, or by how far it is where the clocks of platform and ours cannot tell: both speak of a case."""
    if abs(now.at - before.at) > FUTURE_TOLERANCE:
        return now.at > before.at
    return _RANK[now.status] > _RANK[before.status]


def _standing(order: OrderState) -> str:
    return (
        "only some lines are concerned: the others go on"
        if cases.is_open(order)
        else "the after-sale is over"
    )


def _words(case: CaseSeen) -> str:
    what = f"line {case.line}" if case.line else "the whole order"
    pieces = f", {case.quantity} piece(s)" if case.quantity else ""
    money = f", {fen_to_yuan(case.refund_fen)} back" if case.refund_fen else ""
    return f"{case.kind} of {what}{pieces}{money}: {case.status}"
