"""What a case asks of its collaborators, put together from its state."""

from datetime import datetime

from oms.domain.aftersale import AfterSaleKind
from oms.domain.aftersales import flow
from oms.domain.aftersales.book import CaseParcel, workflow_id
from oms.domain.aftersales.grounds import OrderFacts
from oms.domain.aftersales.returns import ReturnOrder
from oms.domain.aftersales.state import CaseState
from oms.domain.handover import WarehouseOrder
from oms.domain.parcels import Parcel

ANY_WAREHOUSE = "OTHER"
"""Qimen's word where nobody knows which warehouse sent the goods."""


def return_order(state: CaseState) -> ReturnOrder:
    """What a warehouse is told of goods that come back."""
    warehouse, delivery_order = flow.home_of(state)
    return ReturnOrder(
        code=state.return_code, order=state.case.order, warehouse=warehouse or ANY_WAREHOUSE,
        delivery_order=delivery_order, pieces=flow.pieces_of_case(state),
        exchange=state.kind is AfterSaleKind.EXCHANGE, waybill=state.waybill, carrier=state.carrier,
        why=state.kind,
    )  # fmt: skip


def parcel_out(state: CaseState, parcel: CaseParcel) -> Parcel:
    """Return a parcel that was sent once more, as it is followed."""
    return Parcel(
        waybill=parcel.waybill, carrier=parcel.carrier, delivery_order=state.delivery_code, pieces=parcel.pieces,
        shipped_at=parcel.shipped_at,
    )  # fmt: skip


def parcel_back(state: CaseState, at: datetime) -> Parcel:
    """Return the parcel that is followed."""
    return Parcel(
        waybill=state.waybill, carrier=state.carrier, delivery_order=state.return_code,
        pieces=flow.pieces_of_case(state), shipped_at=at,
    )  # fmt: skip


def refund_key(state: CaseState) -> str:
    """Name a repayment: asked twice for one sum, it is paid once."""
    return f"{workflow_id(state.key)}:{state.refund_fen}"


def new_delivery(state: CaseState, order: OrderFacts) -> WarehouseOrder:
    """What a warehouse is asked to send once more; the buyer has paid for it already."""
    warehouse, _ = flow.home_of(state)
    pieces = flow.pieces_of_case(state)
    return WarehouseOrder(
        code=state.delivery_code, order=state.case.order, warehouse=warehouse or ANY_WAREHOUSE, pieces=pieces,
        titles={line.sku: line.title for line in order.lines}, total_fen=0, created_at=order.created_at,
        paid_at=order.paid_at,
    )  # fmt: skip
