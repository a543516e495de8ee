"""What the rules say of a paid order: the promise and its clock, the courier, findings behind reviews and tags, faults."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.domain.couriers import CourierMode, CourierTerms
from oms.domain.deadlines import Step
from oms.rules.assessment import ShopWays, assess
from tests.unit.domain_orders import HOUR, NOON, SECOND, a_snapshot, repeatable
from tests.unit.domain_orders import TABLE as RULES
from tests.unit.rule_content import overlay, rows, table_with

PACES = st.sampled_from([1, 60, 3600, 86_400, 10_000_000])
ONLY_YTO = CourierTerms(mode=CourierMode.ONLY, names=("yto",))


@repeatable(100)
@given(
    pace=PACES, hours=st.none() | st.integers(-100, 400), platform=st.sampled_from(["tmall", "douyin", "own_shop"]),
    sale=st.sampled_from(["spot", "presale", "negotiated"]), first=st.none() | st.integers(-10, 300),
)  # fmt: skip
def test_the_ladder_leads_to_the_promise(
    pace: int, hours: int | None, platform: str, sale: str, first: int | None
) -> None:
    """Late comes strictly after it, the supervisor never after it, reminders before it and after the payment."""
    own = None if hours is None else NOON + hours * HOUR
    begin = None if first is None else NOON + first * HOUR
    snapshot = a_snapshot(ship_by=own, sale=sale, ship_from=begin)

    assessed = assess(RULES, platform, snapshot, NOON, first_buyer=False, pace=pace)

    by_rule = NOON + RULES.policy(platform).ship_within / pace
    promise, due = assessed.ship_by, {d.rung: d.due for d in assessed.deadlines}
    assert promise is not None
    assert sale != "spot" or promise == min(by_rule, own or by_rule)
    assert sale == "spot" or own is None or promise == own
    assert due["ship-escalate"] <= promise < due["ship-late"] <= promise + SECOND
    assert due["ship-escalate"] < due["ship-escalate-further"]
    assert all(NOON < due[rung] <= promise for rung in ("ship-remind", "ship-warn") if rung in due)
    assert {d.version for d in assessed.deadlines} == {RULES.version}
    assert len({d.id for d in assessed.deadlines}) == len(assessed.deadlines)


@pytest.mark.parametrize(
    ("platform", "rung", "moment"),
    [
        ("tmall", "ship-escalate", 24 * HOUR + SECOND), ("douyin", "ship-escalate", 12 * HOUR + SECOND),
        ("douyin", "no-waybill-lock", 12 * HOUR), ("tmall", "ship-late", 48 * HOUR + SECOND),
        ("douyin", "ship-late", 24 * HOUR + SECOND), ("tmall", "ship-remind", 44 * HOUR), ("tmall", "ship-warn", 47 * HOUR),
        ("tmall", "ship-escalate-further", 26 * HOUR + SECOND),
    ],
)  # fmt: skip
def test_each_rung_has_its_second(platform: str, rung: str, moment: timedelta) -> None:
    """More than 24 h, but at 12 h without a waybill; in words that name the figure."""
    assessed = assess(RULES, platform, a_snapshot(), NOON, first_buyer=False, pace=1)

    found = {d.rung: d for d in assessed.deadlines}[rung]
    assert found.due == NOON + moment
    assert found.text
    assert found.text_zh
    assert "{" not in found.text + found.text_zh


def test_a_table_that_moves_a_rung_does_not_make_it_strike_twice() -> None:
    """The mark names the promise: the payment, or the ship-by time; another promise has other marks."""
    sooner = table_with(
        lambda c: rows(
            c, "tmall", ship={"escalate_after": "20h", "further_after": "1h", "remind_before": "5h"}
        )
    )
    shorter = table_with(lambda c: rows(c, "tmall", ship={"within": "40h"}))

    now, moved, promised = (
        {d.rung: d.mark for d in assess(table, "tmall", a_snapshot(), NOON, first_buyer=False, pace=1).deadlines}
        for table in (RULES, sooner, shorter)
    )  # fmt: skip

    assert now == moved
    assert now["ship-escalate"] == f"ship-escalate@{int(NOON.timestamp())}"
    changed = {rung for rung, mark in now.items() if promised[rung] != mark}
    assert changed == {"ship-remind", "ship-warn", "ship-late"}


def test_our_red_line_may_lie_before_the_platforms_own_time() -> None:
    """So long before it as the row says; the table's own time is not moved."""
    table = table_with(lambda content: rows(content, "tmall", ship={"ahead": "2h"}))

    own = assess(table, "tmall", a_snapshot(ship_by=NOON + 20 * HOUR), NOON, first_buyer=False, pace=1)
    fast = assess(table, "tmall", a_snapshot(ship_by=NOON + HOUR), NOON, first_buyer=False, pace=60)
    none = assess(table, "tmall", a_snapshot(), NOON, first_buyer=False, pace=1)

    assert own.ship_by == NOON + 18 * HOUR
    assert fast.ship_by == NOON + timedelta(minutes=48)
    assert none.ship_by == NOON + 48 * HOUR


