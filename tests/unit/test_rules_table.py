"""The rule table: what it says of an order, and that a wrong row never goes unnoticed."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from oms.domain.deadlines import Step
from oms.domain.holds import HoldReason
from oms.rules.assessment import assess
from oms.rules.table import TABLE, WrongRule, read_table
from tests.unit.domain_orders import HOUR, NOON, a_snapshot
from tests.unit.domain_orders import TABLE as RULES

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

    reminders = [deadline for deadline in assessed.deadlines if deadline.step is Step.REMIND]
    assert assessed.ship_by == NOON + ship_by * HOUR
    assert all(reminder.due > NOON for reminder in reminders)
    assert bool(reminders) is (ship_by > 4)


@pytest.mark.parametrize(
    ("was", "now", "place"),
    [
        ("within: 48h ", "within: 48 ", "defaults.ship.within"),
        ("within: 48h ", "within: 48 h ", "defaults.ship.within"),
        ("within: 48h ", "within: -48h ", "defaults.ship.within"),
        ("within: 48h ", "within: 1.5d ", "defaults.ship.within"),
        ("within: 48h ", 'within: "48h\\n" ', "defaults.ship.within"),
        ("within: 48h ", "within: 99999999999999d ", "defaults.ship.within"),
        ("within: 24h", "within: 24", "platforms.douyin.ship.within"),
        ("within: 24h", "witin: 24h", "platforms.douyin.ship.witin"),
        ("  douyin:", "  douyin:\n    shipping: {}", "platforms.douyin.shipping"),
        ('high_value: "1000.00"', "high_value: 1000.00", "defaults.review.high_value"),
        ('high_value: "1000.00"', 'high_value: "a lot"', "defaults.review.high_value"),
        ("first_buyer: true", "first_buyer: perhaps", "defaults.review.first_buyer"),
        ("platforms:", "platfroms:", "platfroms"),
        ('table_version: "2026-11-22.1"', "", "version"),
        ("defaults:", "default:", "default"),
        ("  complete:\n    after: 72h", "  complete: 72h", "defaults.complete"),
        ("silent_after: 24h ", "silent_after: 24 ", "defaults.parcel.silent_after"),
        ("    query_again_after: 6h", "", "defaults.parcel.query_again_after"),
        ("  tmall:\n    name: 天猫", "  tmall: 天猫", "platforms.tmall"),
        (TEXT, "", "expected"),
        (TEXT, "- a\n- b\n", "expected"),
        (TEXT, "a: [", "not YAML"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_refused_with_its_place(
    table_of: Callable[[str], Path], was: str, now: str, place: str
) -> None:
    """Unknown keys, durations without a unit, amounts that are not text: found at the start, not at night."""
    assert was in TEXT
    path = table_of(TEXT.replace(was, now))

    with pytest.raises(WrongRule) as refusal:
        read_table(path)

    assert "table.yaml" in str(refusal.value)
    assert place in str(refusal.value)


def test_a_row_may_be_empty_or_name_one_figure_only(table_of: Callable[[str], Path]) -> None:
    """What it does not name comes from the defaults."""
    path = table_of(TEXT.replace("    name: 天猫", ""))

    table = read_table(path)

    assert table.row("tmall") == table.defaults
    assert table.row("douyin").complete == table.defaults.complete
