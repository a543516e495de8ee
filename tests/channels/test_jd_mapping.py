"""What JD says of an order, in our words: a pure function, tried with every field broken."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from oms.channels.jd.mapping import to_mapped
from oms.domain.errors import Unmappable
from oms.domain.ids import ShopKey
from oms.domain.order import PlatformStatus
from oms.ports import Mapped

SHOP = ShopKey(channel="jd", shop="main")
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SECRET = "张三丰"


def an_order(**changes: Any) -> dict[str, Any]:
    """An order as JD's list shows it, with some fields as a test wants them."""
    item = {
        "skuId": "100000000001",
        "outerSkuId": "MB-1",
        "skuName": "连体衣",
        "jdPrice": "99.50",
        "itemTotal": "2",
    }
    consignee = {
        "fullname": "张*", "mobile": "*******0000", "telephone": "", "province": "浙江", "city": "杭州市",
        "county": "西湖区", "town": "", "fullAddress": "浙江杭州市西湖区****",
    }  # fmt: skip
    return {
        "orderId": "300000000001", "orderState": "WAIT_SELLER_STOCK_OUT", "payType": "4-在线支付",
        "orderTotalPrice": "199.00", "orderSellerPrice": "189.00", "orderPayment": "189.00",
        "freightPrice": "0.00", "balanceUsed": "0.00", "orderRemark": "",
        "orderStartTime": "2026-11-22 09:31:02", "paymentConfirmTime": "2026-11-22 09:31:20",
        "modified": "2026-11-22 09:31:20", "open_id_buyer": "oid1", "oaid": "oaid-1",
        "consigneeInfo": consignee, "itemInfoList": [item], "couponDetailList": [],
    } | changes  # fmt: skip


def mapped(**changes: Any) -> Mapped:
    """The order, read."""
    return to_mapped(an_order(**changes), SHOP, now=NOW)


def test_an_order_is_read() -> None:
    """Times are GMT+8, amounts yuan as text, the region is not said twice."""
    read = mapped(orderRemark="请放门口")

    snapshot = read.snapshot
    assert str(snapshot.key) == "jd:main:300000000001"
    assert snapshot.created_at == datetime(2026, 11, 22, 1, 31, 2, tzinfo=UTC)
    assert (snapshot.total_fen, snapshot.refunded_fen, snapshot.currency) == (18900, 0, "CNY")
    assert [(line.id, line.sku, line.quantity, line.total_fen) for line in snapshot.lines] == [
        ("100000000001", "MB-1", 2, 18900)
    ]
    assert (snapshot.has_remark, read.remark, read.buyer_id) == (True, "请放门口", "oid1")
    assert read.receiver is not None
    assert (read.receiver.province, read.receiver.city, read.receiver.district) == (
        "浙江",
        "杭州市",
        "西湖区",
    )
    assert (read.receiver.address, read.receiver.token) == ("****", "oaid-1")


@pytest.mark.parametrize(
    ("state", "paid", "status", "risk", "refund_open"),
    [
        ("NOT_PAY", False, PlatformStatus.AWAITING_PAYMENT, False, False),
        ("WAIT_SELLER_STOCK_OUT", True, PlatformStatus.PAID, False, False),
        ("WAIT_SELLER_DELIVERY", True, PlatformStatus.PAID, False, False),
        ("WAIT_GOODS_RECEIVE_CONFIRM", True, PlatformStatus.SHIPPED, False, False),
        ("FINISHED_L", True, PlatformStatus.CONFIRMED, False, False),
        ("LOCKED", True, PlatformStatus.PAID, False, True),
        ("LOCKED", False, PlatformStatus.AWAITING_PAYMENT, False, True),
        ("POP_ORDER_PAUSE", True, PlatformStatus.PAID, True, False),
        ("PAUSE", True, PlatformStatus.PAID, True, False),
        ("TRADE_CANCELED", False, PlatformStatus.CANCELLED, False, False),
        ("TRADE_CANCELED", True, PlatformStatus.REFUNDED, False, False),
        ("WAIT_SEND_CODE", True, PlatformStatus.UNKNOWN, False, False),
        ("SOMETHING_NEW", True, PlatformStatus.UNKNOWN, False, False),
    ],
)
def test_every_state_has_its_meaning(
    state: str, paid: bool, status: PlatformStatus, risk: bool, refund_open: bool
) -> None:
    """Locked and paused orders are flagged, not finished; an unknown word travels on as it is."""
    snapshot = mapped(orderState=state, paymentConfirmTime="2026-11-22 09:31:20" if paid else "").snapshot

    assert (snapshot.status, snapshot.raw_status) == (status, state)
    assert (snapshot.platform_risk, snapshot.refund_open) == (risk, refund_open)
    assert snapshot.refunded_fen == (18900 if status is PlatformStatus.REFUNDED else 0)


