"""Read the rule table: typed, strict, every wrong row refused with its place."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BeforeValidator, ValidationError

from oms.domain.aftersales.grounds import CasePolicy
from oms.domain.deadlines import Policy
from oms.domain.model import Fact
from oms.domain.money import yuan_to_fen

TABLE = Path(__file__).with_name("table.yaml")
DURATION = re.compile(r"(\d{1,5})([mhd])")
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


class WrongRule(ValueError):
    """A table that cannot be used, with the place of the fault."""


def _duration(value: object) -> timedelta:
    match = DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("expected a whole number and m, h or d, as in 48h")
    return int(match[1]) * UNITS[match[2]]


def _fen(value: object) -> int:
    if not isinstance(value, str):
        raise ValueError('expected yuan as text, as in "500.00"')  # noqa: TRY004 - what pydantic reports with its place
    return yuan_to_fen(value)


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Fen = Annotated[int, BeforeValidator(_fen)]


class ShipRules(Fact):
    """By when it must ship, and who hears of it before."""

    within: Duration
    remind_before: Duration
    escalate_after: Duration


class PaymentRules(Fact):
    """How long one way of learning of a payment may be alone with it (R16)."""

    confirm_within: Duration


class CompleteRules(Fact):
    """When an order that was signed for is over."""

    after: Duration


class ReviewRules(Fact):
    """Which orders wait for customer service."""

    high_value: Fen
    first_buyer: bool
    remark: bool


class ParcelRules(Fact):
    """How long a parcel may say nothing."""

    first_scan_within: Duration
    """Since it left the warehouse; without a scan by then the platform may call it a false shipment."""
    silent_after: Duration
    """Since its last scan; then the carrier is asked."""
    query_again_after: Duration
    """At least half an hour: carriers lock a number that is asked for more often."""


class TagRules(Fact):
    """Which orders carry a mark."""

    key_order_over: Fen
    key_order: str


class AfterSaleRules(Fact):
    """By when a buyer is answered, and when nobody needs to be asked."""

    answer_within: Duration
    remind_before: Duration
    auto_agree_before_shipping: bool
    auto_agree_below: Fen
    chase_after: Duration
    reopens_within: Duration


class PlatformRules(Fact):
    """One platform's whole row, defaults filled in."""

    name: str = ""
    ship: ShipRules
    payment: PaymentRules
    complete: CompleteRules
    parcel: ParcelRules
    review: ReviewRules
    tag: TagRules
    after_sale: AfterSaleRules


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

    def case_policy(self, platform: str) -> CasePolicy:
        """Return the figures an after-sale of this platform carries with it."""
        rules = self.row(platform).after_sale
        return CasePolicy(
            platform=platform,
            version=self.version,
            answer_within=rules.answer_within,
            remind_before=rules.remind_before,
            auto_agree_before_shipping=rules.auto_agree_before_shipping,
            auto_agree_below_fen=rules.auto_agree_below,
            chase_after=rules.chase_after,
            reopens_within=rules.reopens_within,
        )


def read_table(path: Path = TABLE) -> RuleTable:
    """Read and check the table. Raises WrongRule with the place of the first fault."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise WrongRule(f"{path.name} is not YAML: {error}") from None
    if not isinstance(raw, dict):
        raise WrongRule(f"{path.name}: expected table_version, defaults and platforms")
    known = {"schema", "table_version", "defaults", "platforms"}
    if unknown := sorted(str(name) for name in set(raw) - known):
        raise WrongRule(f"{path.name}: unknown key {', '.join(unknown)}")
    defaults, platforms = raw.get("defaults"), raw.get("platforms") or {}
    if isinstance(platforms, dict) and isinstance(defaults, dict):
        platforms = {name: _filled(defaults, row) for name, row in platforms.items()}
    table = {"version": raw.get("table_version"), "defaults": defaults, "platforms": platforms}
    try:
        return RuleTable.model_validate(table)
    except ValidationError as error:
        raise WrongRule(f"{path.name}: {error}") from None


def _filled(defaults: Mapping[str, Any], row: object) -> object:
    if row is None:
        return defaults
    if not isinstance(row, dict):
        return row
    filled = dict(defaults)
    for name, block in row.items():
        present = defaults.get(name)
        if isinstance(block, dict) and isinstance(present, dict):
            filled[name] = {**present, **block}
        else:
            filled[name] = block
    return filled
