"""What breaks next, and how often: armed by the control API, drawn by whoever is about to work."""

from collections.abc import Callable
from random import Random
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

System = Literal[
    "shop",
    "taobao",
    "jd",
    "pdd",
    "douyin",
    "wechat",
    "wms",
    "carrier",
    "gateway",
    "webhook",
    "notify",
    "callback",
    "payments",
]
Kind = Literal[
    "error", "delay", "hang", "html", "malformed", "lost_answer", "duplicate", "reorder", "drop", "retired",
    "throttle", "token_expired", "moving", "truncated", "lost", "abort", "unscanned", "gone", "empty",
]  # fmt: skip

MARKETS: frozenset[System] = frozenset({"taobao", "jd", "pdd", "douyin", "wechat"})
INBOUND: frozenset[str] = frozenset({"shop", "wms", "carrier", "gateway"}) | MARKETS
INBOUND_KINDS = frozenset(
    {"error", "delay", "hang", "html", "malformed", "lost_answer", "drop", "retired", "gone"}
)
"""`retired` is said in the platform's own words, mostly with HTTP 200; `gone` by its gateway, with HTTP 404."""
LIST_KINDS = frozenset({"moving", "truncated", "empty"})
"""What goes wrong inside a list; everything else goes wrong around the whole answer."""
CALLBACK_KINDS = frozenset({"lost", "abort"})
"""A callback that is never sent, nor sent again; a carrier that stops following a parcel."""
PARCEL_KINDS = frozenset({"unscanned"})
"""A parcel that is handed over and never scanned."""
DRAWN_BY_NAME = LIST_KINDS | CALLBACK_KINDS | PARCEL_KINDS
MARKET_KINDS = INBOUND_KINDS | (LIST_KINDS - {"empty"}) | {"throttle", "token_expired"}
EMPTYING: frozenset[System] = frozenset({"jd"})
"""Who can go on serving a list of its old interface that shows nothing."""
OUTBOUND_KINDS = frozenset(
    {"error", "delay", "hang", "malformed", "lost_answer", "duplicate", "reorder", "drop"}
)


class Fault(BaseModel):
    """One thing that goes wrong: the next `count` times, or at a `rate`, or both.

    Without either it happens once. `match` narrows it to requests whose path and query contain it.
    """

    model_config = ConfigDict(extra="forbid")

    system: System
    kind: Kind
    count: int | None = Field(default=None, ge=1)
    rate: float | None = Field(default=None, ge=0, le=1)
    seconds: float | None = Field(default=None, ge=0, le=600)
    match: str = ""

    @model_validator(mode="after")
    def _fits_its_system(self) -> Self:
        kinds = _kinds_of(self.system)
        if self.kind not in kinds:
            msg = f"{self.system} cannot have the fault {self.kind}: choose of {', '.join(sorted(kinds))}"
            raise ValueError(msg)
        if self.count is None and self.rate is None:
            self.count = 1
        return self


def _kinds_of(system: System) -> frozenset[str]:
    if system in EMPTYING:
        return MARKET_KINDS | {"empty"}
    if system in MARKETS:
        return MARKET_KINDS
    if system == "shop":
        return INBOUND_KINDS | {"moving"}
    if system == "callback":
        return OUTBOUND_KINDS | CALLBACK_KINDS
    if system == "carrier":
        return INBOUND_KINDS | PARCEL_KINDS
    return INBOUND_KINDS if system in INBOUND else OUTBOUND_KINDS


class Faults:
    """All faults armed at present; how often each struck is counted."""

    def __init__(self, seed: int) -> None:
        """Start with nothing broken."""
        self._armed: list[Fault] = []
        self._random = Random(f"{seed}:faults")
        self.struck: dict[str, int] = {}
        self.on_strike: Callable[[Fault, str], object] = lambda _fault, _what: None

    @property
    def armed(self) -> tuple[Fault, ...]:
        """Show what is armed."""
        return tuple(self._armed)

    def arm(self, fault: Fault) -> None:
        """Let something go wrong from now on."""
        self._armed.append(fault)

    def repair(self, fault: Fault) -> None:
        """Let this one fault be over; one that is over already may be repaired again."""
        self._armed = [armed for armed in self._armed if armed is not fault]

    def clear(self) -> None:
        """Repair everything."""
        self._armed.clear()

    def draw(self, system: System, what: str = "", kinds: frozenset[str] | None = None) -> Fault | None:
        """Decide whether this piece of work goes wrong, and how; the oldest armed fault comes first.

        Without `kinds` only what goes wrong around a whole answer is drawn.
        """
        for fault in self._armed:
            if fault.system != system or (fault.kind not in kinds if kinds else fault.kind in DRAWN_BY_NAME):
                continue
            if fault.kind not in LIST_KINDS and fault.match not in what:
                continue
            if fault.rate is not None and self._random.random() >= fault.rate:
                continue
            self._strike(fault, what)
            return fault
        return None

    def _strike(self, fault: Fault, what: str) -> None:
        name = f"{fault.system}.{fault.kind}"
        self.struck[name] = self.struck.get(name, 0) + 1
        if fault.count is not None:
            fault.count -= 1
            if not fault.count:
                self._armed.remove(fault)
        self.on_strike(fault, what)
