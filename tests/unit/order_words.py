"""Anything that may be said to an order, in any order: strategies for snapshots, words and commands."""

from datetime import datetime

from hypothesis import strategies as st

from oms.domain.holds import HoldReason
from oms.domain.messages import (
    Acknowledge,
    AddNote,
    ApproveReview,
    CancelOrder,
    ChangeAddress,
    ChangeWaybill,
    Command,
    LiftLock,
    ParcelEvent,
    PaymentSeen,
    PlaceHold,
    ReleaseHold,
    ShippedBox,
    WarehouseEvent,
    WarehouseSays,
    Way,
)
from oms.domain.order import PlatformStatus, Snapshot
from oms.domain.parcels import ParcelState
from oms.domain.state import OrderState
from tests.unit.domain_orders import HOUR, NOON, a_box, a_line, a_snapshot, an_event

WAYBILLS = ["SF1000", "SF2000", "YTO300"]
WHO = {"by": "li", "why": "asked by the buyer"}
HOURS = st.sampled_from([0, 1, 5, 30, 80]).map(lambda hours: hours * HOUR)


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """What the platform may say: any status, flags, address, lines and times, newer and older."""
    return a_snapshot(
        draw(st.sampled_from([*[PlatformStatus.PAID] * 15, *PlatformStatus])),
        minutes=draw(st.integers(-5, 5000)),
        receiver_digest=draw(st.sampled_from([*["r1"] * 7, "r2", ""])),
        lines=draw(st.sampled_from([*[(a_line(2),)] * 7, (a_line(1), a_line(3, 2)), ()])),
        platform_risk=draw(st.sampled_from([*[False] * 7, True])),
        refund_open=draw(st.sampled_from([*[False] * 7, True])),
        refunded_fen=draw(st.sampled_from([*[0] * 7, 100, 18800])),
        paid_at=draw(st.sampled_from([None, NOON])),
        ship_by=draw(st.sampled_from([None, None, NOON + 20 * HOUR, NOON - HOUR])),
    )


@st.composite
def payments(draw: st.DrawFn) -> PaymentSeen:
    """The gateway's word, with the right amount or another."""
    return PaymentSeen(
        event_id=an_event(),
        way=Way.GATEWAY,
        paid_at=NOON,
        amount_fen=draw(st.sampled_from([18800, 18800, 1])),
    )


@st.composite
def boxes(draw: st.DrawFn) -> ShippedBox:
    """A parcel with or without its content."""
    box = a_box(draw(st.sampled_from(WAYBILLS)), draw(st.integers(1, 2)))
    return box if draw(st.booleans()) else box.model_copy(update={"pieces": ()})


@st.composite
def warehouse_words(draw: st.DrawFn, order: OrderState, at: datetime) -> WarehouseEvent:
    """A warehouse's word on one of the order's delivery orders, or on one nobody knows."""
    codes = [delivery.code for delivery in order.deliveries] or ["OL-unknown"]
    says = draw(st.sampled_from([*WarehouseSays, WarehouseSays.SHIPPED, WarehouseSays.SHIPPED]))
    return WarehouseEvent(
        event_id=an_event(),
        delivery_order=draw(st.sampled_from(codes)),
        says=says,
        at=at - draw(HOURS),
        boxes=tuple(draw(st.lists(boxes(), min_size=1, max_size=2))) if says is WarehouseSays.SHIPPED else (),
        final=draw(st.sampled_from([True, True, False])),
        waybill=draw(st.sampled_from(["", *WAYBILLS])),
        carrier="sf",
    )


@st.composite
def carrier_words(draw: st.DrawFn, order: OrderState, at: datetime) -> ParcelEvent:
    """A carrier's word on one of the order's parcels, or on one nobody knows."""
    known = [parcel.waybill for parcel in order.parcels] or ["JD404"]
    state = draw(st.sampled_from([*ParcelState, ParcelState.DELIVERED, ParcelState.IN_TRANSIT]))
    return ParcelEvent(
        event_id=an_event(), waybill=draw(st.sampled_from(known)), state=state, at=at - draw(HOURS)
    )


@st.composite
def commands_to(draw: st.DrawFn, order: OrderState, at: datetime) -> Command:
    """Anything a person may ask."""
    held = [hold.reason.value for hold in order.holds] or [HoldReason.MANUAL.value]
    old = draw(st.sampled_from([parcel.waybill for parcel in order.parcels] or WAYBILLS))
    new = draw(st.sampled_from([*WAYBILLS, "SF9999"]))
    return draw(
        st.sampled_from(
            [
                PlaceHold(**WHO),
                PlaceHold(**WHO, until=at + draw(HOURS)),
                ReleaseHold(**WHO, reason=draw(st.sampled_from([*held, "no such hold"]))),
                ReleaseHold(**WHO, reason=held[0]),
                ApproveReview(**WHO),
                Acknowledge(**WHO, step=draw(st.sampled_from(["", "escalate", "lock"]))),
                LiftLock(**WHO),
                draw(st.sampled_from([CancelOrder(**WHO), *[AddNote(**WHO)] * 5])),
                ChangeAddress(**WHO, receiver_digest=draw(st.sampled_from(["r3", "r4"]))),
                ChangeWaybill(**WHO, old_waybill=old, waybill=new, carrier="yto"),
                AddNote(**WHO),
            ]
        )
    )
