"""Orders in WeChat's words for tests: one that is whole, changed where a test says."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from oms.channels.wechat import WeChatConfig
from oms.domain.ids import ShopKey

SHOP = ShopKey(channel="wechat", shop="main")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
CREATED = 1_795_340_000
"""2026-11-22T09:33:20Z."""
NAME, PHONE, STREET = "欧阳**", "138****5678", "文三路******"

ORDER: dict[str, Any] = {
    "order_id": "3700000000000000001",
    "openid": "oBuyer1",
    "status": 20,
    "create_time": CREATED,
    "update_time": CREATED + 60,
    "order_detail": {
        "product_infos": [
            {
                "product_id": "10001", "sku_id": "20001", "sku_code": "MB-001-RED", "title": "婴儿连体衣 – 红",
                "sku_cnt": 2, "sale_price": 8900, "real_price": 17_000,
            }
        ],
        "pay_info": {"pay_time": CREATED + 30, "transaction_id": "42", "payment_method": 1},
        "price_info": {"product_price": 17_800, "order_price": 18_000, "freight": 1000, "discounted_price": 800},
        "delivery_info": {
            "address_info": {
                "user_name": NAME, "tel_number": PHONE, "province_name": "浙江省", "city_name": "杭州市",
                "county_name": "西湖区", "detail_info": STREET, "postal_code": "310012", "hash_code": "h1",
            },
            "deliver_method": 0,
        },
        "ext_info": {"customer_notes": "请放门口", "merchant_notes": ""},
    },
    "aftersale_detail": {"on_aftersale_order_cnt": 0},
}  # fmt: skip


def an_order(place: str = "", value: Any = None, **changes: Any) -> dict[str, Any]:
    """An order with other top-level fields, and with `value` at a dotted place."""
    order: dict[str, Any] = deepcopy(ORDER) | changes
    if place:
        put(order, place, value)
    return order


def put(order: Any, place: str, value: Any) -> None:
    """Put a value at a dotted place; numbers count in lists."""
    *way, last = place.split(".")
    for part in way:
        order = order[int(part) if part.isdecimal() else part]
    order[int(last) if last.isdecimal() else last] = value


def a_product(**changes: Any) -> dict[str, Any]:
    """The one product of the order, changed."""
    product: dict[str, Any] = deepcopy(ORDER["order_detail"]["product_infos"][0])
    return product | changes


def a_config(url: str = "http://127.0.0.1:1", **changes: str) -> WeChatConfig:
    """What a shop is told; the keys are those of the published vectors."""
    secrets = {
        "app_id": "wx0000000000000000",
        "app_secret": "s",
        "token": "tok",
        "aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    } | changes
    return WeChatConfig(
        shop=SHOP, base_url=url, **{name: SecretStr(value) for name, value in secrets.items()}
    )
