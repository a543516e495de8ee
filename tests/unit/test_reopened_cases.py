"""A case that has ended and that its platform opens again: a new run, which knows what the old one gave back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oms.domain.aftersale import AfterSale, AfterSaleStatus
from oms.domain.aftersales import flow
from oms.domain.aftersales.book import AfterSaleBook, AfterSaleRow, case_key, run_of
from oms.domain.aftersales.reopening import run_for
from oms.domain.aftersales.telling import as_platform_says
from oms.domain.messages import Way
from tests.unit.aftersale_cases import a_case as a_domain_case
from tests.unit.aftersale_cases import facts, looked_up
from tests.unit.case_world import CaseWorld, a_case
from tests.unit.intake_world import MINUTE, NOON, SHOP, a_key, a_store


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[CaseWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield CaseWorld(store)
    store.close()


def a_row(run: int = 1, *, minutes: int = 5, ended: bool = True, **fields: Any) -> AfterSaleRow:
    """How one run of the case stands in the read model."""
    key = f"{SHOP}:R1" + ("" if run == 1 else f"~{run}")
    known: dict[str, Any] = {
        "key": key, "case_id": "R1", "order": a_key(), "seq": 9, "kind": "refund_only", "status": "refunded",
        "raw_status": "SUCCESS", "refund_fen": 9400, "opened_at": NOON, "modified_at": NOON + minutes * MINUTE,
        "ended_at": NOON + minutes * MINUTE if ended else None,
    }  # fmt: skip
    return AfterSaleRow(**(known | fields))


def word(status: str, minutes: int) -> AfterSale:
    """What the platform says so many minutes after noon."""
    return a_domain_case("refund_only", status, id="R1", order=a_key(), modified_at=NOON + minutes * MINUTE)


@pytest.mark.parametrize(
    ("last", "status", "minutes", "run"),
    [
        (None, "requested", 1, 1),
        (a_row(ended=False), "requested", 9, 1),
        (a_row(), "requested", 9, 2),
        (a_row(), "requested", 5, 1),
        (a_row(), "approved", 9, 1),
        (a_row(), "refunded", 9, 1),
        (a_row(2), "requested", 9, 3),
        (a_row(2, ended=False), "refunded", 9, 2),
    ],
)
def test_only_a_buyer_who_asks_later_opens_a_case_again(
    last: AfterSaleRow | None, status: str, minutes: int, run: int
) -> None:
    """Late words of an old wish stay with the old run."""
    assert run_for(last, word(status, minutes)) == run


def test_a_word_right_behind_a_reopening_goes_where_it_went() -> None:
    """The new run has not written its row yet."""
    run = run_for(a_row(), word("approved", 9), NOON + 8 * MINUTE)

    assert run == 2


def test_each_run_has_a_name_of_its_own_and_its_platform_s_id() -> None:
    """Workflow, row, return and repayment are told apart; the platform is answered under its own id."""
    again = a_domain_case().model_copy(update={"run": 2})

    assert (case_key(again), again.id) == ("woo:main:C1~2", "C1")
    assert (run_of(case_key(again)), run_of(case_key(a_domain_case()))) == (2, 1)
    assert as_platform_says(again).id == "C1~2"


def test_what_the_old_run_gave_back_is_not_given_back_twice() -> None:
    """The whole payment went back: a second wish for it waits for a person, with both figures."""
    state = looked_up(a_domain_case(refund_fen=18800, run=2), facts(given_back_fen=18800))

    assert state.hold is not None
    assert (state.hold.trouble, flow.next_step(state)) == ("check", "nothing")
    assert "188.00 of it have gone back" in state.hold.note


async def test_intake_hands_a_reopened_case_to_a_new_run(world: CaseWorld) -> None:
    """The old run's money counts as another case's."""
    await world.cases.receive_all(SHOP, Way.POLL, [a_case()])
    await world.cases.receive_all(SHOP, Way.POLL, [a_case(minutes=5, status="refunded")])
    world.store.after_sales.commit(AfterSaleBook(row=a_row()))

    receipts = [
        (await world.cases.receive_all(SHOP, Way.POLL, [a_case(minutes=minutes, status=status)]))[0].status
        for minutes, status in ((9, "requested"), (10, "approved"))
    ]

    assert receipts == ["delivered", "delivered"]
    assert [(case.run, case.status) for case in world.mailbox.cases] == [
        (1, AfterSaleStatus.REQUESTED),
        (1, AfterSaleStatus.REFUNDED),
        (2, AfterSaleStatus.REQUESTED),
        (2, AfterSaleStatus.APPROVED),
    ]
    assert world.store.after_sales.given_back(a_key(), f"{SHOP}:R1~2") == 9400
