"""Finding an order by what people call it, and its workflow in the Temporal UI."""

from urllib.parse import quote

from oms.domain.ids import OrderKey
from oms.store import OrderView
from oms.web.collaborators import Collaborators


def find(parts: Collaborators, key: str) -> OrderView | None:
    """Find an order by `channel:shop:number` or by its business id."""
    try:
        return parts.store.orders.get(OrderKey.parse(key))
    except ValueError:
        return parts.store.orders.get(key)


def temporal_link(list_address: str, key: OrderKey) -> str:
    """Return the address of the order's workflow in the Temporal UI; empty when we know of no UI."""
    return f"{list_address.rstrip('/')}/{quote(key.workflow_id, safe='')}" if list_address else ""
