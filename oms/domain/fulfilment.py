"""From reserved pieces to delivered parcels: delivery orders, what warehouses and carriers say of them."""

from datetime import datetime

from oms.domain import cases, judged
from oms.domain.book import StockMove, StockMoveKind
from oms.domain.boxes import parcels_of
from oms.domain.deadlines import Assessment, SlaState, completion_deadline
from oms.domain.deliveries import OPEN_DELIVERIES, DeliveryOrder, DeliveryStatus
from oms.domain.holds import CALLS_BACK, Hold, HoldReason
from oms.domain.messages import ParcelEvent, WarehouseEvent, WarehouseSays
from oms.domain.parcels import ENDED, MOVING, Parcel, ParcelState, advance
from oms.domain.stages import Stage
from oms.domain.state import OrderState


def ask_for_deliveries(order: OrderState, at: datetime) -> tuple[DeliveryOrder, ...]:
    """Make one delivery order for each warehouse that holds pieces and has not been asked yet."""
    asked = _served(order)
    fresh = []
    for allocation in order.allocations:
        if allocation.warehouse in asked:
            continue
        order.deliveries_asked += 1
        code = f"{order.business_id}-{order.deliveries_asked}"
        fresh.append(DeliveryOrder(code=code, warehouse=allocation.warehouse, pieces=allocation.pieces))
        order.note(at, "delivery.asked", after=code, why=f"from {allocation.warehouse}")
    order.deliveries = (*order.deliveries, *fresh)
    return tuple(delivery for delivery in order.deliveries if delivery.status is DeliveryStatus.ASKED)


def settle_delivery(
    order: OrderState, code: str, status: DeliveryStatus, at: datetime, *, number: str = "", why: str = ""
) -> None:
    """Write down what the warehouse answered; what has shipped meanwhile has shipped, and only the rest is stopped."""
    delivery = find_delivery(order, code)
    if delivery is None or delivery.status is DeliveryStatus.SHIPPED:
        return
    if delivery.status is DeliveryStatus.PART_SHIPPED:
        if status in (DeliveryStatus.REJECTED, DeliveryStatus.CANCELLED):
            order.note(at, "delivery.rest_stopped", actor=delivery.warehouse, after=code, why=why)
            _all_shipped(order, delivery)
        return
    routine = status is DeliveryStatus.ACCEPTED
    order.note(
        at,
        f"delivery.{status}",
        actor=delivery.warehouse,
        before=delivery.status,
        after=code,
        why=why,
        can_wait=routine,
    )
    update = {"status": status, "warehouse_number": number or delivery.warehouse_number, "why": why}
    replace_delivery(order, delivery.model_copy(update=update))


def find_delivery(order: OrderState, code: str) -> DeliveryOrder | None:
    """Return the delivery order of this code."""
    return next((delivery for delivery in order.deliveries if delivery.code == code), None)


def open_deliveries(order: OrderState) -> tuple[DeliveryOrder, ...]:
    """Return the delivery orders something may still come of."""
    return tuple(delivery for delivery in order.deliveries if delivery.status in OPEN_DELIVERIES)


def unasked(order: OrderState) -> bool:
    """Tell whether reserved pieces wait for a warehouse to be asked (again)."""
    asked = _served(order)
    return any(allocation.warehouse not in asked for allocation in order.allocations)


def _served(order: OrderState) -> frozenset[str]:
    served = (*OPEN_DELIVERIES, DeliveryStatus.SHIPPED)
    return frozenset(d.warehouse for d in order.deliveries if d.status in served and not d.past)


def all_left(order: OrderState) -> bool:
    """Tell whether every reserved piece has left its warehouse, and no line waits for the end of a case."""
    waits = order.send_rest or cases.stopped(order)
    return bool(order.parcels) and not open_deliveries(order) and not unasked(order) and not waits


def send_the_rest(order: OrderState, at: datetime) -> None:
    """Begin anew with the pieces that a case had stopped: what has left has left."""
    order.send_rest, order.reserve_again, order.allocations = False, True, ()
    order.deliveries = tuple(d.model_copy(update={"past": True}) for d in order.deliveries)
    order.move(Stage.ALLOCATED, at, why="a line that an after-sale had stopped is to be sent after all")


def troubles(order: OrderState) -> tuple[Parcel, ...]:
    """List the parcels that are refused or turned round, not by our wish, and nobody was told of."""
    bad = (ParcelState.REJECTED, ParcelState.RETURNING, ParcelState.RETURNED)
    known = (*order.troubles_told, *order.interceptions)
    return tuple(parcel for parcel in order.parcels if parcel.state in bad and parcel.waybill not in known)


