"""What leaves a case for a warehouse: the announcement of goods that come back."""

from oms.domain.ids import OrderKey
from oms.domain.model import Fact
from oms.domain.stock import Piece


class ReturnOrder(Fact):
    """What a warehouse is to expect; `code` makes announcing twice announcing once. Nothing of the buyer."""

    code: str
    order: OrderKey
    warehouse: str
    delivery_order: str = ""
    """Under which the goods had gone out."""
    pieces: tuple[Piece, ...]
    exchange: bool = False
    """New goods go out for them."""
    waybill: str
    carrier: str = ""
    why: str = ""
