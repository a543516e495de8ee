"""A Pinduoduo order as its list shows it, and a shop whose gateway is wherever a test says."""

from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from oms.channels.pdd import PddConfig, Pinduoduo
from oms.domain.ids import ShopKey
from oms.http import Http
from oms.ports import Token
from tests.channels.platform_world import MemoryTokens

SHOP = ShopKey(channel="pdd", shop="main")
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def an_item(**changes: Any) -> dict[str, Any]:
    """One line: two pieces at 99 yuan."""
    item = {
        "goods_id": 700000000001, "sku_id": 800000000001, "goods_name": "连体衣", "goods_spec": "红,80",
        "goods_price": "99.0", "goods_count": 2, "outer_id": "SKU-1",
    }  # fmt: skip
    return item | changes


def an_order(**changes: Any) -> dict[str, Any]:
    """A paid order of 188 yuan that waits to be shipped."""
    order = {
        "order_sn": "261122-000000000000001", "order_status": 1, "refund_status": 1, "confirm_status": 1,
        "risk_control_status": 0, "created_time": "2026-11-22 09:31:02", "pay_time": "2026-11-22 09:31:20",
        "updated_at": "2026-11-22 09:31:25", "last_ship_time": "2026-11-24 09:31:25", "pay_amount": "188.0",
        "postage": "0.0", "province": "浙江省", "city": "杭州市", "town": "西湖区",
        "receiver_name": "~AgAAAAn~enc~", "receiver_name_mask": "张*", "receiver_phone": "$AgAAAAp$enc$",
        "receiver_phone_mask": "138****0000", "receiver_address": "~AgAAAAa~enc~",
        "receiver_address_mask": "文****室", "open_address_id": "OAID0001", "buyer_memo": "务必上午送达",
        "tracking_number": "", "item_list": [an_item()],
    }  # fmt: skip
    return order | changes


def a_shop(url: str, http: Http, tokens: MemoryTokens | None = None, **changes: Any) -> Pinduoduo:
    """A shop on a gateway at `url`."""
    config: dict[str, Any] = {
        "shop": SHOP, "url": url, "client_id": "1", "client_secret": SecretStr("testSecret"),
        "token": Token(access="first", refresh="again"), "settle_seconds": 0,
    }  # fmt: skip
    return Pinduoduo(PddConfig.model_validate(config | changes), http, tokens or MemoryTokens())
