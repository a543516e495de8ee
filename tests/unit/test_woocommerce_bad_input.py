"""Everything that is no order is parked with a reason that names the field and quotes nobody."""

from typing import Any

import pytest

from oms.channels.woocommerce.mapping import to_mapped
from oms.domain.errors import Unmappable
from tests.unit.woocommerce_orders import NOW, SHOP, a_line, an_order, meta


def without(field: str) -> dict[str, Any]:
    order = an_order()
    order.pop(field)
    return order


BAD: list[tuple[str, dict[str, Any], str]] = [
    *((f"no {field}", without(field), field) for field in (
        "id", "status", "currency", "date_created_gmt", "date_modified_gmt", "total", "line_items")),
    ("negative total", an_order(total="-0.01"), "total"),
    ("negative line", an_order(line_items=[a_line(total="-1.00")]), "line_items.0.total"),
    ("negative tax", an_order(line_items=[a_line(), a_line(total_tax="-1.00")]), "line_items.1.total_tax"),
    ("finer than a fen", an_order(total="1.005"), "total"),
    ("a float", an_order(total=188.0), "total"),
    ("no amount", an_order(total="1,000.00"), "total"),
    ("quantity 0", an_order(line_items=[a_line(quantity=0)]), "line_items.0.quantity"),
    ("quantity -1", an_order(line_items=[a_line(quantity=-1)]), "line_items.0.quantity"),
    ("half a piece", an_order(line_items=[a_line(quantity=1.5)]), "line_items.0.quantity"),
    ("a currency of two letters", an_order(currency="RM"), "currency"),
    ("a currency of three signs", an_order(currency="¥¥¥"), "currency"),
    ("a foreign currency", an_order(currency="USD"), "currency"),
    ("a line in dollars", an_order(line_items=[a_line(currency="USD")]), "line_items.0"),
    ("a line noted in dollars", an_order(line_items=[a_line(meta_data=[meta("_currency", "USD")])]), "line_items.0"),
    ("a refund in dollars", an_order(refunds=[{"id": 1, "total": "-1", "meta_data": [meta("currency", "USD")]}]),
     "refunds.0"),
    ("noted in dollars", an_order(meta_data=[meta("_order_currency", "USD")]), "meta_data"),
    ("an id of 200 digits", an_order(id="9" * 200), "id"),
    ("a number of 200 digits", an_order(id=10**200), "id"),
    ("an id with a slash", an_order(id="7/../8"), "id"),
    ("an id with a line break", an_order(id="727\n"), "id"),
    ("a true id", an_order(id=True), "id"),
    ("a line id of 200", an_order(line_items=[a_line(id="x" * 200)]), "line_items.0.id"),
    ("501 lines", an_order(line_items=[a_line()] * 501), "line_items"),
    ("created in the future", an_order(date_created_gmt="2026-11-24T12:00:01"), "date_created_gmt"),
    ("modified in the future", an_order(date_modified_gmt="2026-11-24T12:00:01"), "date_modified_gmt"),
    ("paid in the future", an_order(date_paid_gmt="2026-11-24T12:00:01"), "date_paid_gmt"),
    ("created in the year 1", an_order(date_created_gmt="0001-01-01T00:00:00"), "date_created_gmt"),
    ("created never", an_order(date_created_gmt="0000-00-00T00:00:00"), "date_created_gmt"),
    ("created at a number", an_order(date_created_gmt=1763776800), "date_created_gmt"),
    ("ship by, no offset", an_order(meta_data=[meta("_ship_by", "2026-11-24T17:31:20")]), "meta_data._ship_by"),
    ("ship by, no time", an_order(meta_data=[meta("_ship_by", "tomorrow")]), "meta_data._ship_by"),
    ("ship by, a list", an_order(meta_data=[meta("_ship_by", ["tomorrow"])]), "meta_data._ship_by"),
    ("lines that are none", an_order(line_items="two shirts"), "line_items"),
    ("a status that is none", an_order(status=None), "status"),
    ("the name of a refund", an_order(refunds=[{"id": 1}]), "refunds.0.total"),
]  # fmt: skip


@pytest.mark.parametrize(("payload", "field"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_order_is_refused_by_its_field(payload: dict[str, Any], field: str) -> None:
    """The reason starts with the place, so that a person can go there."""
    with pytest.raises(Unmappable) as caught:
        to_mapped(payload, SHOP, now=NOW)

    assert caught.value.field == field
    assert str(caught.value).startswith(f"{field}: ")


@pytest.mark.parametrize(
    "field", ["id", "total", "currency", "date_created_gmt", "status", "customer_id", "line_items"]
)
def test_a_reason_never_quotes_the_payload(field: str) -> None:
    """Whatever stands in the wrong place may be somebody's name."""
    for secret in ("张建国 13812345678", ["张建国 13812345678"], {"张建国": "13812345678"}):
        with pytest.raises(Unmappable) as caught:
            to_mapped(an_order(**{field: secret}), SHOP, now=NOW)

        assert "张" not in str(caught.value)
        assert "138" not in str(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("payload", [{}, {"unreadable": None}, {"id": 727}])
def test_what_is_no_order_at_all_is_refused(payload: dict[str, Any]) -> None:
    """A deletion, or a row of a list that is no object."""
    with pytest.raises(Unmappable):
        to_mapped(payload, SHOP, now=NOW)


def test_a_clock_a_little_ahead_is_forgiven() -> None:
    """Theirs may be wrong by less than a day; intake takes such an order as modified now."""
    mapped = to_mapped(an_order(date_modified_gmt="2026-11-23T11:59:59"), SHOP, now=NOW)

    assert mapped.snapshot.modified_at > NOW
