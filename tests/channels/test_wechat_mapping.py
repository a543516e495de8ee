"""An order of a WeChat shop, in our words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.channels.wechat.cases import to_after_sale
from oms.channels.wechat.mapping import to_mapped
from oms.domain.errors import Unmappable
from oms.domain.ids import OrderKey
from oms.domain.order import Line, PlatformStatus, Snapshot
from oms.ports import AfterSale, Mapped
from tests.channels.wechat_orders import CREATED, NAME, NOW, PHONE, SHOP, STREET, a_product, an_order

CASE: dict[str, Any] = {
    "after_sale_order_id": "9001",
    "order_id": "3700000000000000001",
    "status": "MERCHANT_REFUND_SUCCESS",
    "type": "REFUND",
    "product_info": {"product_id": "10001", "sku_id": "20001", "count": 1},
    "refund_info": {"amount": 500},
    "return_info": {"waybill_id": ""},
    "update_time": CREATED + 90,
}


def read(payload: dict[str, Any]) -> Mapped:
    return to_mapped(payload, SHOP, now=NOW)


def test_an_order_is_translated_whole() -> None:
    """Every field in its place: fen, aware times, the person beside the snapshot and not in it."""
    mapped = read(an_order("order_detail.product_infos.0.delivery_deadline", CREATED + 86_400))

    assert mapped.snapshot == Snapshot(
        key=OrderKey(channel="wechat", shop="main", number="3700000000000000001"),
        created_at=datetime.fromtimestamp(CREATED, UTC),
        modified_at=datetime.fromtimestamp(CREATED + 60, UTC),
        paid_at=datetime.fromtimestamp(CREATED + 30, UTC),
        ship_by=datetime.fromtimestamp(CREATED + 86_400, UTC),
        status=PlatformStatus.PAID,
        raw_status="20",
        total_fen=18_000,
        lines=(
            Line(id="10001-20001", sku="MB-001-RED", title="婴儿连体衣 – 红", quantity=2, total_fen=17_000),
        ),
        province="浙江省",
        has_remark=True,
    )
    assert mapped.receiver is not None
    assert mapped.receiver.model_dump() == {
        "name": NAME, "phone": PHONE, "province": "浙江省", "city": "杭州市", "district": "西湖区",
        "address": STREET, "postcode": "310012", "token": "h1",
    }  # fmt: skip
    assert (mapped.buyer_id, mapped.remark) == ("oBuyer1", "请放门口")


def test_the_person_is_in_no_repr() -> None:
    """Whoever prints a mapped order shows nobody."""
    shown = repr(read(an_order()))

    assert not [secret for secret in (NAME, PHONE, STREET, "oBuyer1", "请放门口") if secret in shown]


@pytest.mark.parametrize(
    ("word", "status", "risk"),
    [
        (10, PlatformStatus.AWAITING_PAYMENT, False),
        (12, PlatformStatus.PAID, True),
        (13, PlatformStatus.PAID, True),
        (20, PlatformStatus.PAID, False),
        (21, PlatformStatus.PAID, False),
        (30, PlatformStatus.SHIPPED, False),
        (100, PlatformStatus.CONFIRMED, False),
        (190, PlatformStatus.CANCELLED, False),
        (200, PlatformStatus.REFUNDED, False),
        (250, PlatformStatus.CANCELLED, False),
        (77, PlatformStatus.UNKNOWN, False),
        pytest.param("20", PlatformStatus.PAID, False, id="in digits"),
    ],
)
def test_a_status_is_one_of_ours(word: object, status: PlatformStatus, risk: bool) -> None:
    """One table; a number nobody knows stays beside UNKNOWN, and a group that is not complete may not leave."""
    snapshot = read(an_order(status=word)).snapshot

    assert (snapshot.status, snapshot.raw_status, snapshot.platform_risk) == (status, str(word), risk)


def test_the_same_product_twice_is_one_line() -> None:
    """WeChat ships by product and SKU: a paid piece and a free one cannot be told apart."""
    products = [a_product(), a_product(sku_id="20002"), a_product(sku_cnt=1, real_price=0)]

    lines = read(an_order("order_detail.product_infos", products)).snapshot.lines

    assert [(line.id, line.quantity, line.total_fen) for line in lines] == [
        ("10001-20001", 3, 17_000),
        ("10001-20002", 2, 17_000),
    ]


def test_without_prices_of_lines_what_was_paid_is_shared() -> None:
    """To the fen, by what the goods cost, and without the freight."""
    products = [
        a_product(real_price=None, sku_cnt=1, sale_price=2),
        a_product(sku_id="2", real_price=None, sku_cnt=1, sale_price=1),
    ]

    lines = read(an_order("order_detail.product_infos", products)).snapshot.lines

    assert [line.total_fen for line in lines] == [11_333, 5_667]


def test_a_product_without_a_code_keeps_a_stable_one() -> None:
    """It will be parked as unknown, by a name that can be mapped."""
    (line,) = read(an_order("order_detail.product_infos.0.sku_code", "")).snapshot.lines

    assert line.sku == "product-10001-20001"


def test_money_given_back_is_counted_from_the_after_sales() -> None:
    """The order itself does not tell how much; an open one is only open."""
    open_one = CASE | {"after_sale_order_id": "9002", "status": "MERCHANT_PROCESSING"}
    payload = an_order(
        "aftersale_detail.on_aftersale_order_cnt", 1, after_sales=[CASE, CASE | {"status": "X"}, open_one]
    )

    snapshot = read(payload).snapshot

    assert (snapshot.refunded_fen, snapshot.refund_open) == (500, True)


def test_an_order_that_went_back_whole_is_refunded_whole() -> None:
    """Even where no after-sale says how much."""
    snapshot = read(an_order(status=200)).snapshot

    assert snapshot.refunded_fen == snapshot.total_fen


def test_goods_that_travel_by_wire_have_no_receiver() -> None:
    """A virtual product's order has an address without anything in it."""
    mapped = read(an_order("order_detail.delivery_info.address_info", {}))

    assert (mapped.receiver, mapped.snapshot.province) == (None, "")


