"""The rule table: what it says of an order, and that a wrong row never goes unnoticed."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from oms.domain.holds import HoldReason
from oms.rules.assessment import assess
from oms.rules.figures import FIGURES, UNGRADED
from oms.rules.table import TABLE, WrongRule, parse_table, read_table
from tests.unit.domain_orders import HOUR, NOON, a_snapshot
from tests.unit.domain_orders import TABLE as RULES
from tests.unit.rule_content import table_with

CHINESE = re.compile(r"[\u4e00-\u9fff]")
TEXT = TABLE.read_text(encoding="utf-8")


@pytest.fixture(name="table_of")
def a_table_file(tmp_path: Path) -> Callable[[str], Path]:
    """Write a table to a file of its own."""

    def written(text: str) -> Path:
        path = tmp_path / "table.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.mark.parametrize(
    ("platform", "within", "escalate"),
    [("tmall", 48, 24), ("douyin", 24, 12), ("own_shop", 48, 24), ("new", 48, 24)],
)
def test_each_platform_ships_within_its_own_time(platform: str, within: int, escalate: int) -> None:
    """Tmall 48 h, Douyin 24 h (R28); a platform without a row lives by the defaults."""
    policy = RULES.policy(platform)

    assert (policy.ship_within, policy.escalate_after) == (within * HOUR, escalate * HOUR)
    assert policy.complete_after == timedelta(hours=72)
    assert policy.version == RULES.version


@pytest.mark.parametrize(
    ("platform", "total", "first_buyer", "reviews"),
    [
        ("tmall", 99_999, False, ()),
        ("tmall", 100_000, False, (HoldReason.HIGH_VALUE,)),
        ("tmall", 100, True, (HoldReason.FIRST_BUYER,)),
        ("tmall", 100_000, True, (HoldReason.HIGH_VALUE, HoldReason.FIRST_BUYER)),
        ("own_shop", 100, True, ()),
    ],
)
def test_who_waits_for_customer_service(
    platform: str, total: int, first_buyer: bool, reviews: tuple[str, ...]
) -> None:
    """High value from 1000 yuan on, and first buyers where the row says so (R6)."""
    snapshot = a_snapshot(total_fen=total)

    assessed = assess(RULES, platform, snapshot, NOON, first_buyer=first_buyer, pace=1)

    assert assessed.reviews == reviews


@pytest.mark.parametrize(("total", "tags"), [(50_000, ()), (50_001, ("重点跟踪",))])
def test_above_500_yuan_an_order_is_marked(total: int, tags: tuple[str, ...]) -> None:
    """Above, not at (R8)."""
    assessed = assess(RULES, "tmall", a_snapshot(total_fen=total), NOON, first_buyer=False, pace=1)

    assert assessed.tags == tags


@pytest.mark.parametrize(("platform_hours", "ship_by"), [(None, 48), (20, 20), (90, 48), (48, 48), (-1, -1)])
def test_the_stricter_promise_counts(platform_hours: int | None, ship_by: int) -> None:
    """The platform's own time or the table's; and no reminder of what was due before the payment."""
    promised = None if platform_hours is None else NOON + platform_hours * HOUR

    assessed = assess(RULES, "tmall", a_snapshot(ship_by=promised), NOON, first_buyer=False, pace=1)

    reminders = [deadline for deadline in assessed.deadlines if deadline.rung == "ship-remind"]
    assert assessed.ship_by == NOON + ship_by * HOUR
    assert all(reminder.due > NOON for reminder in reminders)
    assert bool(reminders) is (ship_by > 4)


@pytest.mark.parametrize(
    ("was", "now", "place", "at"),
    [
        ("within: 48h   ", "within: 48   ", "defaults.ship.within", "48 "),
        ("within: 48h   ", "within: 48 h   ", "defaults.ship.within", "48 h"),
        ("within: 48h   ", "within: -48h   ", "defaults.ship.within", "-48h"),
        ("within: 48h   ", "within: 1.5d   ", "defaults.ship.within", "1.5d"),
        ("within: 48h   ", 'within: "48h\\n"   ', "defaults.ship.within", '"48h'),
        ("within: 48h   ", "within: 99999999999999d   ", "defaults.ship.within", "999"),
        ("{within: 24h, escalate", "{within: 24, escalate", "platforms.douyin.ship.within", "24,"),
        ("{within: 24h, escalate", "{witin: 24h, escalate", "platforms.douyin.ship.witin", "witin"),
        ("  douyin:", "  douyin:\n    shipping: {}", "platforms.douyin.shipping", "shipping"),
        ('high_value: "1000.00"', "high_value: 1000.00", "defaults.review.high_value", "1000"),
        ('high_value: "1000.00"', 'high_value: "a lot"', "defaults.review.high_value", '"a lot'),
        ('high_value: "1000.00"', 'high_value: "-1.00"', "defaults.review.high_value", '"-1'),
        ("first_buyer: true", "first_buyer: perhaps", "defaults.review.first_buyer", "perhaps"),
        ("calendar: every_day", "calendar: weekdays", "defaults.ship.calendar", "weekdays"),
        ("names: [jd]", "names: [JD]", "platforms.jd_self.couriers.names", "[JD]"),
        ("names: [jd]", "names: [jd, jd]", "platforms.jd_self.couriers.names", "[jd, jd]"),
        ("max_changes: 5}", "max_changes: five}", "platforms.wechat_shop.address_change.max_changes", "five"),
        ("platforms:\n  tmall", "platfroms:\n  tmall", "platfroms", "platfroms"),
        ("schema: 2", "schema: 1", "schema", "1"),
        ("timezone: Asia/Shanghai", "timezone: UTC", "timezone", "UTC"),
        ('"2026-11-22T00:00:00+08:00"', '"2026-11-22T00:00:00"', "effective_from", '"2026'),
        ('"2026-11-22T00:00:00+08:00"', "null", "effective_from", "null"),
        ("effective_to: null", 'effective_to: "2026-01-01T00:00:00+08:00"', "effective_to", '"2026-01'),
        ("  complete:\n    after: 72h", "  complete: 72h", "defaults.complete", "72h"),
        ("silent_after: 24h ", "silent_after: 24 ", "defaults.parcel.silent_after", "24 "),
        ("  tmall:\n    name: {zh: 天猫, en: Tmall}", "  tmall:\n    name: 天猫", "platforms.tmall.name", "天猫"),
        ("inherit: tmall", "inherit: tmal", "platforms.taobao.inherit", "tmal"),
        ("inherit: tmall", "inherit: taobao", "platforms.taobao.inherit", "taobao"),
        ("ship.within: B, waybill", "waybill", "platforms.pdd.ship.within", None),
        ("ship.within: B, waybill", "ship.within: E, waybill", "platforms.pdd.evidence.ship.within", "E,"),
        ("ship.within: B, waybill", "ship.witin: B, waybill", "platforms.pdd.evidence.ship.witin", "ship.witin"),
        ("shops: {} ", "shops: {main: {}} ", "shops.main", "main"),
        ("couriers: {mode: free}", "couriers: {mode: only}", "platforms.own_shop.couriers.mode", "only}"),
        ("warn_before: 1h", "warn_before: 48h", "defaults.ship.warn_before", "48h"),
        (TEXT, "", "expected", None),
        (TEXT, "- a\n- b\n", "expected", None),
        (TEXT, "a: [", "not YAML", None),
        ("schema: 2", "schema: 2\nschema: 2", "schema", None),
    ],
)  # fmt: skip
def test_a_wrong_row_is_refused_with_its_place(
    table_of: Callable[[str], Path], was: str, now: str, place: str, at: str | None
) -> None:
    """Unknown keys, durations without a unit, amounts that are not text: found at the start, by line and column."""
    assert was in TEXT
    text = TEXT.replace(was, now, 1)

    with pytest.raises(WrongRule) as refusal:
        read_table(table_of(text))

    problems = refusal.value.problems
    before = text[: text.index(now) + now.index(at)] if at else ""
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    assert "table.yaml:" in str(refusal.value)
    assert place in str(refusal.value)
    assert not at or (line, column) in {(each.line, each.column) for each in problems if each.path == place}
    assert all(
        CHINESE.search(each.zh) and not CHINESE.search(each.en.replace("天猫", "")) for each in problems
    )


def test_everything_wrong_is_told_at_once_in_the_order_of_the_lines(
    table_of: Callable[[str], Path],
) -> None:
    """Not only the first fault."""
    text = TEXT.replace("within: 48h   ", "within: 48   ", 1).replace("silent_after: 24h ", "silent: 24h ", 1)
    text = text.replace("refund_open\n", "refund_opne\n", 1).replace(
        "{within: 24h, escalate", "{within: 1, escalate", 1
    )

    with pytest.raises(WrongRule) as refusal:
        read_table(table_of(text))

    problems = refusal.value.problems
    assert [each.path for each in problems] == [
        "defaults.ship.within", "defaults.parcel.silent_after", "defaults.parcel.silent", "platforms.douyin.ship.within",
        "rules.11.when",
    ]  # fmt: skip
    assert [each.line for each in problems] == sorted(each.line for each in problems)


def test_a_row_may_be_empty_or_name_one_figure_only() -> None:
    """What it does not name comes from the defaults; a platform without a name is called as it is written."""

    def emptied(content: dict[str, Any]) -> None:
        content["platforms"]["tmall"] = None
        content["platforms"]["douyin"] = {"ship": {"within": "24h"}, "evidence": {"ship.within": "S"}}

    table = table_with(emptied)

    tmall, douyin = table.row("tmall"), table.row("douyin")
    assert tmall.ship == table.defaults.ship
    assert tmall.name.en == "tmall"
    assert (douyin.ship.within, douyin.ship.escalate_after) == (24 * HOUR, 24 * HOUR)
    assert douyin.complete == table.defaults.complete


def test_the_digest_is_of_what_a_table_says() -> None:
    """Comments and line breaks do not change it; a figure does, and the version too."""
    commented = parse_table(f"# a comment\n{TEXT}", "t")
    other = table_with(lambda content: content["defaults"]["ship"].update(further_after="3h"))
    renamed = table_with(lambda content: content.update(table_version="another"))

    digests = {RULES.digest, other.digest, renamed.digest}
    assert commented.digest == RULES.digest
    assert commented == RULES
    assert len(digests) == 3
    assert {len(digest) for digest in digests} == {64}


def test_every_figure_has_its_grade_and_what_is_unsure_is_known() -> None:
    """Shown as 待确认: one or undated secondary source, or our assumption."""
    rows = [RULES.row(platform) for platform in (*RULES.platforms, "elsewhere")]

    graded = set(FIGURES) - UNGRADED
    assert all(set(row.evidence) == graded for row in rows)
    assert RULES.row("jd_pop").unsure("ship.within")
    assert not RULES.row("douyin").unsure("ship.within")
    assert RULES.row("taobao").evidence["ship.within"] == "B"
