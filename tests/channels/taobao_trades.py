"""Trades and refunds as the gateway shows them, with what a test wants to be different."""

from datetime import UTC, datetime
from typing import Any

from oms.domain.ids import ShopKey

SHOP = ShopKey(channel="taobao", shop="main")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def a_line(**changes: Any) -> dict[str, Any]:
    """A line of two pieces for 188 yuan."""
    line: dict[str, Any] = {
        "oid": 4263900000000000012, "num_iid": 620000000001, "sku_id": "5000000000001", "outer_iid": "MB-001",
        "outer_sku_id": "MB-001-RED", "title": "婴儿连体衣", "num": 2, "payment": "198.00",
        "divide_order_fee": "188.00", "part_mjz_discount": "10.00", "status": "WAIT_SELLER_SEND_GOODS",
        "refund_status": "NO_REFUND",
    }  # fmt: skip
    return without_nothing(line | changes)


def a_trade(*lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A paid trade; a change to None takes the key away."""
    trade: dict[str, Any] = {
        "tid": 4263900000000000011, "status": "WAIT_SELLER_SEND_GOODS", "payment": "188.00", "post_fee": "0.00",
        "created": "2026-11-22 09:31:02", "pay_time": "2026-11-22 09:31:20", "modified": "2026-11-22 09:31:20",
        "buyer_open_uid": "AAGfX", "has_buyer_message": False, "receiver_name": "张**",
        "receiver_state": "浙江省", "receiver_city": "杭州市", "receiver_district": "西湖区",
        "receiver_address": "****", "receiver_zip": "310012", "receiver_mobile": "*******0000",
        "oaid": "1Qtest", "orders": {"order": list(lines) or [a_line()]},
    }  # fmt: skip
    return without_nothing(trade | changes)


def without_nothing(told: dict[str, Any]) -> dict[str, Any]:
    """Take away the keys that a test has set to None."""
    return {name: value for name, value in told.items() if value is not None}
