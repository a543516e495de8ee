"""The sales platforms we speak to: one folder each, and one line each in the registry below."""

from collections.abc import Mapping

from oms.channels import douyin, jd, pdd, taobao, wechat, woocommerce
from oms.http import Http
from oms.kinds import Kind
from oms.ports import Channel, DrawsWaybills, Tokens
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

LIMITED = frozenset(name for name, kind in CHANNELS.items() if kind.properties.calls_per_second is not None)
"""Channels whose platforms have a quota: calls of their orders wait in the channel's queue, which carries it."""


def kind_of(shop: ShopConfig) -> Kind:
    """Return what a configured shop is. Raises WrongSetting when nobody here speaks its protocol."""
    if shop.channel not in CHANNELS:
        raise WrongSetting(f"shop {shop.key}: no channel {shop.channel!r}; known: {', '.join(CHANNELS)}")
    return CHANNELS[shop.channel]


def open_channel(shop: ShopConfig, http: Http, tokens: Tokens) -> Channel:
    """Open a configured shop. Raises WrongSetting for an unknown channel, and for what its folder asks for in vain."""
    kind = kind_of(shop)
    channel = kind.open(shop, http, tokens)
    if shop.waybills == "platform":
        _check_waybills(shop, kind, channel)
    return channel


def _check_waybills(shop: ShopConfig, kind: Kind, channel: Channel) -> None:
    if not isinstance(channel, DrawsWaybills):
        raise WrongSetting(
            f"shop {shop.key}: waybills: platform, but {shop.channel} has no e-waybills that we speak; "
            "choose kuaidi100 or warehouse"
        )
    missing = [name for name in kind.waybill_options if not shop.options.get(name)]
    if missing:
        raise WrongSetting(f"shop {shop.key}: waybills: platform needs the option {' and '.join(missing)}")
