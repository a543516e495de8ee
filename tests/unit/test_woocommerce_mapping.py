"""An order of the own shop, in our words."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.channels.woocommerce.mapping import to_mapped
from oms.domain.errors import Unmappable
from oms.domain.ids import OrderKey
from oms.domain.order import Line, PlatformStatus, Snapshot
from oms.ports import Mapped
from tests.unit.woocommerce_orders import NOW, SHOP, a_line, an_address, an_order, meta


def read(**changes: Any) -> Mapped:
    return to_mapped(an_order(**changes), SHOP, now=NOW)


def test_an_order_is_translated_whole() -> None:
    """Every field in its place: fen, aware times, the person beside the snapshot and not in it."""
    mapped = read()

    assert mapped.snapshot == Snapshot(
        key=OrderKey(channel="woocommerce", shop="main", number="727"),
        created_at=datetime(2026, 11, 22, 9, 31, 2, tzinfo=UTC),
        modified_at=datetime(2026, 11, 22, 9, 31, 20, tzinfo=UTC),
        paid_at=datetime(2026, 11, 22, 9, 31, 20, tzinfo=UTC),
        status=PlatformStatus.PAID,
        raw_status="processing",
        total_fen=18_800,
        lines=(Line(id="315", sku="MB-001-RED", title="婴儿连体衣 – 红", quantity=2, total_fen=17_800),),
        province="浙江省",
    )
    assert mapped.receiver is not None
    assert mapped.receiver.model_dump() == {
        "name": "张建国", "phone": "13812345678", "province": "浙江省", "city": "杭州市", "district": "",
        "address": "西湖区文三路 9 号 2 单元 301", "postcode": "310012", "token": "",
    }  # fmt: skip
    assert mapped.buyer_id == "customer:26"


def test_the_person_is_in_no_repr() -> None:
    """Whoever prints a mapped order shows nobody."""
    shown = repr(read(customer_note="请放门口"))

    assert not [secret for secret in ("张", "138", "文三路", "customer:26", "请放门口") if secret in shown]


@pytest.mark.parametrize(
    ("word", "paid_at", "status", "risk"),
    [
        ("pending", None, PlatformStatus.AWAITING_PAYMENT, False),
        ("checkout-draft", None, PlatformStatus.AWAITING_PAYMENT, False),
        ("processing", "2026-11-22T09:31:20", PlatformStatus.PAID, False),
        ("processing", None, PlatformStatus.PAID, False),
        ("on-hold", None, PlatformStatus.AWAITING_PAYMENT, False),
        ("on-hold", "2026-11-22T09:31:20", PlatformStatus.PAID, True),
        ("completed", "2026-11-22T09:31:20", PlatformStatus.SHIPPED, False),
        ("cancelled", None, PlatformStatus.CANCELLED, False),
        ("failed", None, PlatformStatus.AWAITING_PAYMENT, False),
        ("trash", None, PlatformStatus.CANCELLED, False),
        ("refunded", "2026-11-22T09:31:20", PlatformStatus.REFUNDED, False),
        ("wc-shipped-by-drone", "2026-11-22T09:31:20", PlatformStatus.UNKNOWN, False),
    ],
)
def test_a_status_is_one_of_ours(word: str, paid_at: str | None, status: PlatformStatus, risk: bool) -> None:
    """One table; a word nobody knows stays beside UNKNOWN."""
    snapshot = read(status=word, date_paid_gmt=paid_at).snapshot

    assert (snapshot.status, snapshot.raw_status, snapshot.platform_risk) == (status, word, risk)


def test_tax_belongs_to_the_line_and_the_price_is_never_read() -> None:
    """`price` is a float with a tail; what the buyer pays is total plus tax."""
    snapshot = read(line_items=[a_line(total="6.00", total_tax="0.4500", price=3.0000004)]).snapshot

    assert snapshot.lines[0].total_fen == 645


def test_part_of_the_money_back_leaves_the_order_to_ship() -> None:
    """A partial refund is an amount, not an open refund request."""
    refunds = [{"id": 1, "reason": "", "total": "-10.00"}, {"id": 2, "reason": "", "total": "-9.50"}]

    snapshot = read(refunds=refunds).snapshot

    assert (snapshot.refunded_fen, snapshot.refund_open, snapshot.status) == (
        1950,
        False,
        PlatformStatus.PAID,
    )


@pytest.mark.parametrize(("variation", "sku"), [(0, "product-93"), (23, "product-93-23")])
def test_a_line_without_a_sku_is_named_after_its_product(variation: int, sku: str) -> None:
    """So that a person can map it."""
    snapshot = read(line_items=[a_line(sku=" ", variation_id=variation)]).snapshot

    assert snapshot.lines[0].sku == sku


def test_goods_go_to_the_billing_address_when_there_is_no_other() -> None:
    """PHP writes an empty address as an empty list."""
    mapped = read(shipping=[], billing=an_address(state="", city="苏州市", phone="13900000000"))

    assert mapped.receiver is not None
    assert (mapped.receiver.phone, mapped.receiver.city, mapped.snapshot.province) == (
        "13900000000",
        "苏州市",
        "苏州市",
    )


def test_a_shipping_address_without_a_phone_borrows_the_buyers() -> None:
    """Older shops ask for a phone once."""
    mapped = read(shipping=an_address(phone=None), billing=an_address(phone="13900000000"))

    assert mapped.receiver is not None
    assert mapped.receiver.phone == "13900000000"


def test_names_are_written_as_their_language_does() -> None:
    """Family name first without a space, or last with one; an emoji is a name too."""
    names = [("John", "Doe"), ("建国", "张"), ("🐼", "熊猫"), ("😀", "")]

    written = [read(shipping=an_address(first_name=first, last_name=last)).receiver for first, last in names]

    assert [receiver.name for receiver in written if receiver] == ["John Doe", "张建国", "熊猫🐼", "😀"]


@pytest.mark.parametrize(
    ("changes", "buyer"),
    [
        ({"customer_id": 26}, "customer:26"),
        ({"customer_id": 0}, "zhang@example.com"),
        ({"customer_id": 0, "billing": an_address()}, "13812345678"),
        ({"customer_id": 0, "billing": [], "shipping": []}, ""),
    ],
)
def test_the_same_buyer_is_the_same(changes: dict[str, Any], buyer: str) -> None:
    """Account, else mail address in one spelling, else phone."""
    assert read(**changes).buyer_id == buyer


def test_a_note_of_the_buyer_is_a_remark() -> None:
    """The snapshot knows that there is one; the text stays beside it."""
    mapped = read(customer_note=" 务必上午送达 ")

    assert (mapped.remark, mapped.snapshot.has_remark) == ("务必上午送达", True)


def test_the_shops_own_ship_by_promise_is_kept() -> None:
    """ISO 8601 with an offset, in the order's meta data."""
    snapshot = read(
        meta_data=[meta("_other", {"a": 1}), meta("_ship_by", "2026-11-24T17:31:20+08:00")]
    ).snapshot

    assert snapshot.ship_by == datetime(2026, 11, 24, 9, 31, 20, tzinfo=UTC)


