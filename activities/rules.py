"""Ask the rule table about an order."""

from collections.abc import Mapping

from temporalio import activity

from activities.requests import AssessOrder
from oms.domain.deadlines import Assessment
from oms.domain.ids import ShopKey
from oms.rules.assessment import assess
from oms.rules.table import RuleTable
from oms.store import Store


class RuleActivities:
    """The rules, resolved for one order: figures enter its history as data, so a new table never breaks replay."""

    def __init__(self, table: RuleTable, platforms: Mapping[ShopKey, str], store: Store) -> None:
        """Take the table, which row each shop lives by, and the store that knows former buyers."""
        self._table = table
        self._platforms = platforms
        self._store = store

    @activity.defn(name="rules.assess")
    def assess(self, request: AssessOrder) -> Assessment:
        """Return deadlines, reviews and tags of a paid order."""
        snapshot = request.snapshot
        platform = self._platforms.get(snapshot.key.shop_key, snapshot.key.channel)
        return assess(
            self._table,
            platform,
            snapshot,
            request.paid_at,
            first_buyer=self._table.row(platform).review.first_buyer and self._first_buyer(request),
            pace=request.pace,
        )

    def _first_buyer(self, request: AssessOrder) -> bool:
        buyer = request.snapshot.buyer
        return not (buyer and self._store.receivers.bought_before(buyer, other_than=request.snapshot.key))
