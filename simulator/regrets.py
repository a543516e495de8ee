"""Invented buyers who want money or other goods after all: before anything has left, or when they have seen it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from random import Random
from typing import Literal

from simulator.aftersales import AfterSales
from simulator.assortment import Assortment
from simulator.buyers import Buyers
from simulator.clock import Timeline
from simulator.draft import Draft
from simulator.plans import CasePlan, Plan
from simulator.turns import Turns
from simulator.wms.catalogue import EVERYWHERE

RegretKind = Literal["drops_a_line", "drops_it_all", "wants_money_back", "sends_back", "exchanges"]
WHERE: Mapping[RegretKind, Sequence[str]] = {
    "drops_a_line": ("taobao", "douyin", "wechat"),
    "drops_it_all": ("taobao", "jd", "pdd", "douyin", "wechat"),
    "wants_money_back": ("taobao", "pdd", "douyin", "wechat"),
    "sends_back": ("taobao", "pdd", "douyin", "wechat"),
    "exchanges": ("douyin",),
}
"""On which platforms a program can see such wishes and answer them; Pinduoduo's orders have one line."""
MINUTE_S, HOUR_S = 60.0, 3600.0
ASKS_WITHIN_MIN = (5.0, 40.0)
SHIPS_AFTER_H, SIGNED_AFTER_H = (2.0, 5.0), (26.0, 34.0)
"""Early enough for the goods to be back before the order would be completed."""


class Regrets:
    """Offers orders whose buyers will ask for an after-sale."""

    def __init__(
        self, timeline: Timeline, buyers: Buyers, assortment: Assortment, after_sales: AfterSales,
        grace: timedelta, turns: Turns,
    ) -> None:  # fmt: skip
        """Prepare; `grace` is how long the warehouse leaves the order centre to hear of a wish, in real time."""
        self._timeline = timeline
        self._buyers = buyers
        self._assortment = assortment
        self._after_sales = after_sales
        self._grace = grace
        self._turns = turns

    def acts(self) -> Mapping[RegretKind, Callable[[Random], None]]:
        """Give what each kind of buyer does."""
        late: Mapping[RegretKind, CasePlan] = {
            "wants_money_back": CasePlan("refund_only", reason="少件/漏发", pieces=1),
            "sends_back": CasePlan("return", reason="尺码不合适", pieces=1),
            "exchanges": CasePlan("exchange", "closed", reason="颜色拍错了", pieces=1),
        }
        return {
            "drops_a_line": self._drops_a_line,
            "drops_it_all": self._drops_it_all,
            **{kind: partial(self._after_delivery, kind, plan) for kind, plan in late.items()},
        }

    def _where(self, kind: RegretKind, random: Random) -> str | None:
        return self._turns.find(WHERE[kind], random)

    def _not_now(self, kind: RegretKind, random: Random) -> None:
        """Order something usual in the place of a buyer who has to wait."""
        self._turns.wait(WHERE[kind], self.acts()[kind])
        self._buyers.order(self._assortment.usual(random), Plan(), paid=True)

    def _drops_a_line(self, random: Random) -> None:
        self._before_shipping("drops_a_line", random, lines=2, plan=Plan())

    def _drops_it_all(self, random: Random) -> None:
        self._before_shipping("drops_it_all", random, lines=1, plan=Plan("cancelled"))

    def _before_shipping(self, kind: RegretKind, random: Random, lines: int, plan: Plan) -> None:
        at = self._where(kind, random)
        if at is None:
            self._not_now(kind, random)
            return
        asked_at = self._timeline.now() + self._timeline.real(random.uniform(*ASKS_WITHIN_MIN) * MINUTE_S)
        plan.ships_at = asked_at + self._grace
        order = self._buyers.order(self._basket(random, lines), plan, paid=True, at=at)
        case = CasePlan("refund_only", reason="拍多了")
        self._timeline.at(asked_at, partial(self._after_sales.ask, order.number, case))

    def _after_delivery(self, kind: RegretKind, case: CasePlan, random: Random) -> None:
        at = self._where(kind, random)
        if at is None:
            self._not_now(kind, random)
            return
        now, hour = self._timeline.now(), self._timeline.real(HOUR_S)
        plan = Plan(
            ships_at=now + hour * random.uniform(*SHIPS_AFTER_H),
            signed_at=now + hour * random.uniform(*SIGNED_AFTER_H),
        )
        order = self._buyers.order(self._basket(random, 1 if at == "pdd" else 2), plan, paid=True, at=at)
        self._after_sales.after_delivery(order.number, case)

    def _basket(self, random: Random, lines: int) -> Draft:
        """Two pieces of each thing, so that one of them may come back."""
        skus = random.sample(EVERYWHERE, lines)
        return self._assortment.draft(random, [self._assortment.line(sku, 2) for sku in skus])
