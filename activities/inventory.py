"""Promise stock to orders."""

from temporalio import activity

from activities.requests import ReserveStock
from oms.domain.stock import OutOfStock, Reserved, UnknownSku
from oms.store import Store


class InventoryActivities:
    """The stock book; two orders never get the same last piece."""

    def __init__(self, store: Store) -> None:
        """Take the store that holds stock and reservations."""
        self._store = store

    @activity.defn(name="inventory.reserve")
    def reserve(self, request: ReserveStock) -> Reserved | OutOfStock | UnknownSku:
        """Promise every piece or none; asked twice, promised once."""
        return self._store.stock.reserve(request.order, request.pieces)
