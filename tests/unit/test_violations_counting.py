"""What counts as a violation and what as a near miss, and that every sum is the total."""

from collections import Counter
from datetime import timedelta

import pytest

from oms.domain.ids import ShopKey
from oms.domain.periods import week_named
from oms.rules.table import read_table
from oms.store import Store
from oms.violations.kinds import Kind, Weight
from oms.violations.reading import Reading
from oms.violations.report import Report
from tests.unit.violation_weeks import (
    ALARMS,
    DAY,
    HOUR,
    MADE_AT,
    MONDAY,
    OWN,
    PDD,
    PLATFORMS,
    TMALL,
    WEEK,
    Line,
    a_random_week,
    an_order,
    left,
    recount,
)

NOON = MONDAY + 12 * HOUR
VIOLATION_KINDS = {"late", "courier_not_allowed", "false_shipment_risk", "shipped_against_gate"}


def the_report(store: Store, name: str = "2026-W47") -> Report:
    table = read_table()
    return Reading(store, PLATFORMS, lambda _: table).report(week_named(name), MADE_AT)


def kinds(store: Store) -> list[tuple[str, str, str]]:
    return [(each.kind.value, each.rule, each.step) for each in the_report(store).incidents]


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("clock.late", Kind.LATE),
        ("courier.not_allowed", Kind.COURIER),
        ("parcel.no_first_scan", Kind.FALSE_SHIPMENT),
        ("gate.refused", Kind.GATE_REFUSED),
        ("gate.unsure", Kind.GATE_UNSURE),
        ("address.refused", Kind.ADDRESS_REFUSED),
        ("waybill.refused", Kind.WAYBILL_REFUSED),
    ],
)
def test_what_counts_by_itself_counts_once_a_rule(store: Store, what: str, kind: Kind) -> None:
    """However often it happened to an order; under another rule it is another one."""
    lines = [Line(NOON + hour * HOUR, what, rule) for hour, rule in enumerate(("a", "a", "b"))]
    an_order(store, OWN, 1, lines)

    report = the_report(store)

    assert [(each.kind, each.rule, each.times) for each in report.incidents] == [
        (kind, "a", 2),
        (kind, "b", 1),
    ]
    assert (kind.weight is Weight.VIOLATION) == (kind.value in VIOLATION_KINDS)
    assert report.now.violations == (2 if kind.value in VIOLATION_KINDS else 0)


@pytest.mark.parametrize("alarm", ALARMS)
def test_an_alarm_is_a_near_miss_once_the_order_left_in_time(store: Store, alarm: str) -> None:
    """Before it has left it is open; once it is late it is a violation only, however many alarms there were."""
    raised = [Line(NOON, "clock.remind", "near"), Line(NOON + HOUR, alarm, "grave")]
    an_order(store, OWN, 1, [*raised, left(NOON + 2 * HOUR)])
    an_order(store, OWN, 2, raised)
    an_order(store, OWN, 3, [*raised, Line(NOON + 2 * HOUR, "clock.late", "late"), left(NOON + 9 * DAY)])
    an_order(store, OWN, 4, [*raised, Line(NOON + 2 * HOUR, "stage.moved", after="cancelled")])

    report = the_report(store)

    gravest = "near" if alarm == "clock.remind" else "grave"
    assert [(each.order[-1], each.rule) for each in report.incidents] == [("1", gravest), ("3", "late")]
    assert (report.now.violations, report.now.near_misses, report.now.open) == (1, 1, 1)


def test_an_order_whose_lateness_was_withdrawn_was_in_time(store: Store) -> None:
    """The warehouse's word came after the ship-by time, even in the next week: no violation, and no fine; its alarm is a near miss."""
    for number, told in ((1, NOON + 3 * HOUR), (2, NOON + 7 * DAY)):
        an_order(
            store,
            PDD,
            number,
            [
                Line(NOON, "clock.escalate", "escalate"),
                Line(NOON + 2 * HOUR, "clock.late", "late"),
                left(told),
                Line(told, "sla.late_withdrawn", before=""),
            ],
        )

    report = the_report(store)

    assert [(each.kind, each.rule) for each in report.incidents] == [(Kind.ESCALATED, "escalate")] * 2
    assert (report.now.violations, report.now.open, report.fines) == (0, 0, ())


