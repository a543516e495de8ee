"""Ask the rule table about an order."""

from collections.abc import Mapping
from types import MappingProxyType

from temporalio import activity

from activities.requests import AssessOrder
from oms.domain.deadlines import Assessment
from oms.domain.ids import ShopKey
from oms.rules.assessment import USUAL, ShopWays, assess
from oms.rules.table import RuleTable
from oms.store import Store

NO_WAYS: Mapping[ShopKey, ShopWays] = MappingProxyType({})


class RuleActivities:
    """The rules, resolved for one order: figures enter its history as data, so a new table never breaks replay."""

    def __init__(
        self, table: RuleTable, platforms: Mapping[ShopKey, str], store: Store,
        ways: Mapping[ShopKey, ShopWays] = NO_WAYS,
    ) -> None:  # fmt: skip
        """Take the table, which row each shop lives by, the store that knows former buyers, and how each shop works."""
        self._ways = ways
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
            ways=self._ways.get(snapshot.key.shop_key, USUAL),
        )

    def _first_buyer(self, request: AssessOrder) -> bool:
        buyer = request.snapshot.buyer
        return not (buyer and self._store.receivers.bought_before(buyer, other_than=request.snapshot.key))
