"""What a rule may ask of an order, by the variables' names; moments become whole seconds of business time."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from operator import attrgetter
from types import MappingProxyType

from oms.domain.rulings import OrderFacts, Phase
from oms.rules.engine import Kind
from oms.rules.figures import VARIABLES

_SECOND = timedelta(seconds=1)
Ask = Callable[[OrderFacts], object]


def _since(facts: OrderFacts, moment: datetime) -> int:
    """Whole seconds that have passed, at the order's pace; the one that has not is not counted."""
    return (facts.at - moment) * facts.pace // _SECOND


def _until(facts: OrderFacts, moment: datetime) -> int:
    """Whole seconds that are left; while any is, at least one."""
    return -((facts.at - moment) * facts.pace // _SECOND)


_WHOLE = ("total_fen", "refunded_fen", "lines", "pieces", "address_changes", "waybill_changes")
_TEXT = (
    "platform",
    "shop",
    "stage",
    "payment",
    "platform_status",
    "platform_word",
    "sale",
    "province",
    "courier",
)
_FLAGS = (
    "has_remark", "first_buyer", "has_receiver", "platform_risk", "refund_open", "has_waybill", "lock_lifted",
)  # fmt: skip
_ASK: Mapping[str, tuple[Kind, Ask]] = {
    **{name: (Kind.WHOLE, attrgetter(name)) for name in _WHOLE},
    **{name: (Kind.TEXT, attrgetter(name)) for name in _TEXT},
    **{name: (Kind.FLAG, attrgetter(name)) for name in _FLAGS},
    "couriers_mode": (Kind.TEXT, lambda facts: facts.couriers.mode.value),
    "couriers_names": (Kind.TEXTS, lambda facts: list(facts.couriers.names)),
    "since_paid_s": (Kind.WHOLE, lambda facts: _since(facts, facts.paid_at)),
    "since_created_s": (Kind.WHOLE, lambda facts: _since(facts, facts.created_at)),
    "has_ship_by": (Kind.FLAG, lambda facts: facts.ship_by is not None),
    "to_ship_by_s": (
        Kind.WHOLE,
        lambda facts: None if facts.ship_by is None else _until(facts, facts.ship_by),
    ),
    "until_ship_from_s": (
        Kind.WHOLE,
        lambda facts: 0 if facts.ship_from is None else max(_until(facts, facts.ship_from), 0),
    ),
}
"""`to_ship_by_s` has no value while no ship-by time is known: `has_ship_by` must be asked before."""

ASKABLE: Mapping[str, Kind] = MappingProxyType(
    {**{name: kind for name, (kind, _) in _ASK.items()}, **VARIABLES}
)
"""Every variable a condition may name."""
NAMES = frozenset(ASKABLE)
UNKNOWN_AT: Mapping[Phase, frozenset[str]] = {
    Phase.PAID: frozenset(
        {"stage", "payment", "has_waybill", "lock_lifted", "address_changes", "waybill_changes"}
    ),
    Phase.RELEASE: frozenset({"first_buyer"}),
    Phase.PUSH: frozenset({"first_buyer"}),
}
"""What nobody tells the rules at a moment: a condition that named it would be answered wrongly, so none may."""


def ask(facts: OrderFacts, names: tuple[str, ...]) -> dict[str, object]:
    """Return what is so of an order, by name; what has no value now is left out."""
    values = {name: _ASK[name][1](facts) for name in names}
    if values.get("to_ship_by_s", 0) is None:
        del values["to_ship_by_s"]
    return values


def of_the_order(names: frozenset[str]) -> tuple[str, ...]:
    """Return those of some variables that the order itself answers; the others are figures of its row."""
    return tuple(sorted(name for name in names if name in _ASK))
