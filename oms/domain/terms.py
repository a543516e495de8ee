"""What the platform's row allows a person to change of an order, and until when (R22, R28)."""

from datetime import datetime

from oms.domain.deadlines import AddressTerms, WaybillTerms
from oms.domain.judged import has_waybill
from oms.domain.parcels import Parcel, ParcelState
from oms.domain.stages import LEFT, Stage
from oms.domain.state import OrderState

_SIGNED = frozenset({ParcelState.DELIVERED, ParcelState.RETURNED, ParcelState.CANCELLED})


def address(order: OrderState) -> str:
    """Say why an order may not go to another address, naming the rule; empty when it may."""
    terms = order.assessment.policy.address if order.assessment else AddressTerms()
    if terms.policy == "forbidden":
        return _by(
            order, "address_change.policy", "the platform forbids another address; cancel it and order anew"
        )
    if terms.max_changes is not None and order.address_changes >= terms.max_changes:
        changed = f"the address was changed {order.address_changes} times, {terms.max_changes} are allowed"
        return _by(order, "address_change.max_changes", changed)
    late = {
        "before_release": order.stage is Stage.RELEASED or order.stage in LEFT,
        "before_waybill": has_waybill(order),
        "before_ship": order.stage in LEFT,
    }[terms.until]
    when = terms.until.replace("_", " ")
    return _by(order, "address_change.until", f"another address is allowed {when} only") if late else ""


def waybill(order: OrderState, parcel: Parcel, at: datetime) -> str:
    """Say why a parcel may not go under another waybill, naming the rule; empty when it may."""
    terms = order.assessment.policy.waybill if order.assessment else WaybillTerms()
    if not terms.allowed:
        return _by(order, "waybill_change.allowed", "the platform forbids another waybill")
    if terms.max_changes is not None and order.waybill_changes >= terms.max_changes:
        changed = f"its waybill was changed {order.waybill_changes} times, {terms.max_changes} are allowed"
        return _by(order, "waybill_change.max_changes", changed)
    if terms.within is not None and at > parcel.shipped_at + terms.within / order.pace:
        hours = int(terms.within.total_seconds()) // 3600
        return _by(order, "waybill_change.within", f"more than {hours} h since it was shipped")
    if terms.until == "before_first_scan" and parcel.state is not ParcelState.CREATED:
        used = f"parcel {parcel.waybill} is {parcel.state}: its waybill is in use and stays"
        return _by(order, "waybill_change.until", used)
    signed = parcel.delivered_at is not None or parcel.state in _SIGNED
    if terms.until == "before_sign" and signed:
        return _by(order, "waybill_change.until", f"parcel {parcel.waybill} was signed for")
    return ""


def _by(order: OrderState, figure: str, words: str) -> str:
    policy = order.assessment.policy if order.assessment else None
    name = f" (rule {policy.platform}.{figure}, table {policy.version})" if policy else ""
    return f"order {order.key}: {words}{name}"
