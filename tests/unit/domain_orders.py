"""Orders, snapshots and messages for tests of the domain, showing only what matters to a test."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings

from oms.domain import admission, fulfilment, shortage
from oms.domain.deadlines import Policy
from oms.domain.deliveries import DeliveryOrder
from oms.domain.ids import OrderKey, Sku
from oms.domain.messages import (
    PackedPiece,
    ParcelEvent,
    ShippedBox,
    SnapshotArrived,
    WarehouseEvent,
    WarehouseSays,
    Way,
)
from oms.domain.order import Line, PlatformStatus, Snapshot
from oms.domain.parcels import ParcelState
from oms.domain.stages import Stage
from oms.domain.state import OrderState
from oms.domain.stock import Allocation, Piece, Reserved
from oms.rules.assessment import assess
from oms.rules.table import read_table

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
KEY = OrderKey(channel="woocommerce", shop="main", number="1001")
SKU = Sku("SKU-8801")
TABLE = read_table()
POLICY = Policy(
    platform="own_shop",
    version="2026-11",
    ship_within=48 * HOUR,
    remind_before=4 * HOUR,
    escalate_after=24 * HOUR,
    complete_after=72 * HOUR,
)
_events = itertools.count(1)


def repeatable(examples: int) -> settings:
    """The same examples in every run, so that a red test is red for everybody; nothing kept on disk."""
    return settings(max_examples=examples, derandomize=True, database=None, deadline=None)


def an_event() -> str:
    """An event id nobody has used."""
    return f"e{next(_events)}"


def a_line(quantity: int = 2, number: int = 1, **changes: Any) -> Line:
    """A line that costs 9400 fen a piece."""
    known: dict[str, Any] = {"id": str(number), "sku": SKU, "title": "a cup", "quantity": quantity}
    return Line.model_validate({**known, "total_fen": 9400 * quantity, **changes})


def a_snapshot(status: PlatformStatus = PlatformStatus.PAID, *, minutes: int = 0, **changes: Any) -> Snapshot:
    """What the platform says of an order of two pieces, so many minutes after noon."""
    known: dict[str, Any] = {
        "key": KEY,
        "created_at": NOON - HOUR,
        "modified_at": NOON + minutes * MINUTE,
        "status": status,
        "raw_status": status.value,
        "total_fen": 18800,
        "lines": (a_line(),),
        "receiver_digest": "r1",
        "buyer": "b1",
    }
    return Snapshot.model_validate(known | changes)


def arrival(snapshot: Snapshot, event_id: str = "") -> SnapshotArrived:
    """The snapshot on its way to the order."""
    return SnapshotArrived(event_id=event_id or an_event(), way=Way.WEBHOOK, snapshot=snapshot)


def an_order(snapshot: Snapshot | None = None, *, pace: int = 1) -> OrderState:
    """An order that has just been admitted."""
    order = OrderState.begin(arrival(snapshot or a_snapshot()), pace)
    admission.admit(order, NOON)
    return order


def hears(order: OrderState, snapshot: Snapshot, at: datetime = NOON) -> OrderState:
    """Let the order take in what the platform says."""
    admission.absorb(order, arrival(snapshot), at)
    return order


def allocated(*warehouses: str, pace: int = 1) -> OrderState:
    """A paid and assessed order of two pieces, promised by these warehouses, equally."""
    order = an_order(pace=pace)
    order.move(Stage.ACCEPTED, NOON)
    assessed = assess(TABLE, "own_shop", order.snapshot, NOON, first_buyer=False, pace=pace)
    admission.take_assessment(order, assessed, NOON)
    names = warehouses or ("HZ01",)
    promised = [(Piece(line="1", sku=SKU, quantity=2 // len(names)),) for _ in names]
    answer = Reserved(
        allocations=tuple(Allocation(warehouse=n, pieces=p) for n, p in zip(names, promised, strict=True))
    )
    shortage.over(order, answer, NOON)
    return order


def released(*warehouses: str, pace: int = 1) -> OrderState:
    """The same, handed over to the warehouses."""
    order = allocated(*warehouses, pace=pace)
    order.move(Stage.CLEARED, NOON)
    order.move(Stage.RELEASED, NOON)
    fulfilment.ask_for_deliveries(order, NOON)
    return order


def a_box(waybill: str, quantity: int = 1) -> ShippedBox:
    """A parcel with so many pieces."""
    return ShippedBox(waybill=waybill, carrier="sf", pieces=(PackedPiece(sku=SKU, quantity=quantity),))


def shipment_of(delivery: DeliveryOrder, box: ShippedBox, at: datetime) -> WarehouseEvent:
    """The warehouse ships a whole delivery order in one box."""
    return WarehouseEvent(
        event_id=an_event(), delivery_order=delivery.code, says=WarehouseSays.SHIPPED, at=at, boxes=(box,)
    )


def warehouse_says(
    order: OrderState, says: WarehouseSays, *boxes: ShippedBox, of: int = 0, **more: Any
) -> WarehouseEvent:
    """Let the warehouse report on the order's delivery order number `of`."""
    known: dict[str, Any] = {"event_id": an_event(), "at": NOON, "boxes": boxes, "says": says}
    event = WarehouseEvent.model_validate(
        {"delivery_order": order.deliveries[of].code, **known, **more}, from_attributes=True
    )
    fulfilment.warehouse_event(order, event, event.at)
    return event


def carrier_says(
    order: OrderState, state: ParcelState, waybill: str = "SF1", at: datetime = NOON
) -> ParcelEvent:
    """Let the carrier report on a parcel, and the order follow it."""
    event = ParcelEvent(event_id=an_event(), waybill=waybill, state=state, raw_state=state.value, at=at)
    fulfilment.parcel_event(order, event, at)
    fulfilment.follow(order, at)
    return event


def shipped(*boxes: ShippedBox, at: datetime = NOON, pace: int = 1) -> OrderState:
    """An order whose one warehouse shipped these boxes (by default: two pieces as SF1)."""
    order = released(pace=pace)
    warehouse_says(order, WarehouseSays.SHIPPED, *(boxes or (a_box("SF1", 2),)), at=at)
    fulfilment.leave(order, at)
    return order
