"""A trade becomes a snapshot in our words, or a reason that names the field and quotes nobody."""

from datetime import UTC, datetime
from typing import Any

import pytest

from oms.channels.taobao.mapping import to_mapped
from oms.domain.errors import Unmappable
from oms.domain.order import PlatformStatus
from tests.channels.taobao_trades import NOW, SHOP, a_line, a_trade


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("TRADE_NO_CREATE_PAY", PlatformStatus.AWAITING_PAYMENT),
        ("WAIT_BUYER_PAY", PlatformStatus.AWAITING_PAYMENT),
        ("PAY_PENDING", PlatformStatus.AWAITING_PAYMENT),
        ("WAIT_PRE_AUTH_CONFIRM", PlatformStatus.AWAITING_PAYMENT),
        ("PAID_FORBID_CONSIGN", PlatformStatus.PAID),
        ("WAIT_SELLER_SEND_GOODS", PlatformStatus.PAID),
        ("SELLER_CONSIGNED_PART", PlatformStatus.PAID),
        ("WAIT_BUYER_CONFIRM_GOODS", PlatformStatus.SHIPPED),
        ("TRADE_BUYER_SIGNED", PlatformStatus.SHIPPED),
        ("TRADE_FINISHED", PlatformStatus.CONFIRMED),
        ("TRADE_CLOSED", PlatformStatus.REFUNDED),
        ("TRADE_CLOSED_BY_TAOBAO", PlatformStatus.CANCELLED),
        ("TRADE_SOMETHING_NEW", PlatformStatus.UNKNOWN),
    ],
)
def test_each_status_has_its_word(word: str, status: PlatformStatus) -> None:
    """One table; what is not in it is unknown and keeps its own word."""
    snapshot = to_mapped(a_trade(status=word), SHOP, now=NOW).snapshot

    assert (snapshot.status, snapshot.raw_status) == (status, word)
    assert snapshot.platform_risk is (word == "PAID_FORBID_CONSIGN")


def test_a_trade_is_read_whole() -> None:
    """Number as text, yuan as fen, GMT+8 as UTC, the masked receiver with the token beside it."""
    mapped = to_mapped(a_trade(delivery_time="2026-11-24 09:31:20", buyer_message="请放门口"), SHOP, now=NOW)

    snapshot = mapped.snapshot
    assert snapshot.key.number == "4263900000000000011"
    assert snapshot.created_at == datetime(2026, 11, 22, 1, 31, 2, tzinfo=UTC)
    assert snapshot.ship_by == datetime(2026, 11, 24, 1, 31, 20, tzinfo=UTC)
    assert (snapshot.total_fen, snapshot.province) == (18800, "浙江省")
    assert [(line.sku, line.quantity, line.total_fen) for line in snapshot.lines] == [
        ("MB-001-RED", 2, 18800)
    ]
    assert mapped.receiver is not None
    assert (mapped.receiver.token, mapped.receiver.name) == ("1Qtest", "张**")
    assert (mapped.buyer_id, mapped.remark) == ("AAGfX", "请放门口")


def test_a_presale_of_which_the_rest_is_not_paid_is_not_paid() -> None:
    """A deposit does not ship goods."""
    trade = a_trade(status="WAIT_SELLER_SEND_GOODS", step_trade_status="FRONT_PAID_FINAL_NOPAID")

    assert to_mapped(trade, SHOP, now=NOW).snapshot.status is PlatformStatus.AWAITING_PAYMENT


@pytest.mark.parametrize(
    ("word", "is_open"),
    [
        ("NO_REFUND", False), ("", False), ("CLOSED", False), ("SUCCESS", False), ("SELLER_REFUSE_BUYER", False),
        ("WAIT_SELLER_AGREE", True), ("WAIT_BUYER_RETURN_GOODS", True), ("WAIT_SELLER_CONFIRM_GOODS", True),
        ("SOMETHING_NEW", True),
    ],
)  # fmt: skip
def test_a_refund_on_any_line_is_open_until_it_is_over(word: str, is_open: bool) -> None:
    """A word we do not know stops the goods rather than sends them."""
    trade = a_trade(a_line(), a_line(oid=13, refund_status=word))

    assert to_mapped(trade, SHOP, now=NOW).snapshot.refund_open is is_open


def test_a_line_that_was_refunded_before_it_left_is_not_wanted_any_more() -> None:
    """The platform warns not to ship it; what it cost was given back."""
    trade = a_trade(
        a_line(), a_line(oid=13, status="TRADE_CLOSED", divide_order_fee="50.00"), payment="238.00"
    )

    snapshot = to_mapped(trade, SHOP, now=NOW).snapshot

    assert [line.id for line in snapshot.lines] == ["4263900000000000012"]
    assert (snapshot.total_fen, snapshot.refunded_fen) == (23800, 5000)


