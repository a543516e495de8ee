"""Where Pinduoduo's words end: orders become ours, broken ones a reason that names a field and no content."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from oms.channels.pdd.mapping import to_mapped
from oms.domain.errors import Unmappable
from oms.domain.order import PlatformStatus
from oms.ports import Mapped
from tests.channels.pdd_world import NOW, SHOP, an_item, an_order

P = PlatformStatus


def mapped(**changes: Any) -> Mapped:
    """The order, changed and read."""
    return to_mapped(an_order(**changes), SHOP, now=NOW)


def test_an_order_is_read_whole() -> None:
    """Money in fen, times in UTC, the promise, the masked receiver and the mark of the address."""
    read = mapped()

    snapshot, receiver = read.snapshot, read.receiver
    assert (snapshot.status, snapshot.raw_status) == (P.PAID, "1/1/1")
    assert (snapshot.total_fen, snapshot.currency) == (18800, "CNY")
    assert snapshot.created_at == datetime(2026, 11, 22, 1, 31, 2, tzinfo=UTC)
    assert snapshot.ship_by == datetime(2026, 11, 24, 1, 31, 25, tzinfo=UTC)
    (line,) = snapshot.lines
    assert (line.id, line.sku, line.quantity, line.total_fen) == ("800000000001", "SKU-1", 2, 18800)
    assert receiver is not None
    assert (receiver.name, receiver.phone, receiver.token) == ("张*", "138****0000", "OAID0001")
    assert (read.remark, snapshot.has_remark, snapshot.province) == ("务必上午送达", True, "浙江省")


@pytest.mark.parametrize(
    ("confirm", "order", "refund", "status"),
    [
        (0, 1, 1, P.AWAITING_PAYMENT), (1, 1, 1, P.PAID), (1, 2, 1, P.SHIPPED), (1, 3, 1, P.CONFIRMED),
        (2, 1, 1, P.CANCELLED), (2, 1, 4, P.CANCELLED), (1, 1, 4, P.REFUNDED), (1, 2, 4, P.SHIPPED),
        (1, 1, 2, P.PAID), (1, 7, 1, P.UNKNOWN), (9, 1, 1, P.UNKNOWN),
    ],
)  # fmt: skip
def test_three_statuses_make_one(confirm: int, order: int, refund: int, status: PlatformStatus) -> None:
    """The deal, the goods and the money; what nobody knows stays unknown and keeps their figures."""
    snapshot = mapped(confirm_status=confirm, order_status=order, refund_status=refund).snapshot

    assert (snapshot.status, snapshot.raw_status) == (status, f"{confirm}/{order}/{refund}")


def test_a_review_and_an_open_refund_are_told() -> None:
    """Neither may be shipped past."""
    snapshot = mapped(risk_control_status=1, refund_status=2).snapshot

    assert (snapshot.platform_risk, snapshot.refund_open) == (True, True)


def test_a_refund_counts_what_went_back() -> None:
    """Only after-sales that ended with money; part of it leaves the order alive."""
    back = [
        {"after_sales_status": 10, "refund_amount": "20.50"},
        {"after_sales_status": 11, "refund_amount": "9"},
    ]

    part = mapped(refund_status=4, order_status=2, refund_list=back).snapshot
    whole = mapped(
        refund_status=4, order_status=2, refund_list=[{"after_sales_status": 10, "refund_amount": "188.00"}]
    ).snapshot

    assert (part.status, part.refunded_fen) == (P.SHIPPED, 2050)
    assert (whole.status, whole.refunded_fen) == (P.REFUNDED, 18800)


def test_what_the_buyer_pays_is_shared_over_the_lines() -> None:
    """Postage and services apart; gifts are lines that cost nothing; a SKU without a code of ours keeps theirs."""
    items = [an_item(), an_item(sku_id=2, outer_id="", goods_price="2.00", goods_count=1)]
    gift = an_item(sku_id=3, outer_id="GIFT", goods_count=1)

    lines = mapped(
        pay_amount="210.01", postage="10.00", service_fee_detail=[{"service_fee": "0.01"}], item_list=items,
        gift_list=[gift],
    ).snapshot.lines  # fmt: skip

    assert [(line.id, str(line.sku), line.total_fen) for line in lines] == [
        ("800000000001", "SKU-1", 19800), ("2", "sku-2", 200), ("gift-3", "GIFT", 0),
    ]  # fmt: skip


def test_the_same_sku_twice_is_two_lines() -> None:
    """Each with an id of its own."""
    lines = mapped(item_list=[an_item(), an_item()]).snapshot.lines

    assert [line.id for line in lines] == ["800000000001", "800000000001-2"]


@pytest.mark.parametrize(
    ("written", "fen"), [("188.0", 18800), (188, 18800), ("1.0E7", 10**9), (188.1, 18810)]
)
def test_amounts_are_read_however_they_are_written(written: object, fen: int) -> None:
    """A float comes only from payloads that somebody else has parsed; its text is exact."""
    assert mapped(pay_amount=written).snapshot.total_fen == fen


def test_ciphers_do_not_make_another_receiver() -> None:
    """They come and go with the order's status and may differ from answer to answer; the person does not."""
    before = mapped().receiver
    after = mapped(receiver_name="", receiver_phone="", receiver_address="", order_status=2).receiver

    assert before == after


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("order_sn", None), ("order_sn", "张三丰"), ("order_sn", 5), ("order_status", "发货给张三丰"),
        ("order_status", None), ("created_time", "张三丰"), ("created_time", "0001-01-01 00:00:00"),
        ("updated_at", None), ("updated_at", "2027-11-22 09:31:25"), ("pay_time", "昨天"),
        ("pay_amount", None), ("pay_amount", "张三丰"), ("pay_amount", "1.234"), ("pay_amount", "-1.00"),
        ("pay_amount", "1E999999999"), ("pay_amount", True), ("last_ship_time", "soon"), ("item_list", None),
        ("item_list", "张三丰"), ("receiver_name_mask", ["张三丰"]), ("gift_list", [{"sku_id": 1}]),
        ("item_list.0.goods_count", 0), ("item_list.0.goods_price", "x"), ("item_list.0.sku_id", "张三丰"),
    ],
)  # fmt: skip
def test_a_broken_field_is_named_and_its_content_is_not(field: str, value: object) -> None:
    """A person repairs the place; whatever stood there may be somebody's name."""
    name, _, inner = field.partition(".0.")
    payload = an_order(**({name: [an_item(**{inner: value})]} if inner else {field: value}))

    with pytest.raises(Unmappable) as raised:
        to_mapped(payload, SHOP, now=NOW)

    assert raised.value.field.startswith(field)
    assert "张三丰" not in str(raised.value)


def test_an_order_without_an_address_has_no_receiver() -> None:
    """Virtual goods."""
    blank = dict.fromkeys(
        ("receiver_name", "receiver_name_mask", "receiver_phone", "receiver_phone_mask", "receiver_address",
         "receiver_address_mask", "open_address_id"), "",
    )  # fmt: skip

    assert mapped(**blank).receiver is None


def test_a_clock_slightly_ahead_is_believed() -> None:
    """A day is the limit."""
    ahead = (NOW + timedelta(hours=20)).strftime("%Y-%m-%d %H:%M:%S")

    assert mapped(updated_at=ahead).snapshot.modified_at > NOW
