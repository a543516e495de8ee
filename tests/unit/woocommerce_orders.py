"""Orders as WooCommerce writes them, after its own documentation, and moments to read them at."""

from datetime import UTC, datetime
from typing import Any

from oms.domain.ids import ShopKey

SHOP = ShopKey(channel="woocommerce", shop="main")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def an_address(**changes: Any) -> dict[str, Any]:
    address = {
        "first_name": "建国", "last_name": "张", "company": "", "address_1": "西湖区文三路 9 号", "address_2": "2 单元 301",
        "city": "杭州市", "state": "CN12", "postcode": "310012", "country": "CN", "phone": "13812345678",
    }  # fmt: skip
    return {**address, **changes}


def a_line(**changes: Any) -> dict[str, Any]:
    line = {
        "id": 315, "name": "婴儿连体衣 &ndash; 红", "product_id": 93, "variation_id": 0, "quantity": 2, "tax_class": "",
        "subtotal": "180.00", "subtotal_tax": "0.00", "total": "178.00", "total_tax": "0.00", "taxes": [],
        "meta_data": [], "sku": "MB-001-RED", "price": 89.00000001,
    }  # fmt: skip
    return {**line, **changes}


def an_order(**changes: Any) -> dict[str, Any]:
    order = {
        "id": 727, "parent_id": 0, "number": "727", "status": "processing", "currency": "CNY",
        "date_created": "2026-11-22T17:31:02", "date_created_gmt": "2026-11-22T09:31:02",
        "date_modified": "2026-11-22T17:31:20", "date_modified_gmt": "2026-11-22T09:31:20",
        "date_paid": "2026-11-22T17:31:20", "date_paid_gmt": "2026-11-22T09:31:20", "date_completed": None,
        "discount_total": "2.00", "shipping_total": "10.00", "total": "188.00", "total_tax": "0.00",
        "customer_id": 26, "customer_note": "", "meta_data": [],
        "billing": an_address(email="Zhang@Example.com"), "shipping": an_address(),
        "line_items": [a_line()], "shipping_lines": [], "fee_lines": [], "coupon_lines": [], "refunds": [],
    }  # fmt: skip
    return {**order, **changes}


def meta(key: str, value: Any) -> dict[str, Any]:
    return {"id": 1, "key": key, "value": value}
