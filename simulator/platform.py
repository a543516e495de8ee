"""What a simulated platform is made of, and what it must offer to the world."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from simulator.carrier.roll import Roll
from simulator.config import Noise, PlatformConfig
from simulator.faults import Fault, Faults
from simulator.ledger import Ledger
from simulator.market.market import Market
from simulator.post import Postman


@dataclass(frozen=True)
class Ground:
    """What every platform stands on."""

    config: PlatformConfig
    now: Callable[[], datetime]
    ledger: Ledger
    faults: Faults
    postman: Postman
    noise: Noise
    seed: int
    roll: Roll
    """Where the numbers of its e-waybills come from, so that parcels can travel under them."""


class Platform(Protocol):
    """One shop on one platform, speaking the platform's protocol."""

    @property
    def market(self) -> Market:
        """What the platform knows."""

    @property
    def pushes_lost(self) -> int:
        """How many messages to the order centre the noise has swallowed."""

    def routes(self, prefix: str) -> Sequence[BaseRoute]:
        """Everything that can be called, below a prefix such as `/taobao` (empty: at the root)."""

    def broken(self, fault: Fault, request: Request) -> Response:
        """Answer in the platform's own words for the faults `error`, `throttle`, `token_expired` and `retired`.

        `throttle` bans for `fault.seconds` (30 unless said) where the platform names a time.
        """
