"""The part of the store that people at the desk and buyers on their page need, beside what the orders themselves need."""

from oms.store.acts import Acts
from oms.store.attempts import Attempts
from oms.store.bulk_jobs import BulkJobs
from oms.store.desk_jobs import DeskJobs
from oms.store.engine import Database
from oms.store.lookups import Lookups
from oms.store.order_lists import OrderLists
from oms.store.parked import Parked
from oms.store.people import People
from oms.store.saved_views import SavedViews
from oms.store.today import TodayQueries
from oms.store.usual import UsualTimes
from oms.store.vault import Vault
from oms.store.web_sessions import WebSessions


class DeskStore:
    """Lists, people and their sessions, what is done in the background, what buyers look up."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.order_lists = OrderLists(database)
        self.today = TodayQueries(database)
        self.saved_views = SavedViews(database)
        self.bulk_jobs = BulkJobs(database)
        self.lookups = Lookups(database, vault)
        self.usual = UsualTimes(database)
        self.people = People(database)
        self.web_sessions = WebSessions(database)
        self.acts = Acts(database)
        self.attempts = Attempts(database)
        self.desk_jobs = DeskJobs(database)
        self.parked = Parked(database)
