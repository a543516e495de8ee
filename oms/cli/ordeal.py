"""What a simulated day has in store: how many orders, and everything that goes wrong between them and us."""

from typing import Any

from oms.stack.world import OWN, World

NOISE = {"lost": 0.05, "duplicated": 0.10, "delayed": 0.05}
"""Shares of what the platforms tell us by themselves."""
MOVING_RATE = 0.3
"""Share of list pages at which an order is modified before the next page is asked for."""
OUTAGE_SHARE = 0.08
"""Of the time in which orders are offered, one outage takes so much, within these bounds (real seconds)."""
SHORTEST_OUTAGE_S, LONGEST_OUTAGE_S = 6.0, 45.0
LONGEST_HANG_S = 12.0
"""Real seconds for which an answer of a platform that hangs is not given; two polls wait in vain."""
LEAST_GRACE_S = 120.0
"""So long, in real seconds, a cancelled order stays in the warehouse at least, should the machine not keep up."""
PIECES_AN_ORDER = 20


def ordeal(
    channels: tuple[str, ...], orders_per_shop: int, *, pace: int, rate: float, seed: int,
    grace_s: float = LEAST_GRACE_S,
) -> World:  # fmt: skip
    """Order a day: every shop sells as much, three outages, moving rows, unreliable messages."""
    orders = orders_per_shop * len(channels)
    return World(
        pace=pace,
        orders=orders,
        rate=rate,
        seed=seed,
        channels=channels,
        more={
            "webhook_noise": NOISE,
            "moving_rate": MOVING_RATE,
            "least_grace_s": grace_s,
            "outages": outages(channels, offering_s=orders / rate, pace=pace),
            "stock": PIECES_AN_ORDER * (1000 + orders),
        },
    )


def outages(channels: tuple[str, ...], *, offering_s: float, pace: int) -> list[dict[str, Any]]:
    """Lay out three: one platform answers errors, another hangs, at last all of them show web pages."""
    lasts_s = min(max(offering_s * OUTAGE_SHARE, SHORTEST_OUTAGE_S), LONGEST_OUTAGE_S)
    marketplaces = [name for name in channels if name != OWN] or ["shop"]

    def outage(system: str, kind: str, at: float, **more: Any) -> dict[str, Any]:
        starts = {"starts_business_s": at * offering_s * pace, "lasts_business_s": lasts_s * pace}
        return {"system": system, "kind": kind, **starts, **more}

    return [
        outage(marketplaces[0], "error", 0.15),
        outage(marketplaces[-1], "hang", 0.45, seconds=min(lasts_s, LONGEST_HANG_S)),
        outage("platforms", "html", 0.75),
    ]
