"""The compliance gate (R25): what it refuses, in whose words, and that a rule that goes wrong holds the order."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from oms.domain.couriers import CourierMode, CourierTerms
from oms.domain.order import PlatformStatus
from oms.domain.rulings import Action, Phase
from oms.domain.stages import Stage
from oms.rules.engine import ENGINE
from oms.rules.judging import judge
from tests.unit.domain_orders import HOUR, MINUTE, NOON, SECOND
from tests.unit.domain_orders import TABLE as RULES
from tests.unit.rule_content import table_with
from tests.unit.rule_expectations import GATE, some_facts

WORDS = {"zh": "好", "en": "well"}


def with_rule(when: str, *phases: str, **changes: Any) -> Any:
    """A change that adds a blocking rule."""
    row = {
        "id": "own", "at": list(phases), "when": when, "action": "block", "severity": "red", "message": WORDS,
        "evidence": "D", **changes,
    }  # fmt: skip
    return lambda content: content["rules"].append(row)


@pytest.mark.parametrize("phase", [Phase.RELEASE, Phase.PUSH])
@pytest.mark.parametrize("number", range(len(GATE)))
def test_the_gate_refuses_what_it_must(number: int, phase: Phase) -> None:
    """Each rule by itself, at both askings; and an order that nothing speaks against passes."""
    platform, changes, expected = GATE[number]

    ruling = judge(RULES, phase, some_facts(platform, **changes))

    assert {each.rule for each in ruling.refusals} == expected
    assert ruling.clear is not bool(expected)
    assert ruling.faults == ()


def test_a_ruling_says_which_table_and_engine_it_is_from() -> None:
    """So that it can be asked again in years."""
    ruling = judge(RULES, Phase.PUSH, some_facts("pdd"))

    assert (ruling.phase, ruling.platform) == (Phase.PUSH, "pdd")
    assert (ruling.version, ruling.digest, ruling.engine) == (RULES.version, RULES.digest, ENGINE)


def test_a_refusal_names_platform_figures_and_what_a_person_can_do() -> None:
    """In both languages."""
    facts = some_facts("jd_self", courier="sf", sale="presale", ship_from=NOON + 26 * HOUR)

    courier, presale = judge(RULES, Phase.RELEASE, facts).refusals

    assert courier.zh == "京东自营 只允许快递 jd，当前为 sf"
    assert courier.en == "JD self-operated allows only jd; it would go with sf"
    assert courier.remedy_en.startswith("operations: choose a designated courier")
    assert (presale.en, presale.zh) == (
        "the presale may be shipped in 26 h",
        "预售未到发货时间，还有 26 小时",
    )
    assert courier.action is Action.BLOCK


@pytest.mark.parametrize(
    ("at", "early"), [(NOON + HOUR - SECOND, True), (NOON + HOUR, False), (NOON + HOUR + SECOND, False)]
)
@pytest.mark.parametrize("pace", [1, 3600])
def test_a_presale_waits_for_its_day_to_the_second(at: datetime, early: bool, pace: int) -> None:
    """The platform's own moment, whatever the pace."""
    facts = some_facts("tmall", ship_from=NOON + HOUR, at=at, pace=pace)

    ruling = judge(RULES, Phase.PUSH, facts)

    assert ("presale-too-early" in ruling.names) is early


def test_a_rule_that_goes_wrong_is_a_fault_beside_what_the_others_say() -> None:
    """Neither true nor false: the order is not clear, and the rule is named with the reason."""
    table = table_with(with_rule("total_fen / refunded_fen > 2", "release"))

    ruling = judge(table, Phase.RELEASE, some_facts("pdd", refund_open=True))
    only = judge(table, Phase.RELEASE, some_facts("pdd"))

    assert ruling.faults == ("own: divide by zero",)
    assert [each.rule for each in ruling.refusals] == ["refund-open"]
    assert (only.refusals, only.clear, only.names) == ((), False, ("own",))


