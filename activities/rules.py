"""Ask the rule table about an order."""

from collections.abc import Mapping
from types import MappingProxyType

from temporalio import activity

from activities.requests import AssessOrder, JudgeOrder
from oms.clock import wall_clock
from oms.domain.deadlines import Assessment
from oms.domain.ids import ShopKey
from oms.domain.rulings import OrderFacts, Phase, Ruling
from oms.rules.assessment import USUAL, ShopWays, assess
from oms.rules.judging import judge
from oms.rules.table import RuleTable
from oms.rules.tables import Tables
from oms.store import Store

NO_WAYS: Mapping[ShopKey, ShopWays] = MappingProxyType({})


class RuleActivities:
    """The rules, resolved for one order: figures enter its history as data, so a new table never breaks replay."""

    def __init__(
        self, tables: Tables, platforms: Mapping[ShopKey, str], store: Store,
        ways: Mapping[ShopKey, ShopWays] = NO_WAYS,
    ) -> None:  # fmt: skip
        """Take the tables, which row each shop lives by, the store that knows former buyers, and how each shop works."""
        self._ways = ways
        self._tables = tables
        self._platforms = platforms
        self._store = store

    @activity.defn(name="rules.assess")
    def assess(self, request: AssessOrder) -> Assessment:
        """Return deadlines, reviews and tags of a paid order, under the version it lives by or the one in force."""
        snapshot, shop = request.snapshot, request.snapshot.key.shop_key
        platform = self._platforms.get(shop, snapshot.key.channel)
        table = self._table(request.version, request)
        return assess(
            table,
            platform,
            snapshot,
            request.paid_at,
            first_buyer=self._first_buyer(request),
            pace=request.pace,
            ways=self._ways.get(shop, USUAL),
            at=request.at,
        )

    @activity.defn(name="rules.judge")
    def judge(self, request: JudgeOrder) -> Ruling:
        """Return what the compliance gate's rules say, under the version the order lives by."""
        table = self._tables.version(request.version) or self._tables.in_force(request.facts.at)
        return judge(table, request.phase, request.facts)

    def judge_admitted(self, facts: OrderFacts, assessment: Assessment) -> Ruling:
        """Return the gate's word on an order that has just been assessed."""
        promised = {
            "platform": assessment.policy.platform,
            "ship_by": assessment.ship_by,
            "courier": assessment.courier,
        }
        known = facts.model_copy(update=promised)
        return self.judge(JudgeOrder(phase=Phase.RELEASE, facts=known, version=assessment.policy.version))

    def _table(self, version: str, request: AssessOrder) -> RuleTable:
        """Return a version; one that nobody here knows, as of an order from before there were versions, is let go."""
        known = self._tables.version(version) if version else None
        return known or self._tables.in_force(request.at or wall_clock())

    def _first_buyer(self, request: AssessOrder) -> bool:
        buyer = request.snapshot.buyer
        order = request.snapshot.key
        everywhere = self._ways.get(order.shop_key, USUAL).same_buyer_everywhere
        return not (
            buyer and self._store.receivers.bought_before(buyer, other_than=order, everywhere=everywhere)
        )
