"""What an after-sale does to its order: one line stops and the others go on; completion waits; money is counted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.domain import admission, case_news, cases, fulfilment, shortage, withdrawal
from oms.domain.aftersale import AfterSaleKind, AfterSaleStatus
from oms.domain.holds import HoldReason
from oms.domain.ids import Sku
from oms.domain.messages import AfterSaleChanged, WarehouseSays
from oms.domain.order import PlatformStatus, Snapshot
from oms.domain.parcels import ParcelState
from oms.domain.stages import Outcome, Stage
from oms.domain.state import OrderState, Payment
from oms.domain.stock import Allocation, Reserved
from oms.rules.assessment import assess
from tests.unit.domain_orders import (
    MINUTE,
    NOON,
    TABLE,
    a_box,
    a_line,
    a_snapshot,
    an_event,
    an_order,
    carrier_says,
    hears,
    repeatable,
    shipped,
    warehouse_says,
)

A, K = AfterSaleStatus, AfterSaleKind
SECOND_SKU = Sku("SKU-8802")
TWO_LINES = (a_line(2, 1), a_line(1, 2, sku=SECOND_SKU))


def two_lines(**changes: Any) -> Snapshot:
    """An order of two lines, 28200 fen in all."""
    return a_snapshot(lines=TWO_LINES, total_fen=28200, **changes)


def a_case(status: AfterSaleStatus = A.REQUESTED, *, minutes: int = 0, **changes: object) -> AfterSaleChanged:
    """News of a refund of line 2, so many minutes after noon."""
    known = {
        "event_id": an_event(), "id": "c1", "kind": K.REFUND_ONLY, "status": status, "line": "2",
        "refund_fen": 9400, "at": NOON + minutes * MINUTE,
    }  # fmt: skip
    return AfterSaleChanged.model_validate(known | changes)


def told(order: OrderState, *news: AfterSaleChanged, at: datetime = NOON) -> OrderState:
    """Let the order hear of its cases."""
    for each in news:
        case_news.case_changed(order, each, at)
    return order


def reserved(order: OrderState, *warehouses: str) -> OrderState:
    """Promise the order's wanted pieces, all from one warehouse or one line from each."""
    order.move(Stage.ACCEPTED, NOON)
    admission.take_assessment(
        order, assess(TABLE, "own_shop", order.snapshot, NOON, first_buyer=False, pace=1), NOON
    )
    pieces = cases.wanted_pieces(order)
    shares = [pieces] if len(warehouses) < len(pieces) else [(piece,) for piece in pieces]
    promised = zip(warehouses or ("HZ01",), shares, strict=True)
    answer = Reserved(allocations=tuple(Allocation(warehouse=w, pieces=p) for w, p in promised))
    shortage.over(order, answer, NOON)
    return order


def handed_over(*warehouses: str) -> OrderState:
    """An order of two lines that the warehouses have been asked to ship."""
    order = reserved(an_order(two_lines()), *warehouses)
    order.move(Stage.CLEARED, NOON)
    order.move(Stage.RELEASED, NOON)
    fulfilment.ask_for_deliveries(order, NOON)
    return order


def skus(order: OrderState) -> list[str]:
    """What the order still means to send."""
    return [piece.sku for piece in cases.wanted_pieces(order)]


def test_a_case_before_shipping_stops_its_line_only() -> None:
    """The other line is reserved anew, and the order as a whole is not held."""
    order = reserved(an_order(two_lines()))

    told(order, a_case())

    assert skus(order) == [TWO_LINES[0].sku]
    assert order.reserve_again
    assert order.held(HoldReason.REFUND_OPEN) is None


def test_a_case_about_one_piece_of_a_line_stops_that_piece() -> None:
    """Two were ordered, one is not wanted: one goes."""
    order = told(reserved(an_order(two_lines())), a_case(line="1", quantity=1))

    assert [(piece.line, piece.quantity) for piece in cases.wanted_pieces(order)] == [("1", 1), ("2", 1)]


@pytest.mark.parametrize("line", ["", "9"])
def test_a_case_about_the_whole_order_holds_all_of_it(line: str) -> None:
    """So does one about a line that we do not know."""
    order = told(reserved(an_order(two_lines())), a_case(line=line, refund_fen=28200))

    hold = order.held(HoldReason.REFUND_OPEN)

    assert hold is not None
    assert "refund_only" in hold.note


def test_cases_about_every_line_hold_the_order() -> None:
    """Nothing would be left to send."""
    order = told(reserved(an_order(two_lines())), a_case(), a_case(id="c2", line="1"))

    assert order.held(HoldReason.REFUND_OPEN) is not None


def test_a_refused_case_lets_the_line_go_again() -> None:
    """The hold for the whole goes with it, too."""
    order = told(reserved(an_order(two_lines())), a_case(), a_case(id="c2", line="1"))

    told(order, a_case(A.REJECTED, minutes=1), a_case(A.CLOSED, minutes=1, id="c2", line="1"))

    assert skus(order) == [line.sku for line in TWO_LINES]
    assert order.holds == ()


def test_a_refunded_line_is_never_sent_and_counts_as_paid_back_in_part() -> None:
    """The platform's word of the same money brings no hold any more."""
    order = told(reserved(an_order(two_lines())), a_case(), a_case(A.REFUNDED, minutes=1))

    hears(order, two_lines(minutes=2, refunded_fen=9400))

    assert skus(order) == [TWO_LINES[0].sku]
    assert order.payment is Payment.PARTLY_REFUNDED
    assert order.held(HoldReason.REFUND_OPEN) is None


