"""Why an order is judged as it is: its version, the rows that apply to it, and what they say of it now."""

from typing import Any

from oms.domain import admission
from oms.domain.couriers import CourierMode
from oms.domain.stages import Stage
from oms.domain.state import OrderState
from oms.rules.assessment import ShopWays, assess
from oms.rules.explaining import Explanation, explain, layers_of
from oms.rules.table import TABLE as FILE
from oms.rules.table import RuleTable, parse_table, read_table
from tests.unit.domain_orders import HOUR, NOON, a_snapshot, an_order

TABLE = read_table()
OVERLAY = """
shops:
  woocommerce:main: {review: {high_value: "50.00"}, evidence: {review.high_value: S}}
campaigns:
  - {id: double-twelve, name: {zh: 双十二, en: Double 12}, platforms: [own_shop],
     from: "2026-11-20T00:00:00+08:00", to: "2026-12-13T00:00:00+08:00",
     ship: {within: 72h}, evidence: {ship.within: B}}
"""


def overlaid() -> RuleTable:
    lines = FILE.read_text(encoding="utf-8").splitlines(keepends=True)
    bare = "".join(line for line in lines if not line.startswith(("shops:", "campaigns:")))
    return parse_table(bare + OVERLAY, "overlaid")


def judged(
    platform: str, table: RuleTable = TABLE, ways: ShopWays | None = None, **changes: Any
) -> OrderState:
    """A paid order that was assessed by a platform's row."""
    order = an_order(a_snapshot(**changes))
    order.move(Stage.ACCEPTED, NOON)
    assessed = assess(
        table, platform, order.snapshot, NOON, first_buyer=False, pace=1, ways=ways or ShopWays(), at=NOON
    )
    admission.take_assessment(order, assessed, NOON)
    return order


def explained(order: OrderState, table: RuleTable = TABLE) -> Explanation:
    return explain(table, table.version, order, NOON + HOUR, "own_shop")


def test_every_layer_that_applies_is_named_in_its_order() -> None:
    """Defaults, the platform's row, the shop's own, the campaign; each with the figures that count in the end."""
    table = overlaid()

    layers = layers_of(table, "own_shop", "woocommerce:main", NOON)

    assert [each.source for each in layers] == [
        "defaults", "platforms.own_shop", "shops.woocommerce:main", "campaigns.double-twelve",
    ]  # fmt: skip
    assert layers[2].figures == ("review.high_value",)
    assert layers[3].figures == ("ship.within",)
    assert "Double 12" in layers[3].why
    assert layers[3].end is not None
    assert "ship.within" not in {*layers[0].figures, *layers[1].figures}


def test_deadlines_reviews_and_tags_come_with_their_rules() -> None:
    """A dear order under the shop's own line: customer service confirms, and the rule behind it is named."""
    table = overlaid()

    found = explained(judged("own_shop", table), table)

    assert (found.version, found.platform, found.shop) == (table.version, "own_shop", "woocommerce:main")
    assert found.reviews == ("high_value",)
    assert [each.value for each in found.asked if each.action == "review"] == ["high_value"]
    assert {each.version for each in found.deadlines} == {table.version}
    assert all(each.rule.startswith("own_shop.") for each in found.deadlines)


def test_what_the_gate_says_now_is_asked_of_the_version_the_order_lives_by() -> None:
    """JD's own orders go with the courier it designates: another one is refused, with what to do."""
    designated = TABLE.row("jd_self").couriers
    order = judged("jd_self", ways=ShopWays(couriers=("other",)))

    gate = explained(order).gate

    assert designated.mode is CourierMode.ONLY
    assert gate is not None
    assert not gate.clear
    assert gate.version == TABLE.version
    assert all(each.remedy_zh and each.remedy_en for each in gate.refusals)


def test_an_order_that_has_ended_is_not_judged_any_more() -> None:
    """What it was judged by still stands there."""
    order = judged("own_shop")
    order.stage = Stage.COMPLETED

    found = explained(order)

    assert found.gate is None
    assert found.version == TABLE.version