def test_a_red_lock_is_one_near_miss_and_a_review_is_none(store: Store) -> None:
    """The hold and the rung of the clock are one event told twice; a review by a rule breaks nothing."""
    lock = [
        Line(NOON, "hold.placed", "waybill-12h", after="no_waybill_lock"),
        Line(NOON, "clock.lock", "waybill-12h"),
    ]
    an_order(store, OWN, 1, [*lock, left(NOON + HOUR)])
    an_order(store, OWN, 2, [Line(NOON, "hold.placed", "high-value", after="high_value"), left(NOON + HOUR)])

    assert kinds(store) == [("locked", "waybill-12h", "released")]


@pytest.mark.parametrize(
    ("between", "found"),
    [
        ([], [("shipped_against_gate", "courier", "released")]),
        ([Line(NOON + HOUR, "hold.lifted", before="compliance")], [("gate_refused", "courier", "allocated")]),
        ([Line(NOON + HOUR, "hold.lifted", after="compliance")], [("gate_refused", "courier", "allocated")]),
        (
            [Line(NOON + HOUR, "hold.lifted", before="manual")],
            [("shipped_against_gate", "courier", "released")],
        ),
        (
            [Line(NOON + HOUR, "stage.moved", before="allocated", after="cleared")],
            [("gate_refused", "courier", "allocated")],
        ),
    ],
)
def test_an_order_that_left_against_the_gate_is_a_violation(
    store: Store, between: list[Line], found: list[tuple[str, str, str]]
) -> None:
    """Unless the gate was passed, or a person lifted the hold; then the refusal was a near miss."""
    refused = Line(NOON, "gate.refused", "courier", "allocated")

    an_order(store, OWN, 1, [refused, *between, left(NOON + 2 * HOUR)])

    assert kinds(store) == found


def test_an_order_refused_last_week_may_leave_against_the_gate_this_week(store: Store) -> None:
    """The refusal is a near miss of last week, the shipment a violation of this one."""
    an_order(store, OWN, 1, [Line(MONDAY - DAY, "gate.refused", "courier", "allocated"), left(NOON)])

    report = the_report(store)

    assert [each.kind for each in report.incidents] == [Kind.AGAINST_GATE]
    assert (report.before.violations, report.before.near_misses) == (0, 1)


def test_a_week_runs_from_monday_to_sunday_in_shanghai(store: Store) -> None:
    """To the second at both ends; what has no rule does not count."""
    moments = [
        MONDAY - timedelta(seconds=1),
        MONDAY,
        MONDAY + 7 * DAY - timedelta(seconds=1),
        MONDAY + 7 * DAY,
    ]
    for number, at in enumerate(moments):
        an_order(store, OWN, number, [Line(at, "clock.late", "late")])
    an_order(store, OWN, 9, [Line(NOON, "clock.late")])

    report = the_report(store)

    assert [each.order[-1] for each in report.incidents] == ["1", "2"]
    assert (report.before.violations, report.now.orders, report.name) == (1, 5, "violations-2026-W47")
    assert [row.name for row in report.by_day] == [f"2026-11-{day}" for day in range(16, 23)]
    assert [row.violations for row in report.by_hour if row.violations] == [1, 1]
    assert (report.by_hour[0].violations, report.by_hour[23].violations) == (1, 1)


