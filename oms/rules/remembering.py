"""A condition that remembers its answers, and a past order at the moment at which it is asked."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, cast

from oms.domain.couriers import ANY
from oms.domain.past import PastOrder
from oms.domain.rulings import Action, OrderFacts, Phase
from oms.rules.asking import ASKABLE, ask, of_the_order
from oms.rules.backtest import Kind, Mark
from oms.rules.engine import CannotTell, compile_condition, words_in
from oms.rules.resolving import Resolved
from oms.rules.rows import RuleRow

KIND_OF_ACTION: Mapping[Action, Kind] = {
    Action.TAG: Kind.TAGGED,
    Action.REVIEW: Kind.HELD,
    Action.BLOCK: Kind.BLOCKED,
}
STAGE_AT: Mapping[Phase, str] = {Phase.PAID: "accepted", Phase.RELEASE: "allocated", Phase.PUSH: "cleared"}
MOST_REMEMBERED = 200_000
"""Answers kept for one condition; beyond that it is evaluated."""


class Judged:
    """A past order at the moment at which it is judged; it answers to the names of `OrderFacts`."""

    __slots__ = (
        "address_changes",
        "at",
        "has_waybill",
        "pace",
        "paid_at",
        "past",
        "ship_by",
        "stage",
        "waybill_changes",
    )
    payment = "paid"
    platform_status = "paid"
    platform_word = ""
    lock_lifted = False

    def __init__(self, past: PastOrder, paid_at: datetime, ship_by: datetime, pace: int) -> None:
        """Begin with the payment."""
        self.past, self.pace, self.paid_at, self.ship_by = past, pace, paid_at, ship_by
        self.be(Phase.PAID, paid_at)

    def be(self, phase: Phase, at: datetime) -> None:
        """Go on to another moment; when it is paid, nothing has happened to it yet."""
        past, begun = self.past, phase is not Phase.PAID
        self.at, self.stage = at, STAGE_AT[phase]
        self.has_waybill = begun and past.waybill is not None and past.waybill <= at
        self.address_changes = past.address_changes if begun else 0
        self.waybill_changes = past.waybill_changes if begun else 0

    @property
    def created_at(self) -> datetime:
        """When it was placed."""
        return self.past.created

    @property
    def demand(self) -> tuple[str, ...]:
        """The platform's demand on the courier, as something to look up by."""
        terms = self.past.couriers
        return () if terms is ANY else (terms.mode, *terms.names)

    @property
    def since_paid(self) -> timedelta:
        """Its age."""
        return self.at - self.paid_at

    @property
    def since_created(self) -> timedelta:
        """Its age."""
        return self.at - self.past.created

    @property
    def to_ship_by(self) -> timedelta:
        """How long it has."""
        return self.ship_by - self.at

    @property
    def until_ship_from(self) -> timedelta | None:
        """How long it has to wait."""
        return None if self.past.ship_from is None else self.past.ship_from - self.at

    def __getattr__(self, name: str) -> Any:
        """Whatever else is asked is as it was."""
        return getattr(self.past, name)


OWN: Mapping[str, str] = {
    "address_changes": "address_changes", "waybill_changes": "waybill_changes", "stage": "stage", "payment": "payment", "platform_status": "platform_status", "platform_word": "platform_word", "has_waybill": "has_waybill",
    "lock_lifted": "lock_lifted", "couriers_mode": "demand", "couriers_names": "demand", "since_paid_s": "since_paid",
    "since_created_s": "since_created", "has_ship_by": "ship_by", "to_ship_by_s": "to_ship_by",
    "until_ship_from_s": "until_ship_from",
}  # fmt: skip
"""What decides a variable's value where it is not a field of the past order of the same name."""
EQUAL_AT_THE_GATE = frozenset({"stage"})
"""Both askings of the gate are taken to be at one moment, so only this tells them apart."""


class RememberedRule:
    """A condition over one row's figures, with the answers it has given."""

    def __init__(self, rule: RuleRow, live: Resolved) -> None:
        """Take the rule, and the row whose figures it asks for."""
        self.rule = rule
        self._applies, self._unsure = Mark(KIND_OF_ACTION[rule.action], rule.id), Mark(Kind.UNSURE, rule.id)
        self._condition = compile_condition(rule.when, ASKABLE)
        named = words_in(rule.when) & ASKABLE.keys()
        self.asked = of_the_order(named)
        self._figures = {name: live.values[name] for name in named if name in live.values}
        places = sorted({OWN.get(name, f"past.{name}") for name in self.asked})
        self._key: Callable[[Judged], object] = attrgetter(*places) if places else lambda _: ()
        self._known: dict[object, Mark | None] = {}

    def mark(self, judged: Judged) -> Mark | None:
        """Return what it does to an order."""
        key = self._key(judged)
        try:
            return self._known[key]
        except KeyError:
            found = self._evaluate(judged)
            if len(self._known) < MOST_REMEMBERED:
                self._known[key] = found
            return found

    def _evaluate(self, judged: Judged) -> Mark | None:
        try:
            values = ask(cast("OrderFacts", judged), self.asked)
            return self._applies if self._condition.holds({**self._figures, **values}) else None
        except CannotTell:
            return self._unsure