def test_money_that_no_case_explains_still_stops_the_order() -> None:
    """A person has to say what is still to be sent."""
    order = reserved(an_order(two_lines()))

    hears(order, two_lines(minutes=2, refunded_fen=9400))

    assert order.held(HoldReason.REFUND_OPEN) is not None


def test_the_case_that_explains_the_money_lifts_that_hold() -> None:
    """The platform's word may be faster than the case's."""
    order = hears(reserved(an_order(two_lines())), two_lines(minutes=2, refunded_fen=9400))

    told(order, a_case(A.REFUNDED, minutes=3))

    assert order.held(HoldReason.REFUND_OPEN) is None


def test_a_hold_that_a_person_placed_stays() -> None:
    """Only what machines placed for the refund goes with the refund."""
    order = told(reserved(an_order(two_lines())), a_case(line=""))
    held = order.held(HoldReason.REFUND_OPEN)
    assert held is not None
    order.holds = (held.model_copy(update={"actor": "li"}),)

    told(order, a_case(A.REJECTED, minutes=1, line=""))

    assert order.held(HoldReason.REFUND_OPEN) is not None


def test_an_order_all_of_whose_lines_were_paid_back_is_withdrawn() -> None:
    """There is nothing to wait for."""
    order = told(
        reserved(an_order(two_lines())),
        a_case(A.REFUNDED), a_case(A.REFUNDED, id="c2", line="1", refund_fen=18800),
    )  # fmt: skip

    assert order.withdrawal is not None
    assert order.payment is Payment.REFUNDED


def test_the_warehouse_is_asked_for_the_goods_when_a_line_is_stopped_after_the_release() -> None:
    """They are then sent anew without it."""
    order = told(handed_over("HZ01"), a_case())

    assert order.take_back
    assert order.reserve_again


def test_goods_in_two_warehouses_are_held_as_a_whole() -> None:
    """One line cannot be taken out by asking one of them."""
    order = told(handed_over("GZ01", "HZ01"), a_case())

    assert order.held(HoldReason.REFUND_OPEN) is not None


def test_what_has_left_is_not_stopped() -> None:
    """A return is no reason to hold what is on its way."""
    order = shipped(a_box("SF1", 2))

    told(order, a_case(line="1", kind=K.RETURN))

    assert order.held(HoldReason.REFUND_OPEN) is None
    assert order.take_back == ""
    assert not order.reserve_again


def test_the_rest_follows_when_the_case_of_a_stopped_line_is_refused() -> None:
    """The other line has left meanwhile; the order waited for the decision."""
    order = reserved(told(an_order(two_lines()), a_case()))
    order.move(Stage.CLEARED, NOON)
    order.move(Stage.RELEASED, NOON)
    fulfilment.ask_for_deliveries(order, NOON)
    warehouse_says(order, WarehouseSays.SHIPPED, a_box("SF1", 2))
    assert not fulfilment.all_left(order)

    told(order, a_case(A.REJECTED, minutes=1))
    assert order.send_rest
    fulfilment.send_the_rest(order, NOON)

    assert order.stage is Stage.ALLOCATED
    assert [piece.sku for piece in cases.pieces_to_reserve(order)] == [SECOND_SKU]


def test_the_order_leaves_when_the_stopped_line_was_paid_back() -> None:
    """Nothing else is to come."""
    order = reserved(told(an_order(two_lines()), a_case()))
    order.move(Stage.CLEARED, NOON)
    order.move(Stage.RELEASED, NOON)
    fulfilment.ask_for_deliveries(order, NOON)
    warehouse_says(order, WarehouseSays.SHIPPED, a_box("SF1", 2))

    told(order, a_case(A.REFUNDED, minutes=1))

    assert fulfilment.all_left(order)


def test_an_open_case_keeps_a_delivered_order_from_completing() -> None:
    """However long ago it was shipped."""
    order = shipped(a_box("SF1", 2))
    carrier_says(order, ParcelState.DELIVERED)
    order.completion_due = True

    told(order, a_case(line="1", kind=K.RETURN))
    waiting = withdrawal.may_complete(order)
    told(order, a_case(A.REJECTED, minutes=1, line="1", kind=K.RETURN))

    assert (waiting, withdrawal.may_complete(order)) == (False, True)


def test_an_order_whose_money_all_went_back_after_delivery_is_closed() -> None:
    """It went out, and the money came back: that is no completed sale."""
    order = shipped(a_box("SF1", 2))
    carrier_says(order, ParcelState.DELIVERED)
    order.completion_due = True

    told(order, a_case(A.REFUNDED, line="", kind=K.RETURN, refund_fen=18800))
    hears(order, a_snapshot(PlatformStatus.REFUNDED, minutes=5, refunded_fen=18800))
    told(order, a_case(A.REFUNDED, minutes=9, id="c2", line="", refund_fen=0))

    assert withdrawal.may_complete(order)
    assert withdrawal.roll_up(order) is Outcome.CLOSED


@given(st.permutations([a_case(s, minutes=m) for m, s in enumerate((A.REQUESTED, A.APPROVED, A.REFUNDED))]))
@repeatable(20)
def test_news_of_a_case_may_come_in_any_order_and_twice(news: Sequence[AfterSaleChanged]) -> None:
    """The newest stands, and an ended order only remembers."""
    order = reserved(an_order(two_lines()))

    told(order, *news, *news)

    assert [case.status for case in order.cases] == [A.REFUNDED]
    assert skus(order) == [TWO_LINES[0].sku]
