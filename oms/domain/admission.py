"""What a platform's newer word changes in an order: payment, withdrawal, address, lines, promises."""

from datetime import datetime, timedelta

from oms.domain import cases, judged, reviews
from oms.domain.book import StockMove, StockMoveKind
from oms.domain.card import clock
from oms.domain.deadlines import Assessment, Deadline, Step
from oms.domain.holds import Hold, HoldReason
from oms.domain.messages import PaymentSeen, SnapshotArrived, Way
from oms.domain.money import fen_to_yuan
from oms.domain.order import Line, PlatformStatus, Snapshot
from oms.domain.stages import LEFT, Stage
from oms.domain.state import RULED, OrderState, Payment, Withdrawal

PAID_WORDS = frozenset({PlatformStatus.PAID, PlatformStatus.SHIPPED, PlatformStatus.CONFIRMED})
SHIPPED_WORDS = frozenset({PlatformStatus.SHIPPED, PlatformStatus.CONFIRMED})
WITHDRAWN_WORDS = frozenset({PlatformStatus.CANCELLED, PlatformStatus.REFUNDED})
SAME_MOMENT = timedelta(minutes=1)
"""Two words of one payment that differ by less tell of the same moment."""
NOT_RELEASED = frozenset(
    {Stage.RECEIVED, Stage.AWAITING_PAYMENT, Stage.ACCEPTED, Stage.ALLOCATED, Stage.CLEARED}
)


def admit(order: OrderState, at: datetime, *, mind_refunds: bool = True) -> None:
    """Read the very first snapshot; one that was partly refunded before we heard of it waits for a person.

    Without `mind_refunds` it does not: so orders of the first edition were begun.
    """
    order.note(at, "order.admitted", actor="intake", after=order.business_id, topic="order.admitted")
    _read(order, order.snapshot, at)
    if mind_refunds:
        _notice_refund(order, order.snapshot.model_copy(update={"refunded_fen": 0}), order.snapshot, at)


def absorb(order: OrderState, message: SnapshotArrived, at: datetime) -> None:
    """Take in a newer snapshot; a repeated one or an older one changes nothing."""
    if not message.snapshot.is_newer_than(order.snapshot):
        _still_so(order, message.snapshot)
        return
    before, now = order.snapshot, message.snapshot
    order.snapshot = now
    order.note(at, "snapshot.arrived", actor=message.way, before=before.raw_status, after=now.raw_status)
    judged.judge_again(order, "the platform tells it anew", at)
    _notice_changes(order, before, now, at)
    _read(order, now, at)
    _notice_refund(order, before, now, at)


def _still_so(order: OrderState, said: Snapshot) -> None:
    """Equal content, said later: nothing changes, but what was true in between is old news now."""
    if said.fingerprint == order.snapshot.fingerprint and said.modified_at > order.snapshot.modified_at:
        order.snapshot = said


def payment_seen(order: OrderState, message: PaymentSeen, at: datetime) -> None:
    """Learn of the payment from the gateway; amounts that differ hold the order with both figures."""
    if not order.first_time(message.event_id):
        return
    if message.amount_fen != order.snapshot.total_fen:
        both = f"gateway {fen_to_yuan(message.amount_fen)}, order {fen_to_yuan(order.snapshot.total_fen)}"
        order.place(
            Hold(reason=HoldReason.MANUAL, actor="rule", since=at, note=f"amounts differ: {both}"), at
        )
    _paid(order, message.paid_at, message.way, at)


def take_assessment(order: OrderState, assessment: Assessment, at: datetime) -> None:
    """Live by what the rules say: deadlines, tags, and reviews that were not given before."""
    before, order.assessment = order.assessment, assessment
    order.tags = assessment.tags
    if order.stage not in LEFT:
        order.promise((*assessment.deadlines, *_confirmation(order, at)))
    version = assessment.policy.version
    order.note(at, "order.assessed", actor="rules", after=_promise(assessment), rule_version=version)
    reviews.follow(order, before, at)


