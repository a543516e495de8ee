"""`mapping`: what it costs to put a platform's order into our words, one connector after the other."""

import time
from collections.abc import Sequence
from statistics import median
from typing import Any

from bench.life import Say
from bench.shops import Payload, listed
from oms.ports import Channel

PAYLOADS = 300
ROUNDS = 9
MICRO = 1_000_000


async def mapping(*, say: Say) -> dict[str, Any]:
    """Read some hundred distinct orders of each channel, several times; µs of CPU an order, the median round's."""
    shops = await listed(PAYLOADS)
    rounds: dict[str, list[float]] = {shop.channel: [] for shop in shops}
    for _ in range(ROUNDS):
        for shop, found in shops.items():
            rounds[shop.channel].append(_round(found.channel, found.payloads))
    say(f"{ROUNDS} rounds over {PAYLOADS} orders of each of {len(shops)} channels")
    figures = {
        name: {"median": round(median(values), 1), "min": round(min(values), 1), "max": round(max(values), 1)}
        for name, values in rounds.items()
    }
    return {"payloads": PAYLOADS, "rounds": ROUNDS, "us_per_order": figures}


def _round(channel: Channel, payloads: Sequence[Payload]) -> float:
    begun = time.process_time()
    for payload in payloads:
        channel.read(payload)
    return (time.process_time() - begun) / len(payloads) * MICRO
