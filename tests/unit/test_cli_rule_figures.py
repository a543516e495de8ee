"""What the rules did in a run is counted from the audit, live on the board and in the verdict; fines are told by order."""

import io
from datetime import timedelta

import pytest
from rich.console import Console

from oms.cli.board import Board, Picture
from oms.cli.observer import Observer, Seen
from oms.cli.rule_figures import CALLS, RuleFigures, fine_complaints, fine_figures, rule_figures
from oms.domain.book import OrderBook
from oms.store import Store
from tests.unit.store_builders import NOON, a_change, a_key, a_row

RULED = {
    ("gate.refused", "presale-day"): 2, ("gate.refused", "courier"): 1, ("gate.unsure", "address"): 4,
    ("hold.placed", "no_waybill_lock"): 3, ("hold.placed", "high_value"): 5, ("hold.placed", "remark"): 1,
    ("hold.placed", "first_buyer"): 2, ("hold.placed", "compliance"): 9, ("hold.lifted", "high_value"): 5,
    ("clock.escalate", "escalated"): 4, ("clock.escalate", "late"): 1, ("clock.escalate_further", "escalated"): 1,
    ("clock.remind", "reminded"): 8,
}  # fmt: skip


def test_each_figure_counts_its_own_events() -> None:
    """A lock is a hold of its reason, a review one of three reasons; being called further is an escalation too."""
    figures = rule_figures(RULED)

    assert figures == RuleFigures(gate_refusals=3, locks=3, reviews=8, escalations=6)
    assert figures.line() == "gate-refusals=3 locks=3 reviews=8 escalations=6"
    assert rule_figures({}) == RuleFigures()


def write(store: Store, number: int, what: str, after: str, seconds: int, rule: str = "r1") -> None:
    """Write one change of an order down."""
    row = a_row(number, seq=seconds)
    change = a_change(row, what=what, after=after, at=NOON + timedelta(seconds=seconds), rule=rule)
    store.books.commit(OrderBook(row=row, changes=(change,)))


def test_the_store_counts_what_rules_are_behind_since_a_moment(store: Store) -> None:
    """Everything else, and what an older run did, is not counted."""
    write(store, 1, "gate.refused", "courier", 1)
    write(store, 1, "gate.refused", "courier", 2)
    write(store, 2, "hold.placed", "high_value", 3)
    write(store, 3, "hold.placed", "manual", 4, rule="")

    assert store.orders.ruled(NOON + timedelta(seconds=2)) == {
        ("gate.refused", "courier"): 1,
        ("hold.placed", "high_value"): 1,
    }


def test_the_store_names_the_orders_somebody_was_called_for(store: Store) -> None:
    """With the number of the last call: a further one is news to whoever answered the first."""
    write(store, 1, "clock.escalate", "escalated", 1)
    write(store, 1, "clock.escalate_further", "escalated", 7)
    write(store, 2, "clock.lock", "escalated", 3)
    write(store, 3, "clock.remind", "reminded", 4)

    assert store.orders.called(NOON, CALLS) == {a_key(1): 7, a_key(2): 3}
    assert store.orders.called(NOON + timedelta(seconds=5), CALLS) == {a_key(1): 7}


def test_the_board_shows_the_figures_live(store: Store) -> None:
    """On a terminal and in plain lines alike."""
    seen = Observer(store).look()
    picture = Picture(Seen(rules=RuleFigures(gate_refusals=1, locks=2)), 3, 60, 2.0, 0)
    console = Console(file=io.StringIO(), width=200, record=True)

    console.print(Board(console, {}).draw(picture))

    assert seen.rules == RuleFigures()
    assert "gate-refusals=1 locks=2 reviews=0 escalations=0" in picture.line()
    assert "gate-refusals 1 locks 2" in console.export_text()


@pytest.mark.parametrize(
    ("fines", "figures", "complaints"),
    [
        ({}, {"fined": 0, "late": 0}, []),
        ({"7": ["late"]}, {"fined": 0, "late": 1}, []),
        ({"7": ["too_early"]}, {"fined": 1, "late": 0}, ["7: its platform would fine it: too early"]),
        (
            {"7": ["forbidden_courier", "late"], "8": ["forbidden_courier", "too_early"]},
            {"fined": 2, "late": 1},
            [
                "7: its platform would fine it: forbidden courier",
                "8: its platform would fine it: forbidden courier",
                "8: its platform would fine it: too early",
            ],
        ),
    ],
)
def test_fines_that_are_ours_to_prevent_are_told_by_order(
    fines: dict[str, list[str]], figures: dict[str, int], complaints: list[str]
) -> None:
    """Whether a parcel is late the machine decides too: counted, and no flaw."""
    assert fine_figures({"fined": fines}) == figures
    assert fine_complaints({"fined": fines}) == complaints
