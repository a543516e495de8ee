"""Our own database, on SQLite or PostgreSQL: the shadow of the orders, the stock, the inbox, the vault.

The workflow owns an order and this is its read model; stock, inbox and receivers live here alone.
"""

from oms.store.books import Books
from oms.store.call_statistics import CallStatistics
from oms.store.calls import CallQuery, LoggedCall
from oms.store.decryptions import Decryption, Decryptions
from oms.store.facade import Store
from oms.store.inbox import Arrival, Inbox, Settlement
from oms.store.notices import SentNotices, Told
from oms.store.orders import Known, Orders, OrderView
from oms.store.outbox import Outbox, OutboxEvent
from oms.store.polls import Completeness, Polls, PollState
from oms.store.receivers import PutAway, Receivers
from oms.store.rule_tables import Activation, RuleEvent, RuleTables
from oms.store.scans import Scans
from oms.store.seen import Seen, SeenNote
from oms.store.stock import Level, Stock
from oms.store.subscriptions import Subscription, Subscriptions
from oms.store.vault import SealBroken, Sealed, Vault
from oms.store.watch import Limits, LimitsOfShops, OnItsWay, ParcelWatch

__all__ = [
    "Activation",
    "Arrival",
    "Books",
    "CallQuery",
    "CallStatistics",
    "Completeness",
    "Decryption",
    "Decryptions",
    "Inbox",
    "Known",
    "Level",
    "Limits",
    "LimitsOfShops",
    "LoggedCall",
    "OnItsWay",
    "OrderView",
    "Orders",
    "Outbox",
    "OutboxEvent",
    "ParcelWatch",
    "PollState",
    "Polls",
    "PutAway",
    "Receivers",
    "RuleEvent",
    "RuleTables",
    "Scans",
    "SealBroken",
    "Sealed",
    "Seen",
    "SeenNote",
    "SentNotices",
    "Settlement",
    "Stock",
    "Store",
    "Subscription",
    "Subscriptions",
    "Told",
    "Vault",
]
