"""Douyin orders in our words, and what is none of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from oms.channels.douyin.mapping import to_mapped
from oms.domain.errors import Unmappable
from oms.domain.order import PlatformStatus
from tests.channels.douyin_words import NOW, SECOND, SHOP, a_line, an_order


def test_an_order_is_read_whole() -> None:
    """Amounts stay fen, seconds become moments, the receiver stays masked under the platform's token."""
    mapped = to_mapped(an_order(), SHOP, now=NOW)

    snapshot, receiver = mapped.snapshot, mapped.receiver
    assert (snapshot.key.number, snapshot.status, snapshot.raw_status) == (
        "6900000000000000001",
        PlatformStatus.PAID,
        "2",
    )
    assert (snapshot.total_fen, snapshot.lines[0].total_fen, snapshot.lines[0].sku) == (18800, 18800, "SKU-1")
    assert (snapshot.modified_at, snapshot.ship_by) == (NOW, NOW + timedelta(days=1))
    assert receiver is not None
    assert (receiver.token, receiver.province, snapshot.province) == ("#address#", "浙江省", "浙江省")
    assert (mapped.buyer_id, mapped.remark, snapshot.has_remark) == ("#buyer#", "请放门口", True)


def test_numbers_as_text_are_the_same_numbers() -> None:
    """Doudian's own documents show both."""
    payload = an_order()
    texts = {key: str(value) for key, value in payload.items() if isinstance(value, int)}

    one, other = (to_mapped(row, SHOP, now=NOW).snapshot for row in (payload, payload | texts))

    assert one.fingerprint == other.fingerprint


@pytest.mark.parametrize(
    ("order_status", "main_status", "status", "risk"),
    [
        (1, 1, PlatformStatus.AWAITING_PAYMENT, False),
        (1, 103, PlatformStatus.AWAITING_PAYMENT, False),
        (105, 105, PlatformStatus.PAID, True),
        (2, 2, PlatformStatus.PAID, False),
        (101, 101, PlatformStatus.PAID, False),
        (3, 3, PlatformStatus.SHIPPED, False),
        (4, 4, PlatformStatus.CANCELLED, False),
        (5, 5, PlatformStatus.CONFIRMED, False),
        (4, 21, PlatformStatus.REFUNDED, False),
        (5, 22, PlatformStatus.REFUNDED, False),
        (5, 39, PlatformStatus.REFUNDED, False),
        (777, 777, PlatformStatus.UNKNOWN, False),
        (2, 777, PlatformStatus.UNKNOWN, False),
        (777, 2, PlatformStatus.UNKNOWN, False),
    ],
)
def test_each_status_has_its_word(
    order_status: int, main_status: int, status: PlatformStatus, risk: bool
) -> None:
    """Paid but under review must not be shipped; what we do not know is unknown and keeps its number."""
    payload = an_order(order_status=order_status, main_status=main_status)

    snapshot = to_mapped(payload, SHOP, now=NOW).snapshot

    assert (snapshot.status, snapshot.platform_risk) == (status, risk)
    assert str(order_status) in snapshot.raw_status
    assert snapshot.refunded_fen == (18800 if status is PlatformStatus.REFUNDED else 0)


def test_a_line_refunded_before_shipping_is_not_sent() -> None:
    """The rest of the order goes on, and the money given back is counted."""
    lines = [a_line(), a_line(order_id="6900000000000000003", pay_amount=500, order_status=4, main_status=21)]

    snapshot = to_mapped(an_order(sku_order_list=lines, pay_amount=19300), SHOP, now=NOW).snapshot

    assert [line.id for line in snapshot.lines] == ["6900000000000000002"]
    assert (snapshot.total_fen, snapshot.refunded_fen) == (19300, 500)


@pytest.mark.parametrize(
    ("status", "kind", "waits"),
    [(6, 2, True), (7, 0, True), (11, 0, True), (12, 2, False), (28, 2, False), (6, 3, False), (0, 0, False)],
)
def test_a_refund_that_waits_is_seen_on_the_order(status: int, kind: int, waits: bool) -> None:
    """An exchange, and a refund that is over, hold nothing up."""
    info = {"after_sale_status": status, "after_sale_type": kind}

    snapshot = to_mapped(an_order(sku_order_list=[a_line(after_sale_info=info)]), SHOP, now=NOW).snapshot

    assert snapshot.refund_open is waits


@pytest.mark.parametrize(
    ("codes", "sku"),
    [
        ({"code": "", "out_sku_id": "OUT-1"}, "OUT-1"),
        ({"code": None, "out_sku_id": 0}, "product-3473196049974326153-3254535"),
    ],
)
def test_a_line_without_the_merchant_s_code_has_a_stable_one(codes: dict[str, Any], sku: str) -> None:
    """0 stands for none."""
    snapshot = to_mapped(an_order(sku_order_list=[a_line(**codes)]), SHOP, now=NOW).snapshot

    assert snapshot.lines[0].sku == sku


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({"order_id": "李四 13800000000"}, "order_id"),
        ({"order_id": None}, "order_id"),
        ({"order_status": "浙江省杭州市文三路1号"}, "order_status"),
        ({"order_status": True}, "order_status"),
        ({"create_time": "2026-11-22 10:00:00"}, "create_time"),
        ({"update_time": SECOND * 1000}, "update_time"),
        ({"update_time": 0}, "update_time"),
        ({"update_time": SECOND + 200_000}, "update_time"),
        ({"pay_time": -5}, "pay_time"),
        ({"exp_ship_time": ["soon"]}, "exp_ship_time"),
        ({"pay_amount": 188.0}, "pay_amount"),
        ({"pay_amount": "188.00"}, "pay_amount"),
        ({"pay_amount": -1}, "pay_amount"),
        ({"pay_amount": 10**15}, "pay_amount"),
        ({"currency": "USD"}, "currency"),
        ({"buyer_words": {"x": 1}}, "buyer_words"),
        ({"mask_post_addr": "文三路"}, "mask_post_addr"),
        ({"sku_order_list": []}, "sku_order_list"),
        ({"sku_order_list": None}, "sku_order_list"),
        ({"sku_order_list": [a_line(item_num=0)]}, "sku_order_list.0.item_num"),
        ({"sku_order_list": [a_line(), a_line(pay_amount=None)]}, "sku_order_list.1.pay_amount"),
        ({"sku_order_list": [a_line(currency="USD")]}, "sku_order_list.0.currency"),
        ({"sku_order_list": [a_line()] * 501}, "sku_order_list"),
    ],
)
def test_a_broken_field_is_named_and_not_shown(broken: dict[str, Any], field: str) -> None:
    """Whoever reads the reason must find the place, and nobody's address."""
    with pytest.raises(Unmappable) as raised:
        to_mapped(an_order(**broken), SHOP, now=NOW)

    assert raised.value.field == field
    assert not any(word in str(raised.value) for word in ("李四", "13800000000", "文三路"))


def test_an_order_without_a_receiver_has_none() -> None:
    """Goods that are not sent anywhere are no reason to refuse the order."""
    nobody = dict.fromkeys(("mask_post_receiver", "mask_post_tel", "mask_post_addr", "open_address_id"))

    mapped = to_mapped(an_order(**nobody), SHOP, now=NOW)

    assert (mapped.receiver, mapped.snapshot.province) == (None, "")
    assert mapped.snapshot.created_at == datetime.fromtimestamp(SECOND - 60, UTC)
