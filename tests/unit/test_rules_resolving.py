"""Which rows apply to an order: what lies over what, from which second to which, and who says so."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from oms.rules.table import RuleTable
from tests.unit.domain_orders import HOUR, SECOND
from tests.unit.domain_orders import TABLE as RULES
from tests.unit.rule_content import overlay, rows, table_with

SHANGHAI = ZoneInfo("Asia/Shanghai")
MAIN = "taobao:main"


def day(number: int) -> datetime:
    """Midnight of a day in November, in Shanghai."""
    return datetime(2026, 11, number, tzinfo=SHANGHAI)


def layered(content: dict[str, Any]) -> None:
    """Tmall has another row from the 20th on; a shop ships faster; a campaign lets everybody take longer."""
    rows(content, "tmall", ship={"within": "30h"})
    before = {**content["platforms"]["tmall"], "to": day(20).isoformat()}
    after = overlay({"from": day(20).isoformat()}, ship={"within": "20h"}, tag={"key_order": "盯"})
    content["platforms"]["tmall"] = [before, after]
    content["shops"] = {
        MAIN: overlay({}, ship={"within": "10h"}),
        "pdd:b": overlay({"from": day(5).isoformat()}, ship={"within": "9h"}),
    }
    campaign = {
        "id": "d11", "name": {"zh": "双十一", "en": "Double 11"}, "platforms": ["tmall", "pdd"],
        "from": day(1).isoformat(), "to": day(12).isoformat(),
    }  # fmt: skip
    content["campaigns"] = [overlay(campaign, ship={"within": "72h"})]


@pytest.fixture(name="table", scope="module")
def a_table_with_every_layer() -> RuleTable:
    """Read it once."""
    return table_with(layered)


@pytest.mark.parametrize(
    ("platform", "shop", "at", "within", "source"),
    [
        ("tmall", "", day(1) - SECOND, 30, "platforms.tmall.0"), ("tmall", "", day(1), 72, "campaigns.d11"),
        ("tmall", "", day(12) - SECOND, 72, "campaigns.d11"), ("tmall", "", day(12), 30, "platforms.tmall.0"),
        ("tmall", "", day(20) - SECOND, 30, "platforms.tmall.0"), ("tmall", "", day(20), 20, "platforms.tmall.1"),
        ("taobao", "", day(11), 30, "platforms.tmall.0"), ("taobao", "", day(20), 20, "platforms.tmall.1"),
        ("taobao", MAIN, day(11), 10, f"shops.{MAIN}"), ("tmall", MAIN, day(11), 72, "campaigns.d11"),
        ("tmall", MAIN, day(21), 10, f"shops.{MAIN}"), ("pdd", "pdd:b", day(5) - SECOND, 72, "campaigns.d11"),
        ("pdd", "pdd:b", day(12), 9, "shops.pdd:b"), ("pdd", "pdd:c", day(12), 48, "platforms.pdd"),
        ("jd_pop", "", day(11), 48, "defaults"), ("elsewhere", MAIN, day(11), 10, f"shops.{MAIN}"),
    ],
)  # fmt: skip
def test_what_lies_over_what(
    table: RuleTable, platform: str, shop: str, at: datetime, within: int, source: str
) -> None:
    """Defaults, inherited row, platform, shop, campaign: the last that says it counts, from its second on."""
    row = table.row(platform, shop, at)

    assert (row.ship.within, row.sources["ship.within"]) == (within * HOUR, source)
    assert table.policy(platform, shop, at).ship_within == within * HOUR


def test_only_what_a_layer_says_is_overlaid(table: RuleTable) -> None:
    """The rest, and its evidence, comes from beneath."""
    row = table.row("taobao", MAIN, day(21))

    assert (row.name.en, row.tag.key_order, row.ship.escalate_after) == ("Taobao", "盯", 24 * HOUR)
    assert (row.evidence["ship.within"], row.evidence["ship.escalate_after"]) == ("D", "S")
    assert row.sources["waybill_change.within"] == "defaults"
    assert table.row("taobao", "", day(19)).sources["waybill_change.within"] == "platforms.tmall.0"


def test_a_row_is_worked_out_once_for_each_stretch_of_time(table: RuleTable) -> None:
    """Two moments between the same changes share it, whatever the shop, unless the shop has a row of its own."""
    early, late = table.resolved("jd_pop", "jd:a", day(2)), table.resolved("jd_pop", "jd:a", day(4))
    next_stretch = table.resolved("jd_pop", "jd:a", day(6))

    assert early is late
    assert next_stretch is not early
    assert next_stretch.rules == early.rules


def test_a_policy_carries_what_an_order_needs_and_which_table_it_is_from() -> None:
    """Figures, terms, version, digest."""
    policy, mini = RULES.policy("wechat_shop"), RULES.policy("wechat_mini")

    assert (policy.platform, policy.version, policy.digest) == ("wechat_shop", RULES.version, RULES.digest)
    assert (policy.address.until, policy.address.max_changes) == ("before_ship", 5)
    assert (policy.waybill.until, policy.waybill.max_changes) == ("before_complete", 3)
    assert (mini.address.policy, mini.waybill.max_changes) == ("free", 1)
    assert RULES.policy("tmall").waybill.within == timedelta(hours=24)
    assert not RULES.policy("jd_self").waybill.allowed
    assert RULES.case_policy("douyin").version == RULES.version
