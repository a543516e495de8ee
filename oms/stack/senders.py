"""Who draws the waybills of a simulated run, and where its parcels come from."""

from collections.abc import Mapping
from typing import Any

CARRIER, OTHER_CARRIERS = "sf", ("yto", "zto")
"""The usual courier of every simulated shop, and who stands in where a platform forbids it."""
SENDERS: tuple[Mapping[str, str], ...] = (
    {
        "warehouse": "HZ01", "name": "示例商家杭州仓", "phone": "057100000000", "province": "浙江省",
        "city": "杭州市", "district": "余杭区", "address": "示例路1号",
    },
    {
        "warehouse": "GZ01", "name": "示例商家广州仓", "phone": "020000000000", "province": "广东省",
        "city": "广州市", "district": "白云区", "address": "示例路2号",
    },
)  # fmt: skip
"""The simulated warehouses."""
OPTIONS: Mapping[str, Mapping[str, str]] = {
    "taobao": {"waybill_template_url": "http://cloudprint.example/standard/1", "seller_id": "2000000001"},
    "pdd": {"waybill_template_url": "http://cloudprint.example/standard/1", "mall_id": "123456"},
    "wechat": {"waybill_shop_id": "5009000000001", "waybill_account": "6635000001"},
}
"""What the simulated platforms want to know before they draw; seller and mall are the ones of their messages."""


def drawing(shop: Mapping[str, Any], ways: Mapping[str, str]) -> dict[str, Any]:
    """Add to a shop's entry who draws its waybills; nothing where its warehouse does."""
    name = str(shop["channel"])
    way = ways.get(name, "warehouse")
    if way == "warehouse":
        return dict(shop)
    more = OPTIONS.get(name, {}) if way == "platform" else {}
    told = {
        "waybills": way,
        "carrier": CARRIER,
        "tell_channel": "shipped",
    }  # whoever was told can hardly cancel
    return {**shop, **told, "options": {**shop["options"], **more}}
