"""What the outside world says of the after-sales of a run, for the verdict."""

from collections.abc import Mapping
from typing import Any


def case_figures(oracle: Mapping[str, Any]) -> dict[str, int]:
    """Count the after-sales, those that ended as they should, and those whose money went a wrong way."""
    told = oracle.get("totals", {}).get("after_sales", {})
    return {
        "after_sales": int(told.get("cases", 0)),
        "after_sales_settled": int(told.get("settled", 0)),
        "refunds_wrong": int(told.get("refunds_wrong", 0)),
    }


def case_complaints(oracle: Mapping[str, Any]) -> list[str]:
    """Say of each after-sale what is not as it should be, in one sentence each."""
    complaints = []
    for name, view in oracle.get("after_sales", {}).items():
        about = f"{name} ({view['kind']} of order {view['order']})"
        complaints += [f"{about}: {wrong}" for wrong in view["wrong"]]
        if not view["settled"]:
            complaints.append(f"{about}: should be {view['expected']} and is {view['status']}")
    return complaints


def all_cases_over(brief: Mapping[str, Any]) -> bool:
    """Tell by the oracle's short word whether every buyer who will ask has asked, and every case has ended as it should."""
    told = brief.get("totals", {}).get("after_sales", {})
    return not told.get("to_come") and not told.get("unsettled")