def test_cash_on_delivery_is_shipped_though_nobody_has_paid() -> None:
    """A pause does not make it wait for a payment that comes with the delivery."""
    paused = mapped(orderState="PAUSE", payType="1-货到付款", paymentConfirmTime="").snapshot

    assert (paused.status, paused.paid_at) == (PlatformStatus.PAID, None)


def test_money_adds_up_to_the_fen() -> None:
    """Balance is money too; freight belongs to no line; a discount is taken from its own SKU."""
    items = [
        {"skuId": "11", "jdPrice": "10.00", "itemTotal": "3"},
        {"skuId": "12", "jdPrice": 7, "itemTotal": 1},
    ]
    coupons = [{"couponPrice": "6.00", "skuId": "11"}, {"couponPrice": "1.00", "skuId": ""}]

    snapshot = mapped(
        itemInfoList=items,
        couponDetailList=coupons,
        orderPayment="25.00",
        balanceUsed="11",
        freightPrice="6.00",
    ).snapshot

    assert snapshot.total_fen == 3600
    assert sum(line.total_fen for line in snapshot.lines) == 3000
    assert [line.total_fen for line in snapshot.lines] == [2323, 677]
    assert [line.sku for line in snapshot.lines] == ["jd-11", "jd-12"]


def test_lines_of_one_sku_have_different_names() -> None:
    """JD has no sub-orders: a gift and what was bought may be the same SKU."""
    item = {"skuId": "11", "jdPrice": "1.00", "itemTotal": "1"}

    plain = mapped(itemInfoList=[item, item]).snapshot
    named = mapped(itemInfoList=[item | {"skuUuid": "1012_a"}, item | {"skuUuid": "1012_b"}]).snapshot

    assert [line.id for line in plain.lines] == ["11", "11-2"]
    assert [line.id for line in named.lines] == ["1012_a", "1012_b"]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("orderId", ""),
        ("orderId", {"x": SECRET}),
        ("orderId", f"1/{SECRET}"),
        ("orderState", ""),
        ("orderState", SECRET),
        ("orderPayment", SECRET),
        ("orderPayment", 18.9),
        ("orderPayment", "-1.00"),
        ("orderPayment", "1.005"),
        ("orderPayment", None),
        ("freightPrice", SECRET),
        ("balanceUsed", True),
        ("orderStartTime", SECRET),
        ("orderStartTime", ""),
        ("modified", "0001-01-01 00:00:00"),
        ("modified", "2026-11-24 10:00:00"),
        ("paymentConfirmTime", SECRET),
        ("orderRemark", [SECRET]),
        ("consigneeInfo", SECRET),
        ("itemInfoList", SECRET),
        ("itemInfoList.0.itemTotal", "0"),
        ("itemInfoList.0.itemTotal", SECRET),
        ("itemInfoList.0.itemTotal", "1.5"),
        ("itemInfoList.0.jdPrice", SECRET),
        ("itemInfoList.0.skuId", SECRET),
        ("itemInfoList.0.outerSkuId", SECRET * 100),
        ("couponDetailList", {"a": SECRET}),
    ],
)
def test_a_broken_field_is_named_and_not_quoted(place: str, value: object) -> None:
    """The reason is read by people who may not read the order."""
    order = an_order()
    top, _, rest = place.partition(".0.")
    if rest:
        order[top][0][rest] = value
    else:
        order[top] = value

    with pytest.raises(Unmappable) as raised:
        to_mapped(order, SHOP, now=NOW)

    assert raised.value.field.startswith(top)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(
    "place", ["orderId", "orderState", "orderPayment", "orderStartTime", "modified", "itemInfoList"]
)
def test_a_missing_field_is_named(place: str) -> None:
    """Half an order is none."""
    order = an_order()
    del order[place]

    with pytest.raises(Unmappable) as raised:
        to_mapped(order, SHOP, now=NOW)

    assert raised.value.field == place


def test_a_time_a_little_ahead_is_a_clock_and_no_fault() -> None:
    """Their clock and ours differ."""
    modified = (NOW + timedelta(hours=8, minutes=4)).strftime("%Y-%m-%d %H:%M:%S")

    snapshot = mapped(modified=modified).snapshot

    assert snapshot.modified_at == NOW + timedelta(minutes=4)


def test_nobody_is_shown_by_what_is_printed() -> None:
    """Neither the receiver nor the buyer's remark."""
    read = mapped(orderRemark=SECRET)

    assert SECRET not in repr(read)
    assert "张*" not in repr(read)
