"""Compare what became of each after-sale with what should have: money back once, after the goods, never too much."""

from collections import Counter

from simulator.aftersales import AfterSales, CaseFate
from simulator.wire import Json


def case_verdict(fate: CaseFate) -> Json:
    """Tell what should become of an after-sale and what has."""
    case = fate.case
    return {
        "channel": fate.market,
        "order": fate.order.number,
        "kind": case.kind,
        "before_shipping": fate.before_shipping,
        "line": case.line,
        "pieces": fate.order.pieces_of(case),
        "amount_fen": case.amount_fen,
        "expected": fate.plan.expected,
        "status": case.status,
        "settled": fate.settled,
        "by_platform": fate.by_platform,
        "refunds": fate.refunds,
        "wrong": wrongs(fate),
    }


def wrongs(fate: CaseFate) -> list[str]:
    """Say what should never have happened."""
    found = {
        "refunded more than once": fate.refunds > 1,
        "refunded without the goods": fate.without_goods,
        "refunded above what was paid": fate.above_paid,
        "refunded although it was to be refused": fate.refunds > 0 and fate.plan.expected == "refused",
        "left to the platform to decide": fate.by_platform,
    }
    return [words for words, true in found.items() if true]


def case_totals(after_sales: AfterSales) -> Json:
    """Sum up; `to_come` are buyers who will ask for something once their parcel has come."""
    fates = list(after_sales.fates.values())
    named = {fate.case.id: wrongs(fate) for fate in fates}
    return {
        "cases": len(fates),
        "to_come": after_sales.wishes,
        "settled": sum(fate.settled for fate in fates),
        "by_kind": dict(Counter(fate.case.kind for fate in fates)),
        "refunded": sum(fate.case.status == "refunded" for fate in fates),
        "refunds_wrong": sum(bool(found) for found in named.values()),
        "unsettled": sorted(fate.case.id for fate in fates if not fate.settled),
        "wrong": {case: found for case, found in named.items() if found},
    }
