"""Read the rule table: typed, strict, every wrong row refused with its place."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BeforeValidator, ValidationError

from oms.domain.deadlines import Policy
from oms.domain.model import Fact
from oms.domain.money import yuan_to_fen

TABLE = Path(__file__).with_name("table.yaml")
DURATION = re.compile(r"^(\d+)(m|h|d)$")
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


class WrongRule(ValueError):
    """A table that cannot be used, with the place of the fault."""


def _duration(value: object) -> timedelta:
    match = DURATION.match(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("expected a whole number and m, h or d, as in 48h")
    return int(match[1]) * UNITS[match[2]]


def _fen(value: object) -> int:
    if not isinstance(value, str):
        raise TypeError('expected yuan as text, as in "500.00"')
    return yuan_to_fen(value)


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Fen = Annotated[int, BeforeValidator(_fen)]


class ShipRules(Fact):
    """By when it must ship, and who hears of it before."""

    within: Duration
    remind_before: Duration
    escalate_after: Duration


class CompleteRules(Fact):
    """When an order that was signed for is over."""

    after: Duration


class ReviewRules(Fact):
    """Which orders wait for customer service."""

    high_value: Fen
    first_buyer: bool
    remark: bool


class TagRules(Fact):
    """Which orders carry a mark."""

    key_order_over: Fen
    key_order: str


class PlatformRules(Fact):
    """One platform's whole row, defaults filled in."""

    name: str = ""
    ship: ShipRules
    complete: CompleteRules
    review: ReviewRules
    tag: TagRules


class RuleTable(Fact):
    """Every platform's rules and the version they carry."""

    version: str
    defaults: PlatformRules
    platforms: Mapping[str, PlatformRules]

    def row(self, platform: str) -> PlatformRules:
        """Return a platform's rules; the defaults for a platform that has no row."""
        return self.platforms.get(platform, self.defaults)

    def policy(self, platform: str) -> Policy:
        """Return the figures an order of this platform carries with it."""
        row = self.row(platform)
        return Policy(
            platform=platform,
            version=self.version,
            ship_within=row.ship.within,
            remind_before=row.ship.remind_before,
            escalate_after=row.ship.escalate_after,
            complete_after=row.complete.after,
            high_value_fen=row.review.high_value,
            first_buyer_review=row.review.first_buyer,
            remark_review=row.review.remark,
        )


def read_table(path: Path = TABLE) -> RuleTable:
    """Read and check the table. Raises WrongRule with the place of the first fault."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    defaults = raw.get("defaults", {})
    try:
        return RuleTable(
            version=raw["table_version"],
            defaults=PlatformRules.model_validate(defaults),
            platforms={
                name: PlatformRules.model_validate(_filled(defaults, row or {}))
                for name, row in raw.get("platforms", {}).items()
            },
        )
    except (ValidationError, KeyError) as error:
        raise WrongRule(f"{path.name}: {error}") from None


def _filled(defaults: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    filled = dict(defaults)
    for name, block in row.items():
        filled[name] = {**defaults.get(name, {}), **block} if isinstance(block, dict) else block
    return filled
