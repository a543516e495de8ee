"""What a platform says of one order in the course of its life, and how those words may travel: for three suites."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from oms.domain.ids import OrderKey, Sku
from oms.domain.messages import Way
from oms.domain.order import STATUS_ORDER, Line, PlatformStatus, Snapshot

S = PlatformStatus
PIECE_FEN = 9400
WAYS = (Way.POLL, Way.WEBHOOK, Way.SWEEP, Way.RESYNC)
WITHDRAWN = (S.CANCELLED, S.REFUNDED)


@dataclass(frozen=True)
class Said:
    """The whole order at one second of the platform's own time."""

    second: int = 0
    status: str = S.AWAITING_PAYMENT
    street: str = "street 1"
    pieces: int = 1
    remark: bool = False
    risk: bool = False
    refund_open: bool = False
    refunded: int = 0

    @property
    def withdrawn(self) -> bool:
        """The buyer does not want it any more."""
        return self.status in WITHDRAWN

    def then(self, seconds: int, **changes: Any) -> "Said":
        """Return what the platform says so many seconds later."""
        return replace(self, second=self.second + seconds, **changes)


Life = tuple[Said, ...]
"""Everything that was true of an order, oldest first; the last is the newest content."""


@dataclass(frozen=True)
class Trip:
    """One word of a life on one way to us."""

    said: Said
    way: Way
    named: bool = False
    """A push that tells the number only, so that the order is fetched."""


def payload_of(said: Said, number: str) -> dict[str, Any]:
    """Return how a plain platform would write it."""
    return {"number": number, **asdict(said)}


def said_in(payload: Mapping[str, Any]) -> Said:
    """Read it back."""
    return Said(**{name: value for name, value in payload.items() if name != "number"})


def snapshot_of(said: Said, key: OrderKey, noon: datetime) -> Snapshot:
    """Translate it, as a channel's mapping would; the receiver's digest is intake's business."""
    total = said.pieces * PIECE_FEN
    status = PlatformStatus(said.status)
    return Snapshot(
        key=key, created_at=noon, modified_at=noon + timedelta(seconds=said.second), status=status,
        raw_status=status.value, paid_at=noon if status is not S.AWAITING_PAYMENT else None, total_fen=total,
        refunded_fen=said.refunded, refund_open=said.refund_open, platform_risk=said.risk, has_remark=said.remark,
        lines=(Line(id="1", sku=Sku("SKU-8801"), title="a cup", quantity=said.pieces, total_fen=total),),
    )  # fmt: skip


@st.composite
def lives(draw: st.DrawFn, *, harmless: bool = False) -> Life:
    """Created, paid, modified, then perhaps cancelled or refunded; what is withdrawn stays withdrawn.

    Two words may fall into one second of the platform's clock when the later one is further on its way.
    `harmless`: nothing but the address changes, so that no order waits for a person.
    """
    now = Said(status=draw(st.sampled_from([S.AWAITING_PAYMENT, S.AWAITING_PAYMENT, S.PAID])))
    life = [now]
    for _ in range(draw(st.integers(0, 5))):
        changes = draw(_changes(now, harmless=harmless))
        rises = STATUS_ORDER.index(S(changes.get("status", now.status))) > STATUS_ORDER.index(S(now.status))
        now = now.then(draw(st.sampled_from([0, 1, 60] if rises else [1, 60])), **changes)
        life.append(now)
        if now.withdrawn:
            break
    return tuple(life)


def _changes(now: Said, *, harmless: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Return what may happen next; addresses, risks and refunds may come and go, so old content may come back."""
    paid = now.status == S.PAID
    may: list[dict[str, Any]] = [{"street": "street 2" if now.street == "street 1" else "street 1"}]
    if not paid:
        may += [{"status": S.PAID}] * 3
    if not harmless:
        may += [{"pieces": now.pieces % 3 + 1}, {"remark": not now.remark}, {"risk": not now.risk}]
    if paid and not harmless:
        may += [{"refund_open": not now.refund_open}, {"refund_open": False, "refunded": now.refunded + 100}]
    may.append({"status": S.CANCELLED, "refund_open": False})
    if paid:
        all_of_it = now.pieces * PIECE_FEN
        may.append({"status": S.REFUNDED, "refund_open": False, "refunded": all_of_it})
    return st.sampled_from(may)


@st.composite
def travels(draw: st.DrawFn, life: Life, *, most: int = 10) -> tuple[Trip, ...]:
    """Every word any number of times (also never) over any way, in any order; the newest at least once."""
    others = draw(st.lists(st.integers(0, len(life) - 1), max_size=most - 1))
    order = draw(st.permutations([*others, len(life) - 1]))
    return tuple(Trip(life[place], draw(st.sampled_from(WAYS)), draw(st.booleans())) for place in order)


@st.composite
def travelled_lives(draw: st.DrawFn, *, harmless: bool = False) -> tuple[Life, tuple[Trip, ...]]:
    """A life and the travels of its words."""
    life = draw(lives(harmless=harmless))
    return life, draw(travels(life))
