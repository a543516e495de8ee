"""Why an order is judged as it is: the version it lives by, the rows that apply to it, and what they say now."""

from datetime import datetime
from typing import Any

from oms.domain.deadlines import Deadline
from oms.domain.judged import facts_of
from oms.domain.model import Fact, Moment
from oms.domain.rulings import Finding, Phase, Ruling
from oms.domain.state import OrderState
from oms.rules.judging import judge
from oms.rules.rows import Campaign, DatedRow, Layer
from oms.rules.table import RuleTable


class Applied(Fact):
    """One layer of the table that applies, and what of it counts."""

    source: str
    why: str
    start: Moment | None = None
    end: Moment | None = None
    figures: tuple[str, ...] = ()
    """Those that no later layer has overruled; of the defaults only the number is of use, see `count`."""
    count: int = 0


class Explanation(Fact):
    """Everything the rules say of one order."""

    order: str
    platform: str
    shop: str
    version: str
    digest: str
    in_force: str
    """The version that an order of now is judged by."""
    judged_at: Moment
    """When it was paid: the dated rows and campaigns of then apply."""
    layers: tuple[Applied, ...]
    deadlines: tuple[Deadline, ...] = ()
    done: tuple[str, ...] = ()
    """Which of the deadlines have been dealt with, by their id."""
    reviews: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    courier: str = ""
    asked: tuple[Finding, ...] = ()
    """The rules behind reviews and tags."""
    gate: Ruling | None = None
    """What the gate's rules say now; None when its workflow does not answer."""


def layers_of(table: RuleTable, platform: str, shop: str, at: datetime) -> tuple[Applied, ...]:
    """Return the layers in force, the lowest first, each with the figures that count in the end."""
    sources = table.row(platform, shop, at).sources
    return tuple(_applied(layer, sources, platform) for layer in table.layers.of(platform, shop, at))


def _applied(layer: Layer, sources: Any, platform: str) -> Applied:
    figures = tuple(path for path, source in sources.items() if source == layer.source)
    return Applied(
        source=layer.source, why=_why(layer, platform), start=layer.start, end=layer.end,
        figures=figures, count=len(figures),
    )  # fmt: skip


def _why(layer: Layer, platform: str) -> str:
    match layer:
        case Campaign():
            return f"campaign {layer.name.en} / {layer.name.zh}"
        case DatedRow() if layer.source.startswith("shops."):
            return "the shop's own row"
        case DatedRow() if layer.source.split(".")[1] == platform:
            return "the platform's row"
        case DatedRow():
            return "inherited"
        case _:
            return "what nobody else says"


def explain(table: RuleTable, in_force: str, order: OrderState, at: datetime, platform: str) -> Explanation:
    """Say what a table says of an order; `platform` counts for one that was not assessed yet."""
    assessment, shop = order.assessment, str(order.key.shop_key)
    platform = assessment.policy.platform if assessment else platform
    paid = order.paid_at or at
    facts = facts_of(order, at).model_copy(update={"platform": platform})
    return Explanation(
        order=str(order.key), platform=platform, shop=shop, version=table.version, digest=table.digest,
        in_force=in_force, judged_at=paid, layers=layers_of(table, platform, shop, paid),
        deadlines=order.deadlines, done=order.steps_done,
        reviews=assessment.reviews if assessment else (), tags=order.tags,
        courier=assessment.courier if assessment else "", asked=assessment.findings if assessment else (),
        gate=None if order.ended else judge(table, Phase.RELEASE, facts),
    )  # fmt: skip
