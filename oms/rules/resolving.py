"""What applies to a platform and a shop at a moment: defaults, what is inherited, the row, the shop, the campaigns."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from oms.domain.aftersales.grounds import CasePolicy
from oms.domain.couriers import CourierMode
from oms.domain.deadlines import Policy
from oms.rules.figures import nested, variables_of
from oms.rules.row import PlatformRules, Words
from oms.rules.rows import Campaign, ClockRow, DatedRow, Layer
from oms.rules.wording import fill

WITHIN = "ship.within"
"""What stands behind a rung without a figure of its own: the promise itself."""


class Layers(NamedTuple):
    """All layers of a table."""

    defaults: Layer
    platforms: Mapping[str, tuple[DatedRow, ...]]
    shops: Mapping[str, tuple[DatedRow, ...]]
    campaigns: tuple[Campaign, ...]

    def boundaries(self) -> tuple[datetime, ...]:
        """Return every moment at which something begins or ends."""
        rows = [row for rows in (*self.platforms.values(), *self.shops.values()) for row in rows]
        ends = {moment for layer in (*rows, *self.campaigns) for moment in (layer.start, layer.end)}
        return tuple(sorted(moment for moment in ends if moment is not None))

    def of(self, platform: str, shop: str, at: datetime) -> list[Layer]:
        """Return the layers in force, the lowest first."""
        own = in_force(self.shops.get(shop, ()), at)
        there = [each for each in self.campaigns if each.holds_at(at) and each.concerns(platform, shop)]
        chain = [*self._chain(platform, at)][::-1]
        return [self.defaults, *chain, *([own] if own else []), *there]

    def _chain(self, platform: str, at: datetime) -> Iterator[DatedRow]:
        name, passed = platform, set[str]()
        while name and name not in passed:
            passed.add(name)
            row = in_force(self.platforms.get(name, ()), at)
            if row is None:
                return
            yield row
            name = row.inherit


def in_force(rows: Sequence[DatedRow], at: datetime) -> DatedRow | None:
    """Return the row for a moment, if there is one."""
    return next((row for row in rows if row.holds_at(at)), None)


class Rung(NamedTuple):
    """A rung of the clock with a platform's figures filled in."""

    row: ClockRow
    length: timedelta
    rule: str
    """The figure behind it, as in `douyin.ship.waybill_within`."""
    text: Words


class Resolved(NamedTuple):
    """One platform's row at a moment, and what is made of it once for all orders that live by it."""

    platform: str
    rules: PlatformRules
    policy: Policy
    case_policy: CasePolicy
    values: Mapping[str, object]
    """What rules see of the figures."""
    figures: Mapping[str, Any]
    """By path."""
    rungs: tuple[Rung, ...]
    """Those whose figure is not null; what begins at another rung comes after it."""


class Version(NamedTuple):
    """Which table something comes from, and the clock that all its rows share."""

    name: str
    digest: str
    clock: tuple[ClockRow, ...] = ()


def resolve(layers: Sequence[Layer], platform: str, table: Version) -> Resolved:
    """Lay the layers over each other and make everything of it that orders need."""
    figures: dict[str, Any] = {}
    evidence: dict[str, str] = {}
    sources: dict[str, str] = {}
    for layer in layers:
        figures.update(layer.figures)
        evidence.update(layer.evidence)
        sources.update(dict.fromkeys(layer.figures, layer.source))
    rules = PlatformRules.model_validate({**nested(figures), "evidence": evidence, "sources": sources})
    rules = rules if sources["name.en"] != "defaults" else _named(rules, platform)
    values = variables_of(figures)
    return Resolved(
        platform, rules, policy_of(rules, platform, table), case_policy_of(rules, platform, table.name), values,
        figures, _rungs(table.clock, figures, values, platform, rules.name),
    )  # fmt: skip


def _rungs(
    clock: tuple[ClockRow, ...], figures: Mapping[str, Any], values: Mapping[str, object], platform: str, name: Words
) -> tuple[Rung, ...]:  # fmt: skip
    laid = [
        Rung(row, length, f"{platform}.{row.by or WITHIN}", fill(row.text, values, name))
        for row in clock
        if (length := figures[row.by] if row.by else timedelta()) is not None
    ]
    return tuple(sorted(laid, key=lambda rung: rung.row.anchor == "escalate"))


def _named(rules: PlatformRules, platform: str) -> PlatformRules:
    """A platform without a row of its own is called as it is written."""
    return rules.model_copy(update={"name": Words(zh=platform, en=platform)}) if platform else rules


def policy_of(rules: PlatformRules, platform: str, table: Version) -> Policy:
    """Return the figures an order carries with it."""
    return Policy(
        platform=platform,
        version=table.name,
        digest=table.digest,
        address=rules.address_change.terms,
        waybill=rules.waybill_change.terms,
        ship_within=rules.ship.within,
        remind_before=rules.ship.remind_before,
        escalate_after=rules.ship.escalate_after,
        complete_after=rules.complete.after,
        high_value_fen=rules.review.high_value,
        first_buyer_review=rules.review.first_buyer,
        remark_review=rules.review.remark,
    )


def case_policy_of(rules: PlatformRules, platform: str, version: str) -> CasePolicy:
    """Return the figures an after-sale carries with it."""
    figures = rules.after_sale
    return CasePolicy(
        platform=platform,
        version=version,
        answer_within=figures.answer_within,
        remind_before=figures.remind_before,
        auto_agree_before_shipping=figures.auto_agree_before_shipping,
        auto_agree_below_fen=figures.auto_agree_below,
        chase_after=figures.chase_after,
        reopens_within=figures.reopens_within,
    )


class Contradiction(NamedTuple):
    """Two figures of a row that cannot both be meant."""

    figure: str
    en: str
    zh: str


def contradictions(rules: PlatformRules) -> list[Contradiction]:
    """Name what in a whole row cannot be meant."""
    found = []
    listing, names = rules.couriers.mode, rules.couriers.names
    if listing in {CourierMode.ONLY, CourierMode.EXCEPT} and not names:
        found.append(
            Contradiction("couriers.mode", f"{listing} names no courier", f"{listing} 未列出任何快递")
        )
    if listing is CourierMode.FREE and names:
        found.append(
            Contradiction(
                "couriers.names", "names couriers although any may go", "mode 为 free 时不应列出快递"
            )
        )
    for figure, reminder in (
        ("ship.remind_before", rules.ship.remind_before),
        ("ship.warn_before", rules.ship.warn_before),
    ):
        if reminder >= rules.ship.within:
            found.append(Contradiction(figure, "is not shorter than ship.within", "不短于 ship.within"))
    return found