def test_the_clock_of_a_presale_runs_from_its_first_day() -> None:
    """Nobody is called, and nothing is locked, because a presale has not been shipped before it may be."""
    snapshot = a_snapshot(sale="presale", ship_from=NOON + 240 * HOUR, ship_by=NOON + 300 * HOUR)
    agreed = a_snapshot(sale="negotiated", ship_by=NOON + 100 * HOUR)

    presale = assess(RULES, "douyin", snapshot, NOON, first_buyer=False, pace=1)
    negotiated = assess(RULES, "douyin", agreed, NOON, first_buyer=False, pace=1)

    lock, later = (
        {d.rung: d.due for d in each.deadlines}["no-waybill-lock"] for each in (presale, negotiated)
    )
    assert presale.ship_by == NOON + 300 * HOUR
    assert lock == NOON + 252 * HOUR
    assert later == NOON + (100 - 24 + 12) * HOUR


@pytest.mark.parametrize(
    ("platform", "demand", "preferred", "courier", "asked"),
    [
        ("tmall", None, (), "", 0), ("tmall", None, ("sf", "yto"), "sf", 0), ("tmall", ONLY_YTO, ("sf", "yto"), "yto", 1),
        ("tmall", ONLY_YTO, ("sf",), "sf", 1), ("tmall", ONLY_YTO, (), "yto", 1), ("jd_self", None, ("sf", "jd"), "jd", 1),
        ("jd_self", None, (), "jd", 1), ("jd_self", ONLY_YTO, ("sf",), "sf", 2),
    ],
)  # fmt: skip
def test_the_courier_is_the_first_preferred_that_all_allow(
    platform: str, demand: CourierTerms | None, preferred: tuple[str, ...], courier: str, asked: int
) -> None:
    """The row's terms and the order's own; JD self-operated designates its own."""
    snapshot = a_snapshot(couriers=demand) if demand else a_snapshot()

    assessed = assess(
        RULES, platform, snapshot, NOON, first_buyer=False, pace=1, ways=ShopWays(couriers=preferred)
    )

    assert assessed.courier == courier
    assert len(assessed.couriers) == asked


def test_reviews_and_tags_have_their_findings() -> None:
    """By the rows of the table, with the figures in words."""
    assessed = assess(RULES, "tmall", a_snapshot(total_fen=100_000), NOON, first_buyer=True, pace=1)

    found = {each.rule: each for each in assessed.findings}
    assert list(found) == ["high-value", "first-buyer", "key-order"]
    assert found["high-value"].en == "the total of 1000.00 yuan reaches 1000.00 yuan"
    assert found["key-order"].zh == "订单金额 1000.00 元，超过 500.00 元"
    assert (assessed.reviews, assessed.tags) == (("high_value", "first_buyer"), ("重点跟踪",))


def test_a_rule_that_goes_wrong_is_a_fault_of_the_assessment() -> None:
    """The order waits for a person."""
    table = table_with(lambda content: content["rules"][0].update(when="total_fen / refunded_fen > 1"))

    assessed = assess(table, "tmall", a_snapshot(total_fen=60_000), NOON, first_buyer=False, pace=1)

    assert assessed.faults == ("high-value: divide by zero",)
    assert assessed.tags == ("重点跟踪",)


def test_the_shops_own_row_and_the_campaign_of_the_payment_count() -> None:
    """The shop by its key, the campaign by the moment of the payment."""
    campaign = {
        "id": "d11", "name": {"zh": "双十一", "en": "Double 11"}, "platforms": ["tmall"],
        "from": NOON.isoformat(), "to": (NOON + HOUR).isoformat(),
    }  # fmt: skip
    table = table_with(
        lambda content: content.update(
            shops={"woocommerce:main": overlay({}, tag={"key_order": "主店"})},
            campaigns=[overlay(campaign, ship={"within": "72h"})],
        )
    )

    within, after = (
        assess(table, "tmall", a_snapshot(total_fen=60_000), paid, first_buyer=False, pace=1)
        for paid in (NOON + HOUR - SECOND, NOON + HOUR)
    )

    assert (within.policy.ship_within, after.policy.ship_within) == (72 * HOUR, 48 * HOUR)
    assert within.tags == after.tags == ("主店",)


def test_a_figure_that_is_null_lays_out_no_rung() -> None:
    """Without an escalation nobody escalates it further either."""
    table = table_with(
        lambda content: content.update(clock=[row for row in content["clock"] if row["step"] != "late"])
    )

    assessed = assess(table, "tmall", a_snapshot(), NOON, first_buyer=False, pace=1)

    steps = {d.step for d in assessed.deadlines}
    assert steps == {Step.REMIND, Step.WARN, Step.ESCALATE, Step.ESCALATE_FURTHER}


def test_what_a_shop_does_itself_stands_in_the_assessment() -> None:
    """Gateways, waybills, and how long the second way of a payment may take."""
    ways = ShopWays(gateways=("alipay",), draws_waybills=True, tells_when_drawn=True)

    assessed = assess(RULES, "own_shop", a_snapshot(), NOON, first_buyer=False, pace=1, ways=ways)

    assert (assessed.gateways, assessed.draws_waybills, assessed.tells_when_drawn) == (
        ("alipay",),
        True,
        True,
    )
    assert assessed.confirm_within == timedelta(minutes=5)
