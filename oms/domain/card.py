"""What people read: where an order is, why, who must act, by when. Plain words, no personal data."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from oms.domain.deadlines import Deadline
from oms.domain.fulfilment import open_deliveries
from oms.domain.holds import WHO_ACTS, Gate
from oms.domain.money import fen_to_yuan
from oms.domain.stages import Stage
from oms.domain.state import DeliveryOrder, OrderState
from oms.domain.stock import Piece

SHANGHAI = ZoneInfo("Asia/Shanghai")
SHOWN = 3

_PLAIN: dict[Stage, tuple[str, str]] = {
    Stage.RECEIVED: ("it has just arrived", "nobody"),
    Stage.AWAITING_PAYMENT: ("the buyer has not paid yet", "the buyer"),
    Stage.ACCEPTED: ("stock is being reserved", "nobody"),
    Stage.ALLOCATED: ("stock is reserved; review and compliance gate", "nobody"),
    Stage.CLEARED: ("the gate is passed", "nobody"),
    Stage.RELEASED: ("the warehouse has it and has not shipped it yet", "the warehouse"),
    Stage.SHIPPED: ("it has left the warehouse; no carrier scan yet", "the carrier"),
    Stage.IN_TRANSIT: ("it is on its way", "the carrier"),
    Stage.DELIVERED: ("signed; completes 72 h after shipping", "nobody"),
    Stage.COMPLETED: ("all is done", "nobody"),
    Stage.CANCELLED: ("it was withdrawn; nothing left the warehouse", "nobody"),
    Stage.CLOSED: ("it was withdrawn or came back after it had left", "nobody"),
}


def clock(moment: datetime) -> str:
    """Write a moment for people in the business time zone: `11-24 18:00`."""
    return moment.astimezone(SHANGHAI).strftime("%m-%d %H:%M")


def why_here(order: OrderState) -> str:
    """Say in one sentence why the order is where it is."""
    return _why(order)[0]


def who_acts(order: OrderState) -> str:
    """Say who must do something now, and what."""
    return _why(order)[1]


def _why(order: OrderState) -> tuple[str, str]:
    plain = _PLAIN[order.stage]
    if order.ended:
        words = order.withdrawal.verdict if order.withdrawal else ""
        return (words or plain[0], plain[1])
    if order.withdrawal is not None:
        return (f"withdrawn ({order.withdrawal.why}): {order.withdrawal.verdict or 'being undone'}", "nobody")
    if order.holds:
        hold = order.holds[0]
        note = f": {hold.note}" if hold.note else ""
        return (f"held, {', '.join(h.reason for h in order.holds)}{note}", WHO_ACTS[hold.reason])
    return plain


def title(order: OrderState) -> str:
    """One line for the Temporal UI's list."""
    pieces = sum(line.quantity for line in order.snapshot.lines)
    return f"{order.key} · {pieces} pieces · {fen_to_yuan(order.snapshot.total_fen)} {order.snapshot.currency}"


def card(order: OrderState) -> str:
    """The order in Markdown: the first thing ops see when they open it in the Temporal UI."""
    why, who = _why(order)
    deadline = order.next_deadline()
    due = f"{clock(deadline.due)}: {deadline.text} ({deadline.rule}, {deadline.version})" if deadline else "none"
    parcels = [f"{p.carrier} {p.waybill}: {p.state}" for p in order.parcels]
    waiting = [f"{d.code} at {d.warehouse}: {d.status}" for d in open_deliveries(order)]
    rows = [
        ("Where", f"**{order.stage}**" + (f" ({order.outcome})" if order.outcome else "")),
        ("Why", why),
        ("Who must act", who),
        ("Next deadline", due),
        ("Holds", ", ".join(hold.reason for hold in order.holds) or "none"),
        ("Payment", order.payment),
        ("Warehouse", "; ".join(waiting)),
        ("Parcels", "; ".join(parcels)),
        ("Promise", f"{order.sla}" + (f", ship by {clock(order.assessment.ship_by)}" if order.assessment and order.assessment.ship_by else "")),
    ]  # fmt: skip
    table = "\n".join(f"| {name} | {text} |" for name, text in rows if text)
    return f"### {order.business_id}\n\n| | |\n|---|---|\n{table}"


def pieces(items: Sequence[Piece]) -> str:
    """Write pieces for a summary: `2 × SKU-8812, 1 × SKU-8813`."""
    shown = ", ".join(f"{piece.quantity} × {piece.sku}" for piece in items[:SHOWN])
    more = len(items) - SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def release_summary(delivery: DeliveryOrder) -> str:
    """Name the push to a warehouse."""
    return f"ask {delivery.warehouse} to ship {pieces(delivery.pieces)} as {delivery.code}"


def timer_summary(deadline: Deadline) -> str:
    """Name a timer: what happens when it fires, and which rule says so."""
    return f"{deadline.text}, {clock(deadline.due)} ({deadline.rule}, {deadline.version}) → {deadline.step}"


def stopping_words(order: OrderState, gate: Gate) -> str:
    """Name the holds that stop an order at a gate."""
    return ", ".join(hold.reason for hold in order.stopped_at(gate))