@pytest.mark.parametrize(
    ("when", "fault"),
    [
        ("to_ship_by_s < 0", "own: No value"),
        ("has_ship_by && to_ship_by_s < 0", None),
        ("total_fen > 0", None),
    ],
)
def test_what_is_not_known_of_an_order_is_a_fault_only_where_it_is_needed(
    when: str, fault: str | None
) -> None:
    """Here the ship-by time."""
    table = table_with(with_rule(when, "push"))

    ruling = judge(table, Phase.PUSH, some_facts("pdd"))

    assert all(each.startswith(fault or "!") for each in ruling.faults)
    assert bool(ruling.faults) is (fault is not None)


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ("since_paid_s == 3600", True), ("since_created_s == 5400", True), ("to_ship_by_s == 7200", True),
        ("since_paid_s >= p_ship_waybill_within_s", False), ("p_ship_waybill_within_set", True),
        ("p_waybill_change_within_set", False), ("since_paid_s * 12 == p_ship_waybill_within_s", True),
        ('stage == "cleared" && platform_status == "paid" && shop == "c:s" && platform == "douyin"', True),
        ('courier == "sf" && couriers_mode == "advisory" && "sf" in couriers_names', True),
        ("!has_waybill && !lock_lifted && !has_remark", True), ("address_changes + waybill_changes == 3", True),
        ("p_review_high_value_fen == 100000 && lines == 1 && pieces == 1", True),
        ('sale == "spot" && payment == "paid" && province != "" && !has_ship_by', False),
    ],
)  # fmt: skip
def test_what_a_rule_may_ask(when: str, holds: bool) -> None:
    """Ages in whole seconds of business time: real ones times the pace."""
    table = table_with(with_rule(when, "push"))
    facts = some_facts(
        "douyin", at=NOON + MINUTE, created_at=NOON - MINUTE / 2, ship_by=NOON + 3 * MINUTE, pace=60, courier="sf",
        stage=Stage.CLEARED, platform_status=PlatformStatus.PAID, address_changes=1, waybill_changes=2,
        couriers=CourierTerms(mode=CourierMode.ADVISORY, names=("sf",)),
    )  # fmt: skip

    ruling = judge(table, Phase.PUSH, facts)

    assert ruling.faults == ()
    assert ("own" in ruling.names) is holds


def test_a_message_writes_time_money_and_lists_as_people_do() -> None:
    """And a variable without a value as none."""
    message = {
        "zh": "{since_paid_s}、{total_fen}、{p_couriers_names}、{has_remark}、{courier}",
        "en": "{since_paid_s}, {total_fen}, {p_couriers_names}, {has_remark}, {to_ship_by_s} {p_ship_waybill_within_s}",
    }
    table = table_with(with_rule("total_fen > 0", "push", message=message))

    finding = judge(
        table, Phase.PUSH, some_facts("jd_self", at=NOON + timedelta(days=1, minutes=5))
    ).refusals[-1]

    assert finding.zh == "24 小时 5 分钟、1.00 元、jd、否、无"
    assert finding.en == "24 h 5 min, 1.00 yuan, jd, no, none none"


def test_the_row_that_counts_is_the_one_of_the_payment() -> None:
    """Not the one of today: what was forbidden from Monday on was not when it was paid."""

    def from_noon_on(content: dict[str, Any]) -> None:
        row = content["platforms"]["pdd"]
        strict = {
            **row, "from": NOON.isoformat(), "couriers": {"mode": "except", "names": ["sf"]},
            "evidence": {**row["evidence"], "couriers.mode": "D", "couriers.names": "D"},
        }  # fmt: skip
        content["platforms"]["pdd"] = [{**row, "to": NOON.isoformat()}, strict]

    table, later = table_with(from_noon_on), NOON + HOUR

    before = judge(table, Phase.PUSH, some_facts("pdd", courier="sf", paid_at=NOON - SECOND, at=later))
    after = judge(table, Phase.PUSH, some_facts("pdd", courier="sf", paid_at=NOON, at=later))

    assert (before.names, after.names) == ((), ("courier-excluded",))


def test_a_moment_without_rules_is_clear() -> None:
    """Nothing is asked, nothing is found."""
    table = table_with(lambda content: content.update(rules=[]))

    assert judge(table, Phase.PUSH, some_facts("pdd")).clear
