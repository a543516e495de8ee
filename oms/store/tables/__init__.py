"""The tables, as SQLModel classes; the statements use their Core side."""

from oms.store.tables.aftersales import AfterSalesRow, DamagedStockRow
from oms.store.tables.arrivals import (
    ChannelTokensRow,
    CompletenessRow,
    InboxRow,
    NoticesRow,
    OrderSeenRow,
    PollStatesRow,
    PushesRow,
)
from oms.store.tables.broadcast import SubscriptionsRow
from oms.store.tables.cases import CaseParcelsRow, CasesSeenRow
from oms.store.tables.columns import METADATA, table_of
from oms.store.tables.orders import AuditRow, OrdersRow, OutboxRow, ParcelsRow, ScansRow
from oms.store.tables.people import BuyersRow, DecryptLogRow, ReceiversRow
from oms.store.tables.rules import RuleLogRow, RuleTablesRow
from oms.store.tables.stock import ReservationsRow, StockEventsRow, StockRow, StockWaitsRow
from oms.store.tables.watch import ParcelWatchRow
from oms.store.tables.waybills import DrawnWaybillsRow

__all__ = [
    "METADATA",
    "AfterSalesRow",
    "AuditRow",
    "BuyersRow",
    "CaseParcelsRow",
    "CasesSeenRow",
    "ChannelTokensRow",
    "CompletenessRow",
    "DamagedStockRow",
    "DecryptLogRow",
    "DrawnWaybillsRow",
    "InboxRow",
    "NoticesRow",
    "OrderSeenRow",
    "OrdersRow",
    "OutboxRow",
    "ParcelWatchRow",
    "ParcelsRow",
    "PollStatesRow",
    "PushesRow",
    "ReceiversRow",
    "ReservationsRow",
    "RuleLogRow",
    "RuleTablesRow",
    "ScansRow",
    "StockEventsRow",
    "StockRow",
    "StockWaitsRow",
    "SubscriptionsRow",
    "table_of",
]