def test_a_trade_closed_after_payment_keeps_its_lines_and_all_its_money_is_back() -> None:
    """What was ordered stays on record."""
    snapshot = to_mapped(
        a_trade(a_line(status="TRADE_CLOSED"), status="TRADE_CLOSED"), SHOP, now=NOW
    ).snapshot

    assert (len(snapshot.lines), snapshot.refunded_fen) == (1, 18800)


def test_a_line_without_its_share_is_worth_its_payment_without_the_postage() -> None:
    """A single line's payment holds the postage."""
    line = a_line(divide_order_fee=None, payment="208.00", part_mjz_discount="10.00")

    snapshot = to_mapped(a_trade(line, post_fee="10.00"), SHOP, now=NOW).snapshot

    assert snapshot.lines[0].total_fen == 18800


@pytest.mark.parametrize(
    ("changes", "sku"),
    [
        ({}, "MB-001-RED"),
        ({"outer_sku_id": None}, "MB-001"),
        ({"outer_sku_id": "", "outer_iid": " "}, "item-620000000001-5000000000001"),
        ({"outer_sku_id": None, "outer_iid": None, "sku_id": None}, "item-620000000001"),
    ],
)
def test_a_line_is_called_by_the_merchant_s_own_code(changes: dict[str, Any], sku: str) -> None:
    """Or by a name that stays the same until somebody maps it."""
    assert to_mapped(a_trade(a_line(**changes)), SHOP, now=NOW).snapshot.lines[0].sku == sku


def test_goods_that_nobody_carries_have_no_receiver() -> None:
    """A top-up has an order and no address."""
    trade = {name: value for name, value in a_trade(oaid=None).items() if not name.startswith("receiver_")}

    assert to_mapped(trade, SHOP, now=NOW).receiver is None


def without(field: str) -> dict[str, Any]:
    """A trade without a field."""
    return a_trade(**{field: None})


BAD: list[tuple[str, dict[str, Any], str]] = [
    *((f"no {field}", without(field), field) for field in ("tid", "status", "payment", "created", "modified", "orders")),
    ("negative total", a_trade(payment="-0.01"), "payment"),
    ("finer than a fen", a_trade(payment="1.005"), "payment"),
    ("a float", a_trade(payment=188.0), "payment"),
    ("no amount", a_trade(payment="1,000.00"), "payment"),
    ("a list for an amount", a_trade(post_fee=["1"]), "post_fee"),
    ("negative line", a_trade(a_line(divide_order_fee="-1.00")), "orders.0.divide_order_fee"),
    ("quantity 0", a_trade(a_line(num=0)), "orders.0.num"),
    ("half a piece", a_trade(a_line(num=1.5)), "orders.0.num"),
    ("a true quantity", a_trade(a_line(num=True)), "orders.0.num"),
    ("a number of 200 digits", a_trade(tid=10**200), "tid"),
    ("a number with a slash", a_trade(tid="7/../8"), "tid"),
    ("a true number", a_trade(tid=True), "tid"),
    ("no line number", a_trade(a_line(oid=None)), "orders.0.oid"),
    ("a status that is an address", a_trade(status="杭州市西湖区文三路1号"), "status"),
    ("created never", a_trade(created="0000-00-00 00:00:00"), "created"),
    ("created at a number", a_trade(created=1763776800), "created"),
    ("modified in another shape", a_trade(modified="2026-11-22T09:31:20"), "modified"),
    ("paid in the future", a_trade(pay_time="2026-11-24 09:31:20"), "pay_time"),
    ("promised somehow", a_trade(delivery_time=["soon"]), "delivery_time"),
    ("lines that are none", a_trade(orders="two shirts"), "orders"),
    ("501 lines", a_trade(orders={"order": [a_line()] * 501}), "orders"),
    ("a person for a name", a_trade(receiver_name={"first": "三丰"}), "receiver_name"),
]  # fmt: skip


@pytest.mark.parametrize(("payload", "field"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_what_is_broken_is_named_and_not_quoted(payload: dict[str, Any], field: str) -> None:
    """A person repairs the field; nobody's address goes into a log."""
    with pytest.raises(Unmappable) as raised:
        to_mapped(payload, SHOP, now=NOW)

    assert raised.value.field == field
    for word in ("杭州", "三丰", "7/..", "two shirts", "soon", "1,000"):
        assert word not in str(raised.value)