def _confirmation(order: OrderState, at: datetime) -> tuple[Deadline, ...]:
    """When the second way to learn of the payment should have told us of it too; none for a shop with one way."""
    assessment = order.assessment
    missing = {"platform", Way.GATEWAY} - set(order.paid_by)
    if assessment is None or not assessment.gateways or len(missing) != 1:
        return ()
    known = next((d for d in order.deadlines if d.step is Step.CONFIRM_PAYMENT), None)
    due = known.due if known else at + assessment.confirm_within / order.pace
    return (
        Deadline(
            step=Step.CONFIRM_PAYMENT, due=due, source="rule", rule="payment.confirm_within",
            version=assessment.policy.version, text=f"only one way has told of the payment: ask the {missing.pop()}",
        ),
    )  # fmt: skip


def payment_not_confirmed(order: OrderState, asked: str, words: str, at: datetime) -> None:
    """One side says paid and the other, when asked, does not: a person decides."""
    note = f"paid says {', '.join(order.paid_by)}; the {asked}, asked, says {words or 'not paid'}"
    order.place(Hold(reason=HoldReason.MANUAL, actor="rule", since=at, note=note), at)


def _promise(assessment: Assessment) -> str:
    return f"ship by {clock(assessment.ship_by)}" if assessment.ship_by else "no ship-by time"


def _read(order: OrderState, now: Snapshot, at: datetime) -> None:
    if now.status in PAID_WORDS or (now.paid_at is not None and now.status not in WITHDRAWN_WORDS):
        _paid(order, now.paid_at or min(now.modified_at, at), "platform", at)
    if now.status in WITHDRAWN_WORDS:
        withdraw(order, "platform", f"the platform says {now.raw_status}", at)
    if now.status is PlatformStatus.CONFIRMED and order.confirmed_at is None:
        order.confirmed_at = at
        order.note(at, "receipt.confirmed", actor="buyer", topic="order.confirmed")
    ours = bool(order.told or order.corrections or order.parcels)
    if now.status in SHIPPED_WORDS and order.stage in NOT_RELEASED and not order.ended and not ours:
        note = "the platform says it is shipped already, not by us: release only if it must be sent again"
        order.place(Hold(reason=HoldReason.MANUAL, actor="rule", since=at, note=note), at)
    _follow_flag(order, HoldReason.PLATFORM_RISK, raised=now.platform_risk, at=at)
    about_lines = cases.names_lines_only(order)
    _follow_flag(order, HoldReason.REFUND_OPEN, raised=now.refund_open and not about_lines, at=at)


def _follow_flag(order: OrderState, reason: HoldReason, *, raised: bool, at: datetime) -> None:
    if raised and order.held(reason) is None:
        order.place(Hold(reason=reason, actor="platform", since=at, note="the platform says so"), at)
    elif not raised and (hold := order.held(reason)) and hold.actor == "platform":
        order.lift(reason, at, actor="platform", why="the platform says it is over")


def _paid(order: OrderState, paid_at: datetime, way: str, at: datetime) -> None:
    if way in order.paid_by:
        return
    order.paid_by = (*order.paid_by, way)
    if order.payment is not Payment.UNPAID:
        order.note(at, "payment.confirmed", actor=way)
        _paid_earlier(order, paid_at)
        order.deadlines = tuple(d for d in order.deadlines if d.step is not Step.CONFIRM_PAYMENT)
        return
    order.payment, order.paid_at = Payment.PAID, min(paid_at, at)
    order.note(at, "payment.seen", actor=way, before=Payment.UNPAID, after=Payment.PAID, topic="order.paid")


def _paid_earlier(order: OrderState, paid_at: datetime) -> None:
    """Of two words of one payment the earlier counts: the promises run from it."""
    if order.paid_at is not None and paid_at < order.paid_at - SAME_MOMENT:
        order.paid_at = paid_at
        order.assess_again = order.assessment is not None


