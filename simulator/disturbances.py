"""What goes wrong during a run, ordered beforehand: outages at their times, and lists that move while they are read."""

from collections.abc import Sequence
from functools import partial
from random import Random

from simulator.clock import Timeline
from simulator.config import CarrierConfig, Config, Outage
from simulator.faults import MARKETS, Fault, Faults, Kind, System
from simulator.ledger import Ledger
from simulator.shop.orders import Shop, ShopOrder


class Disturbances:
    """Arms and repairs faults as the timeline goes; each is written to the ledger when it begins and ends."""

    def __init__(self, config: Config, timeline: Timeline, faults: Faults, ledger: Ledger) -> None:
        """Plan; nothing is disturbed before it begins."""
        self._outages = config.outages
        self._moving_rate = config.moving_rate
        self._carrier_faults = _carrier_faults(config.carrier)
        self._timeline = timeline
        self._faults = faults
        self._ledger = ledger
        platforms = {chosen.platform for chosen in config.platforms}
        own: list[System] = ["shop"] if config.own_shop_sells else []
        self._selling: list[System] = own + [system for system in sorted(MARKETS) if system in platforms]

    def begin(self) -> None:
        """Let the rows of every list move from now on, and plan the outages."""
        if self._moving_rate:
            for system in self._selling:
                self._faults.arm(Fault(system=system, kind="moving", rate=self._moving_rate))
                self._ledger.append(f"moving.{system}", order="", key="moving", outcome="began")
        for fault in self._carrier_faults:
            self._faults.arm(fault)
        for outage in self._outages:
            self._timeline.after(outage.starts_business_s, partial(self._break, outage))

    def _break(self, outage: Outage) -> None:
        systems: list[System] = self._selling if outage.system == "platforms" else [outage.system]
        broken = [outage.fault(system) for system in systems]
        for fault in broken:
            self._faults.arm(fault)
            self._ledger.append(f"outage.{fault.system}", order="", key=fault.kind, outcome="began")
        self._timeline.after(outage.lasts_business_s, partial(self._repair, broken))

    def _repair(self, broken: Sequence[Fault]) -> None:
        for fault in broken:
            self._faults.repair(fault)
            self._ledger.append(f"outage.{fault.system}", order="", key=fault.kind, outcome="over")


def _carrier_faults(carrier: CarrierConfig) -> list[Fault]:
    shares: list[tuple[System, Kind, float]] = [
        ("callback", "lost", carrier.callbacks_lost),
        ("callback", "abort", carrier.callbacks_aborted),
        ("carrier", "unscanned", carrier.unscanned),
    ]
    return [Fault(system=system, kind=kind, rate=share) for system, kind, share in shares if share]


class Visitors:
    """Somebody who edits orders of the own shop while its list is read, when the fault `moving` is armed."""

    def __init__(self, shop: Shop, faults: Faults, seed: int) -> None:
        """Visit a shop."""
        self._shop = shop
        self._faults = faults
        self._random = Random(f"{seed}:shop:moving")

    def visit(self, listed: Sequence[ShopOrder]) -> None:
        """Modify one of the listed orders, perhaps."""
        if listed and self._faults.draw("shop", "list", kinds=frozenset({"moving"})):
            order = self._random.choice(listed)
            self._shop.set_meta(order, "_edit_lock", f"{order.modified.timestamp():.0f}:1")
            self._shop.touch(order)
