"""The sales platforms we speak to: one folder each, and one line each in the registry below."""

from collections.abc import Mapping

from oms.channels import douyin, jd, pdd, taobao, wechat, woocommerce
from oms.http import Http
from oms.kinds import Kind
from oms.ports import Channel, Tokens
from oms.settings import ShopConfig, WrongSetting

CHANNELS: Mapping[str, Kind] = {
    "jd": jd.KIND,
    "douyin": douyin.KIND,
    "pdd": pdd.KIND,
    "wechat": wechat.KIND,
    "woocommerce": woocommerce.KIND,
    "taobao": taobao.KIND,
}
"""Name in the shops file to what such a shop is."""


def open_channel(shop: ShopConfig, http: Http, tokens: Tokens) -> Channel:
    """Open a configured shop. Raises WrongSetting when nobody here speaks its protocol."""
    if shop.channel not in CHANNELS:
        raise WrongSetting(f"shop {shop.key}: no channel {shop.channel!r}; known: {', '.join(CHANNELS)}")
    return CHANNELS[shop.channel].open(shop, http, tokens)
