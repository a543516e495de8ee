"""A platform retires a version of its order interface at a moment; the version after it goes on working."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Literal, NamedTuple

from pydantic import Field

from simulator.control.wishes import Wish
from simulator.faults import Fault, Kind, System
from simulator.world import World

How = Literal["http_404", "error_body", "empty_list"]
KINDS: Mapping[How, Kind] = {"http_404": "gone", "error_body": "retired", "empty_list": "empty"}


class Old(NamedTuple):
    """A version that can be retired: whose it is, and what its calls have in their address."""

    system: System
    match: str
    can_be_empty: bool = False


OLD: Mapping[str, Old] = {
    "jd/routerjson": Old("jd", "jingdong.pop.order.search", can_be_empty=True),
    "shop/wc/v3": Old("shop", "/wp-json/wc/v3/"),
}
"""JD's SP-API only finds orders, so only the finding ends; of the own shop everything, for `wc/v4` has it all."""


class Retirement(Wish):
    """Which version ends, how it answers from then on, and in how many seconds of business time."""

    version: str
    how: How = "http_404"
    after_business_s: float = Field(default=0.0, ge=0)


def retire(world: World, wish: Retirement) -> datetime:
    """Let a version end; returns when. Raises ValueError for one that cannot, or not in that way."""
    old = OLD.get(wish.version)
    if old is None or (wish.how == "empty_list" and not old.can_be_empty):
        msg = f"{wish.version} cannot be retired by {wish.how}: choose of {', '.join(OLD)}"
        raise ValueError(msg)
    fault = Fault(system=old.system, kind=KINDS[wish.how], rate=1.0, match=old.match)
    at = world.timeline.now() + world.timeline.real(wish.after_business_s)
    if wish.after_business_s:
        world.timeline.after(wish.after_business_s, partial(_end, world, fault))
    else:
        _end(world, fault)
    return at


def _end(world: World, fault: Fault) -> None:
    world.faults.arm(fault)
    world.ledger.append(f"retired.{fault.system}", order="", key=fault.match, outcome=fault.kind)