SECRET = "张三丰 13812345678"
BROKEN: list[tuple[str, Any]] = [
    ("order_id", None), ("order_id", SECRET), ("order_id", 1.5), ("order_id", True), ("order_id", ""),
    ("status", SECRET), ("status", None), ("status", 20.0), ("status", -1),
    ("create_time", SECRET), ("create_time", 0), ("create_time", CREATED * 1000), ("create_time", 10**30),
    ("update_time", None), ("update_time", CREATED + 10 * 86_400), ("update_time", [SECRET]),
    ("openid", [SECRET]),
    ("order_detail", None), ("order_detail", SECRET),
    ("order_detail.product_infos", None), ("order_detail.product_infos", SECRET),
    ("order_detail.product_infos.0", SECRET),
    ("order_detail.product_infos.0.product_id", SECRET), ("order_detail.product_infos.0.product_id", "9" * 32),
    ("order_detail.product_infos.0.sku_id", None), ("order_detail.product_infos.0.sku_code", {"a": SECRET}),
    ("order_detail.product_infos.0.sku_cnt", 0), ("order_detail.product_infos.0.sku_cnt", SECRET),
    ("order_detail.product_infos.0.sku_cnt", 10**9), ("order_detail.product_infos.0.real_price", 170.5),
    ("order_detail.product_infos.0.real_price", "170.00"), ("order_detail.product_infos.0.real_price", -1),
    ("order_detail.product_infos.0.delivery_deadline", SECRET), ("order_detail.product_infos.0.title", [SECRET]),
    ("order_detail.price_info", None), ("order_detail.price_info.order_price", None),
    ("order_detail.price_info.order_price", "180.00"), ("order_detail.price_info.order_price", 180.0),
    ("order_detail.price_info.order_price", -5), ("order_detail.price_info.order_price", True),
    ("order_detail.pay_info.pay_time", SECRET), ("order_detail.pay_info.pay_time", {}),
    ("order_detail.delivery_info.address_info.user_name", [SECRET]),
    ("order_detail.delivery_info.address_info", SECRET),
    ("order_detail.ext_info.customer_notes", {"a": SECRET}),
    ("aftersale_detail.on_aftersale_order_cnt", SECRET),
]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "value"), BROKEN, ids=[f"{place}-{n}" for n, (place, _) in enumerate(BROKEN)]
)
def test_a_broken_field_is_named_and_never_quoted(place: str, value: Any) -> None:
    """The order is parked with the place; the content may be somebody's address."""
    with pytest.raises(Unmappable) as raised:
        read(an_order(place, value))

    assert raised.value.field.startswith(place)
    assert SECRET not in str(raised.value)


def test_a_broken_after_sale_parks_the_order() -> None:
    """Money that cannot be read is not nothing."""
    with pytest.raises(Unmappable) as raised:
        read(an_order(after_sales=[CASE | {"refund_info": {"amount": "5.00"}}]))

    assert raised.value.field == "after_sales.0.refund_info.amount"


@given(noise=st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists))
@settings(max_examples=60)
def test_whatever_comes_is_read_or_unmappable(noise: Any) -> None:
    """No payload makes the connector fail in another way."""
    places = ("order_id", "order_detail.product_infos", "order_detail.pay_info.pay_time", "update_time")

    outcomes = [read_or_field(an_order(place, noise)) for place in places]

    assert all(outcomes)


def read_or_field(payload: dict[str, Any]) -> Mapped | str:
    """What an order is in our words, or the field that cannot be read."""
    try:
        return read(payload)
    except Unmappable as error:
        return error.field


def test_an_after_sale_is_translated_whole() -> None:
    """Kind, status, line, pieces and money."""
    case = to_after_sale(CASE | {"type": "RETURN", "status": "MERCHANT_WAIT_RECEIPT"}, SHOP)

    assert case == AfterSale(
        id="9001",
        order=OrderKey(channel="wechat", shop="main", number="3700000000000000001"),
        kind="return",
        status="returning",
        raw_status="MERCHANT_WAIT_RECEIPT",
        line="10001-20001",
        quantity=1,
        refund_fen=500,
        modified_at=datetime.fromtimestamp(CREATED, UTC) + timedelta(seconds=90),
    )


def test_an_after_sale_nobody_knows_stays_unknown() -> None:
    """Their word stays beside ours."""
    case = to_after_sale(CASE | {"type": "BARTER", "status": "ON_THE_MOON"}, SHOP)

    assert (case.kind, case.status, case.raw_status) == ("other", "unknown", "ON_THE_MOON")


def test_a_status_that_is_no_word_is_refused() -> None:
    """It would travel on, and might be somebody's name."""
    with pytest.raises(Unmappable) as raised:
        to_after_sale(CASE | {"status": SECRET}, SHOP)

    assert raised.value.field == "status"
    assert SECRET not in str(raised.value)
