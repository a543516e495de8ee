"""What a platform would fine: a forbidden courier, a parcel before its day, one after the time that was promised."""

from datetime import datetime
from typing import Literal

from simulator.marketplace import Sold
from simulator.wms.delivery import DeliveryOrder

Fine = Literal["forbidden_courier", "too_early", "late"]


def fines_of(order: Sold, deliveries: list[DeliveryOrder], now: datetime, *, kept: bool) -> list[Fine]:
    """List what the order's platform would fine, each once; `kept` orders are those that should be shipped.

    Late is judged by a time that the platform told us for this order, never by its usual promise.
    """
    demand, shipped = order.demand, [(each, each.shipped_at) for each in deliveries if each.shipped_at]
    found: dict[Fine, bool] = {
        "forbidden_courier": any(not demand.allows(each.logistics) for each, _ in shipped),
        "too_early": demand.ship_from is not None and any(at < demand.ship_from for _, at in shipped),
        "late": demand.ship_by is not None
        and (
            any(at > demand.ship_by for _, at in shipped) or (kept and not shipped and now > demand.ship_by)
        ),
    }
    return [fine for fine, true in found.items() if true]