def withdraw(order: OrderState, actor: str, why: str, at: datetime) -> None:
    """Record that the order is not wanted any more; a second wish changes nothing."""
    if actor == "platform" and order.snapshot.status is PlatformStatus.REFUNDED:
        order.payment = Payment.REFUNDED
    if order.withdrawal is not None or order.ended:
        return
    if order.stage is Stage.DELIVERED and cases.refunded_fen(order) >= order.snapshot.total_fen:
        order.note(at, "refund.known", actor=actor, why=f"{why}: an after-sale has paid it back")
        return
    if order.stage is Stage.DELIVERED:
        note = f"{why}, after delivery: a matter of after-sale"
        order.place(Hold(reason=HoldReason.REFUND_OPEN, actor="rule", since=at, note=note), at)
        return
    order.withdrawal = Withdrawal(actor=actor, why=why, at=at)
    order.note(at, "withdrawal.asked", actor=actor, why=why)


def _notice_changes(order: OrderState, before: Snapshot, now: Snapshot, at: datetime) -> None:
    if now.ship_by != before.ship_by and order.assessment is not None:
        order.assess_again = True
        order.note(at, "ship_by.changed", actor="platform")
    if now.couriers != before.couriers and order.assessment is not None:
        order.assess_again = True  # who may carry it, and who is to
        order.note(at, "couriers.changed", actor="platform")
    if now.receiver_digest != before.receiver_digest:
        change_address(order, now.receiver_digest, "platform", "the buyer changed the address", at)
    if now.lines != before.lines:
        _lines_changed(order, before.lines, at)


def _notice_refund(order: OrderState, before: Snapshot, now: Snapshot, at: datetime) -> None:
    """Stop for a part that was paid back; after `_read`, for money has to be seen before some of it goes back."""
    unexplained = now.refunded_fen > max(before.refunded_fen, cases.refunded_fen(order))
    if unexplained and now.status in PAID_WORDS and order.stage not in LEFT:
        note = (
            f"{fen_to_yuan(now.refunded_fen)} refunded in part: settle what is still to be sent, then release"
        )
        order.place(Hold(reason=HoldReason.REFUND_OPEN, actor="rule", since=at, note=note), at)
        order.payment = Payment.PARTLY_REFUNDED


def change_address(order: OrderState, digest: str, actor: str, why: str, at: datetime) -> None:
    """Send it elsewhere: at once while we have it, through the warehouse once it is released."""
    order.receiver_digest = digest
    order.address_changes += (
        actor != "platform"
    )  # a change that the platform made is the platform's own affair
    order.lift(HoldReason.ADDRESS_CHANGE, at, actor=actor, why=why)
    if order.stage in LEFT:
        order.note(
            at, "address.change_too_late", actor=actor, why="the parcel has left; the carrier must be asked"
        )
        return
    order.readdress = order.stage is Stage.RELEASED
    order.note(at, "address.changed", actor=actor, why=why)


def _lines_changed(order: OrderState, before: tuple[Line, ...], at: datetime) -> None:
    order.note(at, "lines.changed", actor="platform")
    if order.stage in (Stage.ACCEPTED, Stage.ALLOCATED, Stage.CLEARED):
        order.reserve_again = True
    elif order.stage is Stage.RELEASED or order.stage in LEFT:
        order.reserve_again = True  # should the warehouse give it back
        if order.edition >= RULED and _only_unasked_are_gone(order, before):
            return
        note = "the buyer's lines changed after the release: compare with what was sent"
        order.place(Hold(reason=HoldReason.COMPLIANCE, actor="rule", since=at, note=note), at)


def _only_unasked_are_gone(order: OrderState, before: tuple[Line, ...]) -> bool:
    """Tell whether only lines have gone that no warehouse was asked for, as after a case that had stopped them."""
    now = {line.id: (line.sku, line.quantity) for line in order.snapshot.lines}
    was = {line.id: (line.sku, line.quantity) for line in before}
    asked = {piece.line for delivery in order.deliveries for piece in delivery.pieces}
    return now.items() <= was.items() and not (was.keys() - now.keys()) & asked


def give_back_stock(order: OrderState, warehouse: str = "") -> None:
    """Give reserved pieces back with the next book: one warehouse's, or all."""
    order.release_stock(StockMove(kind=StockMoveKind.GIVE_BACK, warehouse=warehouse))
