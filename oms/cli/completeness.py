"""The proof of a day: every shop's own list against ours, and what the oracle says of it all."""

import asyncio
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from temporalio.client import Client

from oms.cli.observer import EVERY_ORDER
from oms.cli.polls import by_hand
from oms.cli.verdict import ByChannel, Verdict
from oms.domain.errands import SweepDone, SweepShop
from oms.domain.ids import ShopKey
from oms.domain.model import Fact
from oms.store import Completeness, Store

MARGIN_SECONDS = 60.0
"""Real seconds before the first order at which a sweep begins to look."""
HOUR_SECONDS = 3600

Sweeps = Mapping[str, SweepDone]


class Held(NamedTuple):
    """What our database holds: orders by channel, and each channel's newest proof of completeness."""

    ours: Mapping[str, int]
    proofs: Mapping[str, Completeness]


class ShopsDay(ByChannel):
    """One shop's day: what was offered there, what we hold, what only the sweep found, and the proof."""

    ours: int
    recovered: int
    platform_count: int
    our_count: int
    equal: bool
    """A last sweep counted as many there as here and as were offered, and recovered nothing but what had come late."""


class OutageSeen(Fact):
    """One outage, and how many questions it spoilt."""

    systems: tuple[str, ...]
    kind: str
    struck: int


class Day(Fact):
    """How a day went."""

    verdict: Verdict
    shops: Mapping[str, ShopsDay]
    pushes_lost: int
    moving_rows: int
    outages: tuple[OutageSeen, ...]

    @property
    def agrees(self) -> bool:
        """Nothing was missed, nothing was doubled, and every shop's counts are equal."""
        return self.verdict.agrees and all(shop.equal for shop in self.shops.values())

    def figures(self) -> dict[str, Any]:
        """Give all of it for a program, named as in a demonstration."""
        day = self.model_dump(mode="json")
        return {**day.pop("verdict"), "by_channel": day.pop("shops"), **day, "agrees": self.agrees}


async def sweep_all(client: Client, shops: Iterable[ShopKey], *, seconds: float, pace: int) -> Sweeps:
    """Sweep every shop over the last real `seconds`, all at once, as their Schedules do at night. Raises Trouble."""
    hours = math.ceil((seconds + MARGIN_SECONDS) * pace / HOUR_SECONDS)

    async def swept(shop: ShopKey) -> SweepDone:
        errand = SweepShop(shop=shop, hours=hours, pace=pace)
        return SweepDone.model_validate(await by_hand(client, "SweepShopWorkflow", f"sweep:{shop}", errand))

    chosen = list(shops)
    done = await asyncio.gather(*map(swept, chosen))
    return {shop.channel: each for shop, each in zip(chosen, done, strict=True)}


def held(store: Store) -> Held:
    """Read what we hold of every shop, and the newest proof of each."""
    ours = Counter(row.key.channel for row in store.orders.list(limit=EVERY_ORDER))
    proofs = {row.shop.channel: row for row in reversed(store.polls.completeness_rows())}
    return Held(ours, proofs)


def shops_days(held: Held, verdict: Verdict, recovering: Sweeps, proving: Sweeps) -> dict[str, ShopsDay]:
    """Put each shop's figures together; the counts are those of the completeness rows in our database."""
    return {
        name: _shops_day(figures, held, name, recovering[name], proving[name])
        for name, figures in verdict.by_channel.items()
    }


def _shops_day(
    figures: ByChannel, held: Held, name: str, recovering: SweepDone, proving: SweepDone
) -> ShopsDay:
    proof = held.proofs[name]
    nothing_new = proof.delivered - proving.late == proof.parked == proving.recovered == 0
    return ShopsDay(
        **figures.model_dump(),
        ours=held.ours.get(name, 0),
        recovered=recovering.recovered,
        platform_count=proof.platform_count,
        our_count=proof.our_count,
        equal=nothing_new and proof.platform_count == proof.our_count == figures.offered,
    )


def outages_seen(
    ordered: Sequence[Mapping[str, Any]], selling: Sequence[str], struck: Mapping[str, int]
) -> tuple[OutageSeen, ...]:
    """Say how often each outage struck; every one has a kind of its own."""
    seen = []
    for outage in ordered:
        systems = tuple(selling) if outage["system"] == "platforms" else (outage["system"],)
        kind = outage["kind"]
        times = sum(struck.get(f"{system}.{kind}", 0) for system in systems)
        seen.append(OutageSeen(systems=systems, kind=kind, struck=times))
    return tuple(seen)