def called_back(order: OrderState) -> bool:
    """Tell whether a hold asks a warehouse for goods back that it has accepted and not shipped."""
    held = any(hold.reason in CALLS_BACK for hold in order.holds)
    return held and any(delivery.status is DeliveryStatus.ACCEPTED for delivery in order.deliveries)


def written_back(order: OrderState, waybill: str, at: datetime, *, noted: bool) -> None:
    """The channel knows the waybill; `noted` in the read model already, the line can wait for the next book."""
    for parcel in order.parcels:
        if parcel.waybill == waybill:
            replace_parcel(order, parcel.model_copy(update={"written_back": True}))
            order.note(at, "parcel.written_back", actor=order.key.channel, after=waybill, can_wait=noted)


def unannounced(order: OrderState) -> tuple[Parcel, ...]:
    """List the parcels that neither the channel nor the tracking knows of yet."""
    return tuple(parcel for parcel in order.parcels if parcel.waybill not in order.announced)


def warehouse_event(order: OrderState, event: WarehouseEvent, at: datetime) -> None:
    """Take in a warehouse's word; an unknown delivery order is set aside, never raised about."""
    if not order.first_time(event.event_id):
        return
    delivery = find_delivery(order, event.delivery_order)
    if delivery is None:
        order.set_aside = (
            *order.set_aside,
            f"warehouse word on unknown delivery order {event.delivery_order}",
        )
        order.note(
            at, "event.set_aside", actor="warehouse", why=f"unknown delivery order {event.delivery_order}"
        )
        return
    if event.waybill and not delivery.waybill:
        delivery = delivery.model_copy(update={"waybill": event.waybill, "carrier": event.carrier})
        replace_delivery(order, delivery)
    match event.says:
        case WarehouseSays.SHIPPED:
            _shipped(order, delivery, event, at)
        case WarehouseSays.REJECTED | WarehouseSays.EXCEPTION | WarehouseSays.CANCELLED:
            _refused(order, delivery, event, at)
        case WarehouseSays.ACCEPTED | WarehouseSays.PACKED:
            order.note(
                at, f"delivery.{event.says}", actor=delivery.warehouse, after=delivery.code, why=event.raw
            )


def _shipped(order: OrderState, delivery: DeliveryOrder, event: WarehouseEvent, at: datetime) -> None:
    if delivery.status is DeliveryStatus.SHIPPED:
        return
    if not event.boxes:
        _stop(order, delivery, f"{delivery.warehouse} says shipped, and names no waybill", at)
        return
    shipped_at = min(event.at, at)
    for parcel in parcels_of(delivery, event.boxes, shipped_at, [parcel.waybill for parcel in order.parcels]):
        told = parcel.waybill in order.told
        _mind_the_courier(order, parcel, at)
        order.parcels = (*order.parcels, parcel.model_copy(update={"written_back": True}) if told else parcel)
        why = f"{parcel.carrier} {parcel.waybill} from {delivery.warehouse}"
        order.note(
            at,
            "parcel.shipped",
            actor=delivery.warehouse,
            after=parcel.waybill,
            why=why,
            topic="parcel.shipped",
        )
    order.shipped_at = max(order.shipped_at or shipped_at, shipped_at)
    if event.final:
        _all_shipped(order, delivery)
    else:
        replace_delivery(order, delivery.model_copy(update={"status": DeliveryStatus.PART_SHIPPED}))


def _mind_the_courier(order: OrderState, parcel: Parcel, at: datetime) -> None:
    """A parcel that left with a courier whom the platform forbids breaks its rule: people are told, and it is counted."""
    if not judged.forbidden_courier(order, parcel.carrier):
        return
    order.wrong_couriers = (*order.wrong_couriers, parcel.waybill)
    version = order.assessment.policy.version if order.assessment else ""
    order.note(
        at, "courier.not_allowed", actor="warehouse", before=order.stage, after=parcel.carrier,
        why=f"{parcel.waybill} left with {parcel.carrier}, which the platform forbids for this order",
        rule="couriers", rule_version=version,
    )  # fmt: skip


def _all_shipped(order: OrderState, delivery: DeliveryOrder) -> None:
    """Nothing more comes of this delivery: what was reserved for it is gone."""
    replace_delivery(order, delivery.model_copy(update={"status": DeliveryStatus.SHIPPED}))
    order.release_stock(StockMove(kind=StockMoveKind.CONSUME, warehouse=delivery.warehouse))