def test_an_order_without_lines_has_none() -> None:
    """It is an order all the same."""
    assert read(line_items=[]).snapshot.lines == ()


def test_half_a_thousand_lines_are_fine() -> None:
    """The limit is the domain's: five hundred."""
    lines = [a_line(id=number) for number in range(500)]

    assert len(read(line_items=lines).snapshot.lines) == 500


def test_their_own_documentations_example_is_understood() -> None:
    """Amounts with tax in dollars, a line without SKU, an order that was paid by bank transfer."""
    lines = [
        a_line(sku="", total="6.00", total_tax="0.45"),
        a_line(id=316, sku="Bar3", total="12.00", total_tax="0.90"),
    ]
    payload = an_order(
        currency="USD", total="29.35", line_items=lines, date_created_gmt="2017-03-22T19:28:02"
    )

    mapped = to_mapped(payload, SHOP, now=NOW, currency="USD")

    assert (mapped.snapshot.total_fen, [line.total_fen for line in mapped.snapshot.lines]) == (
        2935,
        [645, 1290],
    )


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["-1", "0", "9" * 200, "2026-13-01T00:00:00", "9999-12-31T23:59:59+14:00", "\ud800", "\x00"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
FULL = an_order(
    refunds=[{"id": 1, "total": "-1.00", "meta_data": [meta("currency", "CNY")]}],
    meta_data=[meta("_ship_by", "2026-11-24T17:31:20+08:00")],
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in inner for place in places(part, (*path, key)))][not path :]


@given(st.lists(st.tuples(st.sampled_from(places(FULL)), st.booleans(), ANYTHING), min_size=1, max_size=4))
@settings(max_examples=400, deadline=None)
def test_whatever_a_shop_writes_is_an_order_or_unmappable(
    mutations: list[tuple[tuple[Any, ...], bool, Any]],
) -> None:
    """No payload, however broken, raises anything else, nor yields what cannot be stored."""
    payload = deepcopy(FULL)
    for path, gone, value in mutations:
        mutate(payload, path, gone, value)

    try:
        mapped = to_mapped(payload, SHOP, now=NOW)
    except Unmappable:
        return
    else:
        assert mapped.snapshot.fingerprint
        assert "\x00" not in mapped.model_dump_json()


def mutate(payload: Any, path: tuple[Any, ...], gone: bool, value: Any) -> None:
    for key in path[:-1]:
        try:
            payload = payload[key]
        except (KeyError, IndexError, TypeError):
            return
    if isinstance(payload, dict):
        payload.pop(path[-1], None)
        if not gone:
            payload[path[-1]] = value
    elif isinstance(payload, list) and path[-1] in range(len(payload)):
        payload[path[-1]] = value
