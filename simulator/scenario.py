"""Invented orders: mostly plain ones, and a share of everything that makes an order centre necessary."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from random import Random
from typing import Literal

from simulator.aftersales import AfterSales
from simulator.assortment import Assortment
from simulator.buyers import Buyers
from simulator.clock import Timeline
from simulator.config import Config
from simulator.demanding import Demanding
from simulator.offering import Script
from simulator.plans import Plan
from simulator.regrets import Regrets
from simulator.turns import Turns
from simulator.wms.catalogue import GUANGZHOU, HANGZHOU
from simulator.wms.warehouse import Warehouse

OrderKind = Literal[
    "plain", "pays_late", "never_pays", "changes_mind", "split", "sold_out_at_first", "expensive",
    "drops_a_line", "drops_it_all", "wants_money_back", "sends_back", "exchanges",
    "presale", "booked_day", "listed_courier", "promised_soon", "late_waybill", "dawdles",
]  # fmt: skip
SHARES: dict[OrderKind, float] = {
    "pays_late": 0.08,
    "never_pays": 0.04,
    "changes_mind": 0.05,
    "split": 0.03,
    "sold_out_at_first": 0.03,
    "expensive": 0.04,
    "drops_a_line": 0.02,
    "drops_it_all": 0.02,
    "wants_money_back": 0.02,
    "sends_back": 0.03,
    "exchanges": 0.01,
    "presale": 0.02,
    "booked_day": 0.03,
    "listed_courier": 0.05,
    "promised_soon": 0.02,
    "late_waybill": 0.03,
    "dawdles": 0.03,
}
ENOUGH_FOR_ONE_OF_EACH = 30
REMARK_SHARE = 0.05
MINUTE_S, HOUR_S = 60.0, 3600.0
LEAST_GRACE_H = 10.0


def deck(orders: int, scenario: str, seed: int) -> list[OrderKind]:
    """Decide the kind of every order, in order; the same seed shuffles the same way."""
    if scenario != "mixed":
        return ["plain"] * orders
    least = 1 if orders >= ENOUGH_FOR_ONE_OF_EACH else 0
    kinds: list[OrderKind] = []
    for kind, share in SHARES.items():
        kinds += [kind] * max(least, round(orders * share))
    kinds = kinds[:orders] + ["plain"] * (orders - len(kinds))
    Random(f"{seed}:deck").shuffle(kinds)
    return kinds


class Scenario:
    """Offers a deck of orders and does what each buyer will do later."""

    def __init__(
        self, config: Config, timeline: Timeline, buyers: Buyers, warehouse: Warehouse, assortment: Assortment,
        after_sales: AfterSales,
    ) -> None:  # fmt: skip
        """Prepare; nothing happens before the script is played."""
        self._config = config
        self._timeline = timeline
        self._buyers = buyers
        self._warehouse = warehouse
        self._assortment = assortment
        self._turns = Turns(buyers)
        self._regrets = Regrets(timeline, buyers, assortment, after_sales, self._grace(), self._turns)
        self._demanding = Demanding(timeline, buyers, assortment, self._turns)
        self._act: Mapping[str, Callable[[Random], None]] = {
            "plain": self._plain,
            "pays_late": self._pays_late,
            "never_pays": self._never_pays,
            "changes_mind": self._changes_mind,
            "split": self._split,
            "sold_out_at_first": self._sold_out_at_first,
            "expensive": self._expensive,
            **{str(kind): act for kind, act in self._regrets.acts().items()},
            **{str(kind): act for kind, act in self._demanding.acts().items()},
        }

    def script(self) -> Script:
        """Give the steps of the run."""
        config = self._config
        if config.scenario == "none":
            return
        for place, kind in enumerate(deck(config.offered, config.scenario, config.seed)):
            random = Random(f"{config.seed}:order:{place}")
            act = self._act[kind]
            yield timedelta(seconds=place / config.rate), partial(act, random)

    def _plain(self, random: Random) -> None:
        if self._turns.overdue(random):
            return
        remark = self._config.scenario == "mixed" and random.random() < REMARK_SHARE
        self._buyers.order(self._assortment.usual(random, with_remark=remark), Plan(), paid=True)

    def _split(self, random: Random) -> None:
        self._buyers.order(self._assortment.split(random), Plan(), paid=True)

    def _expensive(self, random: Random) -> None:
        self._buyers.order(self._assortment.expensive(random), Plan(), paid=True)

    def _pays_late(self, random: Random) -> None:
        order = self._buyers.order(self._assortment.usual(random), Plan(), paid=False)
        self._timeline.after(random.uniform(5, 90) * MINUTE_S, partial(self._buyers.pay, order))

    def _never_pays(self, random: Random) -> None:
        order = self._buyers.order(self._assortment.usual(random), Plan("cancelled", ships=False), paid=False)
        self._timeline.after(random.uniform(20, 60) * MINUTE_S, partial(self._buyers.cancel, order))

    def _changes_mind(self, random: Random) -> None:
        """Cancel 10 to 50 business minutes after paying; the warehouse leaves ample time to hear of it.

        Nobody hears of it while the platform is out: the longest outage comes on top.
        """
        minutes = random.uniform(10, 50)
        cancelled_at = self._timeline.now() + self._timeline.real(minutes * MINUTE_S)
        plan = Plan("cancelled", ships_at=cancelled_at + self._grace())
        order = self._buyers.order(self._assortment.usual(random), plan, paid=True)
        how: Literal["cancelled", "refunded"] = random.choice(("cancelled", "refunded"))
        self._timeline.at(cancelled_at, partial(self._buyers.cancel, order, how))

    def _grace(self) -> timedelta:
        grace = max(
            self._timeline.real(LEAST_GRACE_H * HOUR_S), timedelta(seconds=self._config.least_grace_s)
        )
        return grace + self._timeline.real(
            max((o.lasts_business_s for o in self._config.outages), default=0.0)
        )

    def _sold_out_at_first(self, random: Random) -> None:
        draft = self._assortment.sold_out(random)
        self._buyers.order(draft, Plan(), paid=True)
        warehouse, line = random.choice((HANGZHOU, GUANGZHOU)), draft.lines[0]

        def replenish() -> None:
            on_hand = self._warehouse.stock.shelf(warehouse, line.sku).on_hand
            self._warehouse.set_stock(warehouse, line.sku, on_hand + line.quantity)

        self._timeline.after(random.uniform(2, 6) * HOUR_S, replenish)
