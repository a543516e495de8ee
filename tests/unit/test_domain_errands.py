"""What a channel is told of parcels that left: only the one told at the end closes the platform's order."""

from oms.domain import fulfilment
from oms.domain.errands_of import shipped_parcel
from oms.domain.messages import WarehouseSays
from oms.domain.state import OrderState
from tests.unit.domain_orders import a_box, released, shipped, warehouse_says


def announced(order: OrderState) -> list[bool]:
    """Announce what has left since, as the workflow does, and say which parcel is told as the last."""
    new = fulfilment.unannounced(order)
    order.announced = (*order.announced, *(parcel.waybill for parcel in new))
    return [shipped_parcel(order, parcel).last for parcel in new]


def test_the_only_parcel_is_the_last() -> None:
    """The platform ships the whole order with it."""
    assert announced(shipped()) == [True]


def test_of_parcels_that_left_together_only_the_one_told_at_the_end_is_the_last() -> None:
    """Otherwise the platform ships everything with the first, and refuses the second."""
    assert announced(shipped(a_box("SF1"), a_box("SF2"))) == [False, True]


def test_of_parcels_that_left_one_after_the_other_the_later_is_the_last() -> None:
    """As long as another warehouse has something to send, none is."""
    order = released("HZ01", "GZ01")

    warehouse_says(order, WarehouseSays.SHIPPED, a_box("SF1"))
    first = announced(order)
    warehouse_says(order, WarehouseSays.SHIPPED, a_box("SF2"), of=1)

    assert (first, announced(order)) == ([False], [True])
