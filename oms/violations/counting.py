"""Count incidents into a report; sums over rules, platforms, shops, steps, hours and days are all the total. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from oms.domain.ids import ShopKey
from oms.domain.periods import BUSINESS_ZONE, Period
from oms.domain.ruled import ShopOrders
from oms.domain.stages import Stage
from oms.violations.incidents import Incident, Incidents, PlatformOf
from oms.violations.kinds import Kind, Weight
from oms.violations.report import Count, Fine, Price, Report, ShopCount, Totals, Worst

Key = Callable[[Incident], str]
PriceOf = Callable[[Incident], Price | None]
STAGES = tuple(stage.value for stage in Stage)
GRADES = "SABCD"
"""From what the trade itself says to what is merely assumed; of several the weakest is told."""


class Seen(NamedTuple):
    """What was read of a period."""

    period: Period
    incidents: Incidents
    orders: tuple[ShopOrders, ...]


class Names(NamedTuple):
    """What the incidents do not say themselves."""

    platform_of: PlatformOf
    price_of: PriceOf
    table_version: str


def count(now: Seen, before: Seen, names: Names, made_at: datetime) -> Report:
    """Count a period and compare it with the one before."""
    found, earlier = now.incidents.found, before.incidents.found

    def by(key: Key) -> tuple[Count, ...]:
        return _most_first(_counts(found, earlier, key))

    steps = sorted(_counts(found, earlier, lambda each: each.step), key=lambda row: _place_of(row.name))
    return Report(
        name=f"violations-{now.period.name}", made_at=made_at, table_version=names.table_version,
        now=_totals(now), before=_totals(before),
        by_kind=by(lambda each: each.kind), by_rule=by(lambda each: each.rule),
        by_platform=by(lambda each: each.platform), by_shop=_shops(now, before, names.platform_of),
        by_step=tuple(steps), by_hour=_hours(found, earlier), by_day=_days(now, before),
        worst=_worst(found), fines=_fines(found, names.price_of), incidents=found,
    )  # fmt: skip


def _counts(found: Iterable[Incident], earlier: Iterable[Incident], key: Key) -> list[Count]:
    tallies: dict[str, Counter[str]] = {}
    for incidents, suffix in ((found, ""), (earlier, "_before")):
        for each in incidents:
            field = "violations" if each.weight is Weight.VIOLATION else "near_misses"
            tallies.setdefault(key(each), Counter())[field + suffix] += 1
    return [Count(name=name, **tally) for name, tally in tallies.items()]


def _most_first(rows: Iterable[Count]) -> tuple[Count, ...]:
    return tuple(sorted(rows, key=lambda row: (-row.violations, -row.near_misses, row.name)))


def _totals(seen: Seen) -> Totals:
    weights = Counter(each.weight for each in seen.incidents.found)
    concerned = {each.order for each in seen.incidents.found if each.weight is Weight.VIOLATION}
    return Totals(
        period=seen.period, violations=weights[Weight.VIOLATION], near_misses=weights[Weight.NEAR_MISS],
        open=seen.incidents.open, orders=sum(shop.under_way for shop in seen.orders),
        created=sum(shop.created for shop in seen.orders), concerned=len(concerned),
    )  # fmt: skip


def _shops(now: Seen, before: Seen, platform_of: PlatformOf) -> tuple[ShopCount, ...]:
    """List every shop that had orders or incidents."""
    counts = {
        row.name: row for row in _counts(now.incidents.found, before.incidents.found, lambda each: each.shop)
    }
    keys = {f"{row.channel}:{row.shop}": row.under_way for row in now.orders}
    concerned = Counter(
        shop
        for shop, _ in {
            (each.shop, each.order) for each in now.incidents.found if each.weight is Weight.VIOLATION
        }
    )
    rows = []
    for name in sorted({*counts, *keys}):
        channel, _, shop = name.partition(":")
        row = counts.get(name, Count(name=name))
        platform = platform_of(ShopKey(channel=channel, shop=shop))
        rows.append(
            ShopCount(
                **row.model_dump(), platform=platform, orders=keys.get(name, 0), concerned=concerned[name]
            )
        )
    return tuple(sorted(rows, key=lambda row: (-row.violations, -row.near_misses, row.name)))


def _hours(found: Sequence[Incident], earlier: Sequence[Incident]) -> tuple[Count, ...]:
    rows = {
        row.name: row
        for row in _counts(found, earlier, lambda each: f"{each.at.astimezone(BUSINESS_ZONE):%H}")
    }
    return tuple(rows.get(f"{hour:02}", Count(name=f"{hour:02}")) for hour in range(24))


def _days(now: Seen, before: Seen) -> tuple[Count, ...]:
    """Every day of the period; the period before is laid over it, moved by its length."""
    length = now.period.until - now.period.since
    moved = [each.model_copy(update={"at": each.at + length}) for each in before.incidents.found]
    rows = {row.name: row for row in _counts(now.incidents.found, moved, lambda each: str(_day(each.at)))}
    days = [str(day) for day in now.period.days]
    return tuple(rows.get(day, Count(name=day)) for day in days)


def _day(moment: datetime) -> date:
    return moment.astimezone(BUSINESS_ZONE).date()


def _place_of(step: str) -> int:
    return STAGES.index(step) if step in STAGES else len(STAGES)


def _worst(found: Sequence[Incident]) -> Worst | None:
    violations = [each for each in found if each.weight is Weight.VIOLATION]
    counted = violations or found
    if not counted:
        return None
    step, times = min(
        Counter(each.step for each in counted).items(), key=lambda row: (-row[1], _place_of(row[0]))
    )
    rules = Counter(each.rule for each in counted if each.step == step)
    rule, _ = min(rules.items(), key=lambda row: (-row[1], row[0]))
    return Worst(step=step, count=times, of=len(counted), rule=rule, near=not violations)


def _fines(found: Sequence[Incident], price_of: PriceOf) -> tuple[Fine, ...]:
    rows: dict[tuple[str, Kind], Fine] = {}
    for each in found:
        if each.weight is not Weight.VIOLATION:
            continue
        key, price = (each.platform, each.kind), price_of(each)
        row = rows.get(key) or Fine(
            platform=each.platform, kind=each.kind, violations=0, priced=0, estimated_fen=0, grade=""
        )
        update: dict[str, object] = {"violations": row.violations + 1}
        if price is not None and price.fen is not None:
            update |= {
                "priced": row.priced + 1,
                "estimated_fen": row.estimated_fen + price.fen,
                "grade": max(row.grade, price.grade, key=GRADES.find) if row.grade else price.grade,
            }
        rows[key] = row.model_copy(update=update)
    return tuple(sorted(rows.values(), key=lambda row: (-row.estimated_fen, row.platform, row.kind)))
