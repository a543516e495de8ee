"""Invented orders of which the platform demands something, and those that a slow warehouse lets wait."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle
from random import Random
from typing import Literal

from simulator.assortment import Assortment
from simulator.buyers import Buyers
from simulator.clock import Timeline
from simulator.demand import NOTHING, Demand
from simulator.plans import Plan
from simulator.turns import Turns

DemandKind = Literal["presale", "booked_day", "listed_courier", "promised_soon", "late_waybill", "dawdles"]
WHERE: Mapping[DemandKind, Sequence[str]] = {
    "presale": ("taobao", "pdd", "wechat"),
    "booked_day": ("douyin",),
    "listed_courier": ("taobao",),
    "promised_soon": ("taobao", "pdd", "douyin", "wechat", "woocommerce"),
    "late_waybill": ("douyin",),
    "dawdles": ("taobao", "jd", "pdd", "wechat"),
}
"""Which platforms tell of such a demand order by order; JD tells of none."""
HOUR_S = 3600.0
PRESALE_H = 15 * 24.0
FIRST_DAY_AFTER_H = (20.0, 24.0)
LEAVES_BY_THEN_H = 48.0
SOON_H, SOON_SHIPS_H = 14.0, (5.0, 7.0)
"""Closer than any platform's usual promise, and time enough."""
LATE_WAYBILL_H = (16.0, 18.0)
"""After Douyin's red line of 12 hours, before its promise of 24."""
DAWDLES_H = (25.0, 28.0)
"""After the hour at which a supervisor wants to know, before the usual promise of 48."""
LISTS = (
    Demand(rule="only", couriers=("YTO", "ZTO")),
    Demand(rule="never", couriers=("SF",)),
    Demand(rule="advised", couriers=("ZTO", "SF")),
)


class Demanding:
    """Offers such orders; all of them can be fulfilled, by whoever has read what is demanded."""

    def __init__(self, timeline: Timeline, buyers: Buyers, assortment: Assortment, turns: Turns) -> None:
        """Prepare."""
        self._timeline = timeline
        self._buyers = buyers
        self._assortment = assortment
        self._turns = turns
        self._lists = cycle(LISTS)

    def acts(self) -> Mapping[DemandKind, Callable[[Random], None]]:
        """Give what happens for each kind."""
        make: Mapping[DemandKind, Callable[[Random], tuple[Demand, Plan]]] = {
            "presale": self._presale,
            "booked_day": self._booked_day,
            "listed_courier": lambda _random: (next(self._lists), Plan()),
            "promised_soon": self._promised_soon,
            "late_waybill": lambda random: (NOTHING, self._leaves(random, LATE_WAYBILL_H)),
            "dawdles": lambda random: (NOTHING, self._leaves(random, DAWDLES_H)),
        }
        return {kind: partial(self._offer, kind, each) for kind, each in make.items()}

    def _offer(self, kind: DemandKind, make: Callable[[Random], tuple[Demand, Plan]], random: Random) -> None:
        draft, places = self._assortment.usual(random), WHERE[kind]
        at = self._turns.find(places, random)
        if at is None:
            self._turns.wait(places, partial(self._offer, kind, make))
            self._buyers.order(draft, Plan(), paid=True)
            return
        demand, plan = make(random)
        self._buyers.order(replace(draft, demand=demand), plan, paid=True, at=at)

    def _presale(self, _random: Random) -> tuple[Demand, Plan]:
        return Demand(presale=True, ship_by=self._moment(PRESALE_H)), Plan()

    def _booked_day(self, random: Random) -> tuple[Demand, Plan]:
        hours = random.uniform(*FIRST_DAY_AFTER_H)
        first, last = self._moment(hours) + timedelta(seconds=1), self._moment(hours + LEAVES_BY_THEN_H)
        return Demand(presale=True, ship_from=first, ship_by=last), Plan()

    def _promised_soon(self, random: Random) -> tuple[Demand, Plan]:
        return Demand(ship_by=self._moment(SOON_H)), self._leaves(random, SOON_SHIPS_H)

    def _leaves(self, random: Random, hours: tuple[float, float]) -> Plan:
        return Plan(ships_at=self._timeline.now() + self._timeline.real(random.uniform(*hours) * HOUR_S))

    def _moment(self, hours: float) -> datetime:
        """Name a moment in business hours from now, to the second."""
        return (self._timeline.now() + self._timeline.real(hours * HOUR_S)).replace(microsecond=0)
