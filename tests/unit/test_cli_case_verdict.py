"""What the verdict says of after-sales is what the outside world saw."""

from typing import Any

from oms.cli.case_verdict import all_cases_over, case_complaints, case_figures


def an_oracle(**changes: Any) -> dict[str, Any]:
    """Two cases: one as it should be, one paid without the goods and still open."""
    view = {
        "kind": "return",
        "order": "1001",
        "expected": "refunded",
        "status": "refunded",
        "settled": True,
        "wrong": [],
    }
    bad = view | {"status": "agreed", "settled": False, "wrong": ["refunded without the goods"]}
    totals = {"cases": 2, "settled": 1, "refunds_wrong": 1, "to_come": 0, "unsettled": ["R2"]}
    return {
        "after_sales": {"douyin:R1": view, "douyin:R2": bad},
        "totals": {"after_sales": totals | changes},
    }


def test_the_figures_are_the_oracle_s() -> None:
    """Counted there, not by us."""
    assert case_figures(an_oracle()) == {"after_sales": 2, "after_sales_settled": 1, "refunds_wrong": 1}
    assert case_figures({"totals": {}}) == {"after_sales": 0, "after_sales_settled": 0, "refunds_wrong": 0}


def test_each_fault_is_a_sentence_that_names_the_case() -> None:
    """So that somebody can look at it."""
    assert case_complaints(an_oracle()) == [
        "douyin:R2 (return of order 1001): refunded without the goods",
        "douyin:R2 (return of order 1001): should be refunded and is agreed",
    ]


def test_a_run_is_over_when_nobody_will_ask_any_more_and_every_case_has_ended() -> None:
    """Both by the oracle's short word."""
    assert not all_cases_over(an_oracle())
    assert not all_cases_over(an_oracle(unsettled=[], to_come=1))
    assert all_cases_over(an_oracle(unsettled=[]))
