"""A case's row, audit, outbox and goods are one transaction, written once."""

from typing import Any, Literal

import pytest

from oms.domain.aftersales.book import AfterSaleBook, AfterSaleRow, GoodsMove
from oms.domain.book import Change
from oms.domain.ids import Sku
from oms.store import Store
from tests.unit.store_builders import NOON, a_key, there_are

CASE = "woo:main:C1"


def a_row(case_id: str = "C1", **fields: Any) -> AfterSaleRow:
    known: dict[str, Any] = {
        "key": f"woo:main:{case_id}", "case_id": case_id, "order": a_key(), "business_id": "OLABC", "seq": 1,
        "kind": "return", "status": "requested", "raw_status": "WAIT", "line": "1", "quantity": 1,
        "refund_fen": 9400, "opened_at": NOON, "modified_at": NOON, "return_code": f"RT{case_id}",
    }  # fmt: skip
    return AfterSaleRow(**(known | fields))


def a_book(case_id: str = "C1", *, goods: tuple[GoodsMove, ...] = (), **fields: Any) -> AfterSaleBook:
    row = a_row(case_id, **fields)
    change = Change(
        id=f"aftersale:{row.key}#{row.seq}", seq=row.seq, at=NOON, actor="lin", what="after_sale.moved",
        after=row.status, topic=f"aftersale.{row.status}",
    )  # fmt: skip
    return AfterSaleBook(row=row, changes=(change,), goods=goods)


def back(pieces: int = 1, condition: Literal["good", "damaged"] = "good", name: str = "r1:0") -> GoodsMove:
    return GoodsMove(id=name, warehouse="HZ", sku=Sku("A"), pieces=pieces, condition=condition)


def test_a_book_is_read_back_as_it_was_written(store: Store) -> None:
    """Every field of the row and the change; found by key, id, code and waybill."""
    book = a_book(
        waybill="YT1", carrier="yto", held="both figures", why_here="held", sla_state="late", answer_by=NOON,
        next_deadline=NOON, next_deadline_text="remind", delivery_code="OLABC-xQ", ended_at=NOON,
    )  # fmt: skip

    store.after_sales.commit(book)

    found = store.after_sales
    assert found.get(CASE) == book.row
    assert found.by_id("C1") == found.of_order(a_key()) == (book.row,)
    assert found.by_code("RTC1") == found.by_code("OLABC-xQ") == found.by_waybill("YT1") == book.row
    assert found.timeline(CASE) == book.changes
    assert (found.by_code(""), found.by_waybill(""), found.get("woo:main:other")) == (None, None, None)


def test_a_book_written_twice_or_late_moves_goods_once_and_overwrites_nothing_newer(store: Store) -> None:
    """An attempt may have worked though its answer was lost."""
    store.stock.set_levels([there_are(5)])
    first, second = a_book(goods=(back(2),)), a_book(seq=2, status="refunded")

    for book in (first, second, first):
        store.after_sales.commit(book)

    row = store.after_sales.get(CASE)
    assert row is not None
    assert row.status == "refunded"
    assert [event.topic for event in store.outbox.read(0)] == ["aftersale.requested", "aftersale.refunded"]
    assert [level.on_hand for level in store.stock.levels([Sku("A")])] == [7]


def test_subscribers_hear_of_a_case_in_line_with_its_order(store: Store) -> None:
    """The event names the order and the case, and nobody."""
    store.after_sales.commit(a_book())

    (event,) = store.outbox.read(0)

    assert event.order == a_key()
    assert event.payload["after_sale"] == {
        "id": "C1", "kind": "return", "status": "requested", "line": "1", "quantity": 1, "refund_fen": 9400,
    }  # fmt: skip


def test_damaged_pieces_are_counted_apart_and_promised_to_nobody(store: Store) -> None:
    """Good ones can be sold again; goods of an ended case are counted too, once."""
    store.stock.set_levels([there_are(0)])

    store.after_sales.take_goods([back(3, "damaged", "r1:0"), back(1, "good", "r1:1")])
    store.after_sales.take_goods([back(3, "damaged", "r1:0")])

    assert store.after_sales.damaged() == {("HZ", Sku("A")): 3}
    assert [level.available for level in store.stock.levels([Sku("A")])] == [1]


@pytest.mark.parametrize(
    ("status", "kind", "counted"),
    [("requested", "return", 0), ("approved", "return", 9400), ("refunded", "refund_only", 9400),
     ("rejected", "return", 0), ("approved", "exchange", 0)],
)  # fmt: skip
def test_what_other_cases_give_back_is_added_up(store: Store, status: str, kind: str, counted: int) -> None:
    """What is promised counts as given; the case itself does not."""
    store.after_sales.commit(a_book("C2", status=status, kind=kind))
    store.after_sales.commit(a_book("C1", status="approved"))

    assert store.after_sales.given_back(a_key(), but=CASE) == counted


def test_cases_are_listed_by_status_and_by_who_must_act(store: Store) -> None:
    """Newest first; a filter that fits nobody leaves nothing."""
    store.after_sales.commit(a_book("C1", held="both figures"))
    store.after_sales.commit(a_book("C2", status="refunded", ended_at=NOON))

    listed = store.after_sales
    assert [row.case_id for row in listed.list(held=True)] == ["C1"]
    assert [row.case_id for row in listed.list(open_only=True)] == ["C1"]
    assert [row.case_id for row in listed.list(status="refunded")] == ["C2"]
    assert listed.counts_by_status() == {"requested": 1, "refunded": 1}
