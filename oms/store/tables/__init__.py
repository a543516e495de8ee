"""The tables, as SQLModel classes; the statements use their Core side."""

from oms.store.tables.accounts import ActsRow, AttemptsRow, PeopleRow, WebSessionsRow
from oms.store.tables.aftersales import AfterSalesRow, DamagedStockRow
from oms.store.tables.alerts import AlertPaceRow, AlertPostsRow, AlertsRow
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
from oms.store.tables.bulk import BulkItemsRow, BulkJobsRow
from oms.store.tables.calls import CallsRow
from oms.store.tables.cases import CaseParcelsRow, CasesSeenRow
from oms.store.tables.columns import METADATA, table_of
from oms.store.tables.desk_jobs import DeskJobsRow
from oms.store.tables.desk_orders import OrderMarksRow, SavedViewsRow
from oms.store.tables.health import InterfaceHealthRow, ListReadsRow, ShapesRow
from oms.store.tables.interfaces import InterfaceLogRow, InterfacesRow
from oms.store.tables.lookups import OrderLookupsRow
from oms.store.tables.orders import AuditRow, OrdersRow, OutboxRow, ParcelsRow, ScansRow
from oms.store.tables.people import BuyersRow, DecryptLogRow, ReceiversRow
from oms.store.tables.repair import PollHolesRow, ShopVersionLogRow, ShopVersionsRow
from oms.store.tables.rules import RuleLogRow, RuleTablesRow
from oms.store.tables.stock import ReservationsRow, StockEventsRow, StockRow, StockWaitsRow
from oms.store.tables.watch import ParcelWatchRow
from oms.store.tables.waybills import DrawnWaybillsRow

__all__ = [
    "METADATA",
    "ActsRow",
    "AfterSalesRow",
    "AlertPaceRow",
    "AlertPostsRow",
    "AlertsRow",
    "AttemptsRow",
    "AuditRow",
    "BulkItemsRow",
    "BulkJobsRow",
    "BuyersRow",
    "CallsRow",
    "CaseParcelsRow",
    "CasesSeenRow",
    "ChannelTokensRow",
    "CompletenessRow",
    "DamagedStockRow",
    "DecryptLogRow",
    "DeskJobsRow",
    "DrawnWaybillsRow",
    "InboxRow",
    "InterfaceHealthRow",
    "InterfaceLogRow",
    "InterfacesRow",
    "ListReadsRow",
    "NoticesRow",
    "OrderLookupsRow",
    "OrderMarksRow",
    "OrderSeenRow",
    "OrdersRow",
    "OutboxRow",
    "ParcelWatchRow",
    "ParcelsRow",
    "PeopleRow",
    "PollHolesRow",
    "PollStatesRow",
    "PushesRow",
    "ReceiversRow",
    "ReservationsRow",
    "RuleLogRow",
    "RuleTablesRow",
    "SavedViewsRow",
    "ScansRow",
    "ShapesRow",
    "ShopVersionLogRow",
    "ShopVersionsRow",
    "StockEventsRow",
    "StockRow",
    "StockWaitsRow",
    "SubscriptionsRow",
    "WebSessionsRow",
    "table_of",
]
