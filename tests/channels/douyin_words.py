"""Douyin payloads, messages and channels as tests need them; every person here is invented."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from oms.channels.douyin import Douyin, DouyinConfig
from oms.channels.douyin.signature import event_sign
from oms.domain.ids import ShopKey
from oms.http import Http
from oms.ports import Call
from tests.channels.platform_world import MemoryTokens, PlatformWorld

SHOP = ShopKey(channel="douyin", shop="main")
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
SECOND = int(NOW.timestamp())
KEY, SECRET = "7000000000000000001", "dd-secret"


def a_line(**changes: Any) -> dict[str, Any]:
    """A sub-order of two pieces for 188.00."""
    return {
        "order_id": "6900000000000000002",
        "order_status": 2,
        "main_status": 2,
        "product_id": 3473196049974326153,
        "sku_id": 3254535,
        "code": "SKU-1",
        "out_sku_id": "OUT-1",
        "product_name": "帆布鞋",
        "item_num": 2,
        "pay_amount": 18800,
        "after_sale_info": {"after_sale_status": 0, "after_sale_type": 0, "refund_status": 0},
    } | changes


def an_order(**changes: Any) -> dict[str, Any]:
    """A paid order of one line."""
    region = {"province": {"name": "浙江省"}, "city": {"name": "杭州市"}, "town": {"name": "西湖区"}}
    return {
        "order_id": "6900000000000000001",
        "order_status": 2,
        "main_status": 2,
        "create_time": SECOND - 60,
        "update_time": SECOND,
        "pay_time": SECOND - 30,
        "exp_ship_time": SECOND + 86_400,
        "pay_amount": 18800,
        "buyer_words": "请放门口",
        "doudian_open_id": "#buyer#",
        "open_address_id": "#address#",
        "mask_post_receiver": "张**",
        "mask_post_tel": "1********35",
        "mask_post_addr": {**region, "detail": "****"},
        "logistics_info": [],
        "sku_order_list": [a_line()],
    } | changes


def a_config(base_url: str, **changes: Any) -> DouyinConfig:
    """A shop with keys that open nothing elsewhere."""
    given: dict[str, Any] = {
        "shop": SHOP,
        "base_url": base_url,
        "app_key": KEY,
        "app_secret": SecretStr(SECRET),
        "access_token": SecretStr("access-1"),
        "refresh_token": SecretStr("refresh-1"),
    }
    return DouyinConfig(**(given | changes))


def a_shop(http: Http, base_url: str, now: Callable[[], datetime] | None = None, **changes: Any) -> Douyin:
    """A channel on some server."""
    return Douyin(a_config(base_url, **changes), http, MemoryTokens(), now or (lambda: datetime.now(UTC)))


def a_shop_of(place: PlatformWorld, now: Callable[[], datetime] | None = None, **changes: Any) -> Douyin:
    """A channel on the simulated platform that differs from the usual one in some setting."""
    secrets = {name: SecretStr(value) for name, value in place.secrets.items() if name != "app_key"}
    given = {"app_key": place.secrets["app_key"], **secrets} | changes
    return a_shop(place.http, place.shop.url, now, **given)


def a_push(messages: object, *, key: str = KEY, secret: str = SECRET, sign: str | None = None) -> Call:
    """A signed call of the platform."""
    body = messages if isinstance(messages, bytes) else json.dumps(messages, ensure_ascii=False).encode()
    headers = {"app-id": key, "event-sign": event_sign(key, secret, body) if sign is None else sign}
    return Call(method="POST", query={}, headers=headers, body=body)
