"""What people read: where an order is, why, who must act, by when. Plain words, no personal data."""

from collections.abc import Sequence
from datetime import datetime

from oms.domain import alarms, cases
from oms.domain.deadlines import Deadline, SlaState, Step
from oms.domain.fulfilment import open_deliveries
from oms.domain.holds import WHO_ACTS, HoldReason
from oms.domain.parcels import Parcel, ParcelState
from oms.domain.periods import BUSINESS_ZONE
from oms.domain.stages import Stage
from oms.domain.state import OrderState
from oms.domain.stock import Piece

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

_AT_DEADLINE: dict[Step, str] = {
    Step.REMIND: "remind operations that the ship-by time is near",
    Step.WARN: "warn operations that the ship-by time is very near",
    Step.ESCALATE: "tell the supervisor if it has not shipped",
    Step.ESCALATE_FURTHER: "tell the manager if nobody has acknowledged it",
    Step.LOCK: "lock it if it has no waybill",
    Step.LATE: "tell the supervisor that it is late if it has not shipped",
    Step.OVERDUE: "tell service that the parcel is overdue",
    Step.COMPLETE: "complete it if the carrier says signed",
    Step.EXPIRE_HOLD: "let the hold end",
    Step.CONFIRM_PAYMENT: "ask the side that has not told of the payment",
}

_STANDING: dict[SlaState, str] = {
    SlaState.OK: "in time",
    SlaState.REMINDED: "operations were reminded",
    SlaState.ESCALATED: "the supervisor was told",
    SlaState.LATE: "late",
}


def clock(moment: datetime) -> str:
    """Write a moment for people in the business time zone: `11-24 18:00`."""
    return moment.astimezone(BUSINESS_ZONE).strftime("%m-%d %H:%M")


def why_here(order: OrderState) -> str:
    """Say in one sentence why the order is where it is."""
    return _why(order)[0]


def who_acts(order: OrderState) -> str:
    """Say who must do something now, and what."""
    return _why(order)[1]


def _why(order: OrderState) -> tuple[str, str]:
    usual = _PLAIN[order.stage]
    if order.ended:
        words = order.withdrawal.verdict if order.withdrawal else ""
        return (words or usual[0], usual[1])
    if order.withdrawal is not None:
        return (f"withdrawn ({order.withdrawal.why}): {order.withdrawal.verdict or 'being undone'}", "nobody")
    if order.holds:
        hold = order.held(HoldReason.NO_WAYBILL_LOCK) or order.holds[0]
        note = f": {hold.note}" if hold.note else ""
        return (f"held for {_holds(order)}{note}", WHO_ACTS[hold.reason])
    if cases.is_open(order) and order.stage in (Stage.RELEASED, Stage.DELIVERED):
        return (f"{usual[0]}; an after-sale is open", "service: see the after-sale")
    return usual


def plain(word: str) -> str:
    """Write one of our names as people say it: `out_of_stock` is `out of stock`."""
    return word.replace("_", " ")


def place(order: OrderState) -> str:
    """Say in a few words where the order is: `accepted, held for out of stock`."""
    held = f", held for {_holds(order)}" if order.holds and not order.ended else ""
    return f"{plain(order.stage)}{held}"


def what_happens(deadline: Deadline) -> str:
    """Say what is done when a deadline comes."""
    return _AT_DEADLINE[deadline.step]


def card(order: OrderState) -> str:
    """The order in Markdown: the first thing ops see when they open it in the Temporal UI."""
    why, who = _why(order)
    outcome = f" ({plain(order.outcome)})" if order.outcome and order.outcome != str(order.stage) else ""
    waiting = [f"{d.code} at {d.warehouse}: {plain(d.status)}" for d in open_deliveries(order)]
    parcels = [f"{p.waybill} ({p.carrier.upper()}) {_parcel_state(p)}" for p in order.parcels]
    rows = [
        ("Where", f"{plain(order.stage)}{outcome}"),
        ("Why", why),
        ("Who must act", who),
        ("Next deadline", _due(order)),
        ("Holds", _holds(order) or "none"),
        ("Payment", plain(order.payment)),
        ("Warehouse", "; ".join(waiting)),
        ("Parcels", "; ".join(parcels)),
        (
            "After-sales",
            "; ".join(f"{case.id} ({plain(case.kind)}): {plain(case.status)}" for case in order.cases),
        ),
        ("Promise", _promise(order)),
        (
            "Unanswered alarms",
            ", ".join(f"{plain(each.step)} → {each.to}" for each in alarms.waiting(order.alarms)),
        ),
    ]
    facts = "  \n".join(f"**{name}:** {text}" for name, text in rows if text)
    return f"### {order.business_id}\n\n{facts}"


def _holds(order: OrderState) -> str:
    return ", ".join(plain(hold.reason) for hold in order.holds)


def _parcel_state(parcel: Parcel) -> str:
    return "not scanned yet" if parcel.state is ParcelState.CREATED else plain(parcel.state)


def _due(order: OrderState) -> str:
    deadline = order.next_deadline()
    if deadline is None:
        return "none"
    return f"{clock(deadline.due)}: {what_happens(deadline)} (rule {deadline.rule}, table {deadline.version})"


def _promise(order: OrderState) -> str:
    ship_by = order.assessment.ship_by if order.assessment else None
    if ship_by is None:
        return "nothing promised yet"
    return f"ship by {clock(ship_by)}; {_STANDING[order.sla]}"


def pieces(items: Sequence[Piece]) -> str:
    """Write pieces for a summary: `2 × SKU-8812, 1 × SKU-8813`."""
    shown = ", ".join(f"{piece.quantity} × {piece.sku}" for piece in items[:SHOWN])
    more = len(items) - SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
