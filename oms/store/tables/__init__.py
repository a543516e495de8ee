"""The tables, as SQLModel classes; the statements use their Core side."""

from oms.store.tables.arrivals import CompletenessRow, InboxRow, NoticesRow, OrderSeenRow, PollStatesRow
from oms.store.tables.columns import METADATA, table_of
from oms.store.tables.orders import AuditRow, OrdersRow, OutboxRow, ParcelsRow, ScansRow
from oms.store.tables.people import BuyersRow, DecryptLogRow, ReceiversRow
from oms.store.tables.stock import ReservationsRow, StockEventsRow, StockRow, StockWaitsRow

__all__ = [
    "METADATA",
    "AuditRow",
    "BuyersRow",
    "CompletenessRow",
    "DecryptLogRow",
    "InboxRow",
    "NoticesRow",
    "OrderSeenRow",
    "OrdersRow",
    "OutboxRow",
    "ParcelsRow",
    "PollStatesRow",
    "ReceiversRow",
    "ReservationsRow",
    "ScansRow",
    "StockEventsRow",
    "StockRow",
    "StockWaitsRow",
    "table_of",
]
