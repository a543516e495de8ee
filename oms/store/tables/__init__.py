"""The tables, as SQLModel classes; the statements use their Core side."""

from oms.store.tables.arrivals import (
    ChannelTokensRow,
    CompletenessRow,
    InboxRow,
    NoticesRow,
    OrderSeenRow,
    PollStatesRow,
    PushesRow,
)
from oms.store.tables.columns import METADATA, table_of
from oms.store.tables.orders import AuditRow, OrdersRow, OutboxRow, ParcelsRow, ScansRow
from oms.store.tables.people import BuyersRow, DecryptLogRow, ReceiversRow
from oms.store.tables.stock import ReservationsRow, StockEventsRow, StockRow, StockWaitsRow

__all__ = [
    "METADATA",
    "AuditRow",
    "BuyersRow",
    "ChannelTokensRow",
    "CompletenessRow",
    "DecryptLogRow",
    "InboxRow",
    "NoticesRow",
    "OrderSeenRow",
    "OrdersRow",
    "OutboxRow",
    "ParcelsRow",
    "PollStatesRow",
    "PushesRow",
    "ReceiversRow",
    "ReservationsRow",
    "ScansRow",
    "StockEventsRow",
    "StockRow",
    "StockWaitsRow",
    "table_of",
]
