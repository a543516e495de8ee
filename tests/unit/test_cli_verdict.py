"""The oracle's verdict: only a run without a flaw agrees, and a flaw is named by its order."""

from typing import Any

import pytest

from oms.cli.rule_figures import RuleFigures
from oms.cli.verdict import Evidence, Verdict, judge
from oms.domain.book import OrderRow
from tests.unit.store_builders import a_row

JSON_KEYS = {
    "offered", "started", "completed", "cancelled", "missed", "duplicated", "double_shipped", "sla_alerts",
    "history_events_p50", "orders_per_second", "by_channel", "gate_refusals", "locks", "reviews", "escalations", "fined",
}  # fmt: skip


def a_view(**changes: Any) -> dict[str, Any]:
    usual = {"expected": "completed", "settled": True, "shipped_parcels": 1, "write_backs": 1}
    return {**usual, "channel": "woocommerce", **changes}


def completed(number: int) -> OrderRow:
    return a_row(number, stage="completed", outcome="completed")


def judged(
    views: dict[str, dict[str, Any]], *rows: OrderRow, workflows: dict[str, int] | None = None, **oracle: Any
) -> Verdict:
    return judge(
        Evidence(
            oracle={
                "offered": len(views),
                "orders": views,
                "double_shipped": [],
                "shipped_after_cancel": [],
                "misdirected": [],
                **oracle,
            },
            rows=rows,
            workflows=workflows or {row.key.number: 1 for row in rows},
            history_lengths=(40, 44, 90),
            sla_alerts=2,
            seconds=4.0,
            seed=7,
            pace=7200,
        )
    )


def test_a_run_without_a_flaw_agrees() -> None:
    """Completed, cancelled and expected-open orders each count where they belong."""
    verdict = judged(
        {
            "1": a_view(),
            "2": a_view(expected="cancelled", shipped_parcels=0, write_backs=0),
            "3": a_view(expected="open"),
        },
        completed(1),
        a_row(2, stage="cancelled", outcome="cancelled"),
        a_row(3, stage="released"),
    )

    assert verdict.agrees
    assert (verdict.offered, verdict.started, verdict.finished, verdict.open_expected) == (3, 3, 2, 1)
    assert (verdict.completed, verdict.cancelled, verdict.history_events_p50) == (1, 1, 44)
    assert verdict.orders_per_second == 0.5


def test_the_figures_for_programs_have_their_agreed_names() -> None:
    """What issues 2 and 5 list is there; more may stand beside it."""
    assert set(judged({"1": a_view()}, completed(1)).model_dump()) >= JSON_KEYS


@pytest.mark.parametrize(
    ("view", "row", "words"),
    [
        (
            a_view(),
            a_row(1, stage="shipped", why_here="on its way"),
            "should be completed and is shipped: on its way",
        ),
        (a_view(), a_row(1, stage="completed", outcome="partly_completed"), "completed as partly_completed"),
        (a_view(), a_row(1, stage="cancelled", outcome="cancelled"), "should be completed and is cancelled"),
        (a_view(expected="cancelled"), completed(1), "should be cancelled and is completed"),
        (a_view(expected="open"), completed(1), "should still be open"),
        (a_view(settled=False), completed(1), "unsettled"),
        (a_view(write_backs=2), completed(1), "written back 2 times"),
    ],
)
def test_an_order_that_is_not_as_it_should_be_is_named(
    view: dict[str, Any], row: OrderRow, words: str
) -> None:
    """One flaw is enough, whatever the sums say."""
    verdict = judged({"1": view}, row)

    assert not verdict.agrees
    assert any(words in mismatch and mismatch.startswith("1: ") for mismatch in verdict.mismatches)


def test_an_order_that_never_arrived_is_missed() -> None:
    """The platform has it, we do not."""
    verdict = judged({"1": a_view(), "2": a_view()}, completed(1))

    assert not verdict.agrees
    assert (verdict.missed, verdict.started) == (1, 1)


def test_an_order_with_two_workflows_or_two_rows_is_duplicated() -> None:
    """Continued-as-new runs are counted as one before they come here."""
    two_workflows = judged({"1": a_view()}, completed(1), workflows={"1": 2})
    two_rows = judged({"1": a_view()}, completed(1), completed(1))

    assert (two_workflows.duplicated, two_workflows.agrees) == (1, False)
    assert (two_rows.duplicated, two_rows.agrees) == (1, False)


def test_what_the_warehouse_shipped_too_often_or_too_late_counts() -> None:
    """The outside world is the judge of both."""
    twice = judged({"1": a_view()}, completed(1), double_shipped=["1"])
    late = judged({"1": a_view()}, completed(1), shipped_after_cancel=["1"])

    assert (twice.double_shipped, twice.agrees) == (1, False)
    assert (late.shipped_after_cancel, late.agrees) == (1, False)


def test_an_order_that_nobody_offered_is_a_flaw() -> None:
    """We made it up."""
    assert not judged({"1": a_view()}, completed(1), completed(2)).agrees


def test_each_channel_has_its_own_figures() -> None:
    """Offered, finished, missed and duplicated, by the channel the oracle names."""
    views = {"1": a_view(), "2": a_view(channel="jd"), "3": a_view(channel="jd"), "4": a_view(channel="pdd")}

    verdict = judged(views, completed(1), completed(2), completed(4), workflows={"1": 1, "2": 2, "4": 1})

    figures = {name: tuple(each.model_dump().values()) for name, each in verdict.by_channel.items()}
    assert figures == {"woocommerce": (1, 1, 0, 0), "jd": (2, 1, 1, 1), "pdd": (1, 1, 0, 0)}


def test_a_parcel_to_a_masked_phone_is_a_flaw() -> None:
    """No carrier can call 138****0000."""
    verdict = judged({"1": a_view()}, completed(1), misdirected=["1"])

    assert (verdict.misdirected, verdict.agrees) == (1, False)


def test_what_a_platform_would_fine_is_a_flaw_where_we_could_prevent_it() -> None:
    """A forbidden courier is; a parcel that was late may be the machine's doing."""
    forbidden = judged({"1": a_view()}, completed(1), fined={"1": ["forbidden_courier"]})
    late = judged({"1": a_view()}, completed(1), fined={"1": ["late"]})

    assert (forbidden.fined, forbidden.agrees) == (1, False)
    assert (late.late, late.fined, late.agrees) == (1, 0, True)


def test_what_the_rules_did_stands_in_the_verdict() -> None:
    """By the names that programs read."""
    evidence = Evidence(
        oracle={"offered": 0, "orders": {}, "double_shipped": [], "shipped_after_cancel": [], "misdirected": []},
        rows=(), workflows={}, history_lengths=(), sla_alerts=0, seconds=1.0, seed=7, pace=1,
        rules=RuleFigures(gate_refusals=1, locks=2, reviews=3, escalations=4),
    )  # fmt: skip

    verdict = judge(evidence)

    assert (verdict.gate_refusals, verdict.locks, verdict.reviews, verdict.escalations) == (1, 2, 3, 4)