def _refused(order: OrderState, delivery: DeliveryOrder, event: WarehouseEvent, at: datetime) -> None:
    if delivery.status not in OPEN_DELIVERIES:
        return
    words = f"{delivery.warehouse} says {event.raw or event.says}: {event.why or 'no reason given'}"
    if not (
        event.says is WarehouseSays.CANCELLED and delivery.recalled
    ):  # asked again, it would refuse again
        _stop(order, delivery, words, at)
    if event.says is not WarehouseSays.EXCEPTION:
        settle_delivery(order, delivery.code, DeliveryStatus.REJECTED, at, why=words)


def _stop(order: OrderState, delivery: DeliveryOrder, words: str, at: datetime) -> None:
    order.place(Hold(reason=HoldReason.COMPLIANCE, actor=delivery.warehouse, since=at, note=words), at)


def recalling(order: OrderState, code: str) -> None:
    """Remember that the warehouse was asked not to ship: its word that it does not is then our own echo."""
    delivery = find_delivery(order, code)
    if delivery is not None:
        replace_delivery(order, delivery.model_copy(update={"recalled": True}))


def leave(order: OrderState, at: datetime) -> None:
    """Everything asked for has left: from here the carrier's clock runs, and its word may have come before."""
    assert order.shipped_at is not None  # noqa: S101 - a shipped order has a time; for the type checker
    order.move(Stage.SHIPPED, at, actor="warehouse")
    if order.assessment is not None:
        _set_clock(order, order.assessment, order.shipped_at, at)
    follow(order, at)


def _set_clock(order: OrderState, assessment: Assessment, shipped_at: datetime, at: datetime) -> None:
    ship_by = assessment.ship_by
    if ship_by is not None and shipped_at > ship_by:
        order.sla = SlaState.LATE
    elif order.sla is SlaState.LATE:
        order.sla = SlaState.ESCALATED
        order.note(at, "sla.late_withdrawn", why="the warehouse's word came late, the parcel did not")
    order.promise((completion_deadline(assessment.policy, shipped_at, order.pace),))


def parcel_event(order: OrderState, event: ParcelEvent, at: datetime) -> None:
    """Take in a carrier's word; old, unknown and repeated words move nothing."""
    if not order.first_time(event.event_id):
        return
    parcel = next((parcel for parcel in order.parcels if parcel.waybill == event.waybill), None)
    if parcel is None:
        order.note(at, "event.set_aside", actor="carrier", why=f"unknown waybill {event.waybill}")
        return
    after = advance(parcel, event.state, event.raw_state, min(event.at, at))
    replace_parcel(order, after)
    if after.state is not parcel.state:
        what = f"parcel.{after.state}"
        order.note(
            at,
            what,
            actor=parcel.carrier,
            before=parcel.state,
            after=parcel.waybill,
            why=event.raw_state,
            topic=what,
        )


def follow(order: OrderState, at: datetime) -> None:
    """Move the order where its parcels are: in transit with the first scan, delivered with the last signature."""
    moving = any(parcel.state in MOVING for parcel in order.parcels)
    if order.stage is Stage.SHIPPED and moving and not all_arrived(order):
        order.move(Stage.IN_TRANSIT, at, actor="carrier")
    if order.stage in (Stage.SHIPPED, Stage.IN_TRANSIT) and all_arrived(order) and _any_delivered(order):
        order.move(Stage.DELIVERED, at, actor="carrier")
    if order.stage is Stage.DELIVERED and _any_delivered(order):
        order.delivered_at = max(p.delivered_at for p in order.parcels if p.delivered_at)


def all_arrived(order: OrderState) -> bool:
    """Tell whether no parcel is under way any more: each was signed for, or came back."""
    return bool(order.parcels) and all(p.state in ENDED or p.delivered_at for p in order.parcels)


def _any_delivered(order: OrderState) -> bool:
    return any(parcel.delivered_at for parcel in order.parcels)


def came_back(order: OrderState) -> bool:
    """Tell whether every parcel returned: there is nothing at the buyer's."""
    back = (ParcelState.RETURNED, ParcelState.CANCELLED)
    return bool(order.parcels) and all(parcel.state in back for parcel in order.parcels)


def replace_parcel(order: OrderState, parcel: Parcel) -> None:
    """Put a parcel in its place by its waybill."""
    order.parcels = tuple(parcel if each.waybill == parcel.waybill else each for each in order.parcels)


def replace_delivery(order: OrderState, delivery: DeliveryOrder) -> None:
    """Put a delivery order in its place by its code."""
    order.deliveries = tuple(delivery if each.code == delivery.code else each for each in order.deliveries)