@pytest.mark.parametrize("seed", range(5))
def test_every_sum_is_the_total_and_the_total_is_a_recount(store: Store, seed: int) -> None:
    """By rule, platform, shop, step, hour, day and kind; against a few lines that know nothing of the report."""
    a_random_week(store, seed)

    report, (found, figures) = the_report(store), recount(store)

    sums = {
        (sum(row.violations for row in rows), sum(row.near_misses for row in rows))
        for rows in (
            report.by_rule, report.by_platform, report.by_shop, report.by_step, report.by_hour, report.by_day,
            report.by_kind,
        )
    }  # fmt: skip
    assert (
        sums
        == {(report.now.violations, report.now.near_misses)}
        == {(figures["violations"], figures["near"])}
    )
    assert figures["violations"] > 0
    assert report.now.open == figures["open"]
    assert {row.name: row.total for row in report.by_rule if row.total} == Counter(
        rule for _, _, rule, _ in found.elements()
    )
    assert {row.name: row.total for row in report.by_step if row.total} == Counter(
        step for *_, step in found.elements()
    )
    before = (report.before.violations, report.before.near_misses)
    assert sum(row.violations_before for row in report.by_day) == before[0]
    assert (before[0], before[1]) == (
        sum(row.violations_before for row in report.by_rule),
        sum(row.near_misses_before for row in report.by_rule),
    )


def test_the_step_that_fails_most_is_named_with_its_rule(store: Store) -> None:
    """Violations before near misses: four refusals weigh less than two late orders."""
    for number in range(4):
        an_order(store, OWN, number, [Line(NOON, "gate.refused", "courier", "allocated")])
    near = the_report(store).worst
    an_order(store, TMALL, 5, [Line(NOON, "clock.late", "late", "allocated")])
    for number in (6, 7):
        an_order(store, TMALL, number, [Line(NOON, "clock.late", "late", "released")])

    worst = the_report(store).worst

    assert near is not None
    assert (near.step, near.count, near.near) == ("allocated", 4, True)
    assert worst is not None
    assert (worst.step, worst.count, worst.of, worst.rule, worst.near) == ("released", 2, 3, "late", False)


def test_fines_are_estimates_from_the_table_with_their_grade(store: Store) -> None:
    """What no source knows has no figure, and is not nothing."""
    for number in range(3):
        an_order(store, PDD, number, [Line(NOON, "clock.late", "late")])
    an_order(store, PDD, 8, [Line(NOON, "parcel.no_first_scan", "scan", "shipped")])
    an_order(store, OWN, 9, [Line(NOON, "clock.late", "late")])
    row = read_table().row("pdd")

    fines = {(fine.platform, fine.kind): fine for fine in the_report(store).fines}

    late, false, own = (
        fines["pdd", Kind.LATE],
        fines["pdd", Kind.FALSE_SHIPMENT],
        fines["own_shop", Kind.LATE],
    )
    assert (late.estimated_fen, late.priced) == (3 * (row.penalty.late_ship or 0), 3)
    assert late.grade == row.evidence["penalty.late_ship"]
    assert false.estimated_fen == row.penalty.false_ship
    assert (false.to_confirm, false.grade) == (True, "C")
    assert (own.violations, own.priced, own.estimated_fen) == (1, 0, 0)


def test_a_week_without_orders_is_a_report_all_the_same(store: Store) -> None:
    """Nothing of nothing; a shop that is configured no more goes by its channel."""
    empty = the_report(store)
    an_order(store, ShopKey(channel="jd", shop="old"), 1, [Line(NOON, "clock.late", "late")])

    report = the_report(store)

    assert (empty.now.violations, empty.now.share, empty.worst, empty.fines) == (0, 0.0, None, ())
    assert [row.name for row in report.by_platform] == ["jd"]
    assert (report.now.concerned, report.now.share) == (1, 1.0)


def test_the_few_events_with_a_rule_are_found_by_their_index(store: Store) -> None:
    """The audit table is large, and the report does not read it."""
    if not store.database.is_sqlite:
        pytest.skip("asks SQLite's planner")
    sql = str(store.ruled._ruled.compile(store.database.engine, compile_kwargs={"literal_binds": False}))
    head = sql.partition(" AND audit.what IN")[0].replace("?", "'2026'")

    with store.database.engine.connect() as connection:
        plan = " ".join(str(row) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {head}"))

    assert "ix_audit_rule_at" in plan


def test_the_week_of_the_tests_is_the_one_meant() -> None:
    """Monday, midnight in Shanghai."""
    assert (WEEK.since, WEEK.until) == (MONDAY, MONDAY + 7 * DAY)
