"""The store as everybody holds it: one object, built where a process is put together."""

from typing import Self

from oms.clock import wall_clock
from oms.store.aftersales import AfterSales
from oms.store.alert_posts import AlertPosts
from oms.store.alerts import Alerts
from oms.store.books import Books
from oms.store.calls import Calls
from oms.store.case_parcels import CaseParcels
from oms.store.decryptions import Decryptions
from oms.store.desk import DeskStore
from oms.store.engine import Clock, Database, open_database
from oms.store.health import InterfaceHealth, ListReads
from oms.store.holes import Holes
from oms.store.in_flight import InFlight
from oms.store.inbox import Inbox
from oms.store.interfaces import Interfaces
from oms.store.notices import SentNotices
from oms.store.orders import Orders
from oms.store.outbox import Outbox
from oms.store.polls import Polls
from oms.store.pushes import Pushes
from oms.store.receivers import Receivers
from oms.store.rule_tables import RuleTables
from oms.store.ruled_events import RuledEvents
from oms.store.scans import Scans
from oms.store.schema import migrate
from oms.store.seen_cases import SeenCases
from oms.store.shapes import Shapes
from oms.store.shop_versions import ShopVersions
from oms.store.stock import Stock
from oms.store.subscriptions import Subscriptions
from oms.store.tokens import ShopTokens
from oms.store.vault import Vault
from oms.store.watch import ParcelWatch
from oms.store.waybills import DrawnWaybills


class Store(DeskStore):
    """Our database, by what it is asked for. Synchronous; any number of threads and processes may use it at once.

    Every method raises Unavailable when the database cannot answer now: an outage delays and never fails an order.
    """

    def __init__(self, database: Database, vault: Vault) -> None:
        super().__init__(database, vault)
        self.database = database
        self.vault = vault
        self.books = Books(database)
        self.stock = Stock(database)
        self.inbox = Inbox(database, vault)
        self.receivers = Receivers(database, vault)
        self.scans = Scans(database, vault)
        self.decryptions = Decryptions(database)
        self.orders = Orders(database, vault)
        self.polls = Polls(database)
        self.after_sales = AfterSales(database)
        self.case_parcels = CaseParcels(database)
        self.case_polls = Polls(database, "#after_sales")
        self.seen_cases = SeenCases(database)
        self.pushes = Pushes(database)
        self.tokens = ShopTokens(database, vault)
        self.outbox = Outbox(database)
        self.subscriptions = Subscriptions(database)
        self.notices = SentNotices(database)
        self.watch = ParcelWatch(database)
        self.waybills = DrawnWaybills(database)
        self.ruled = RuledEvents(database)
        self.rule_tables = RuleTables(database)
        self.in_flight = InFlight(database)
        self.interfaces = Interfaces(database)
        self.health = InterfaceHealth(database)
        self.list_reads = ListReads(database)
        self.shapes = Shapes(database)
        self.alerts = Alerts(database)
        self.alert_posts = AlertPosts(database)
        self.shop_versions = ShopVersions(database)
        self.holes = Holes(database)
        self.calls = Calls(database)
        self._furnish_the_desk(database, vault)

    def _furnish_the_desk(self, database: Database, vault: Vault) -> None:
        """Add what only people ask for, at the desk and on the buyers' pages."""

    @classmethod
    def open(cls, url: str, vault: Vault, clock: Clock = wall_clock) -> Self:
        """Open `sqlite:///path` or `postgresql://…`; nothing is connected or migrated yet.

        Raises Misused for a database we cannot use.
        """
        return cls(open_database(url, clock), vault)

    def migrate(self) -> None:
        """Bring the tables to today's version; harmless when they are, or when another process does it."""
        migrate(self.database)

    def rotate(self) -> int:
        """Seal everything of an old key with the current one; returns how many rows were."""
        return self.receivers.rotate() + self.inbox.rotate() + self.scans.rotate() + self.tokens.rotate()

    def close(self) -> None:
        """Let every connection go."""
        self.database.close()
