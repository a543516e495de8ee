"""The sales platforms we speak to: one folder each, and one line each in the registry below."""

from collections.abc import Callable, Mapping

from pydantic import SecretStr

from oms.channels.woocommerce import WooCommerce, WooCommerceConfig
from oms.http import Http
from oms.ports import Channel
from oms.settings import ShopConfig, WrongSetting

Open = Callable[[ShopConfig, Http], Channel]


def secret_of(shop: ShopConfig, name: str) -> SecretStr:
    """Return one of a shop's secrets. Raises WrongSetting naming the one that is missing."""
    if name not in shop.secrets:
        raise WrongSetting(f"shop {shop.key}: a {shop.channel} shop needs a secret named {name}")
    return shop.secrets[name]


def _woocommerce(shop: ShopConfig, http: Http) -> Channel:
    config = WooCommerceConfig(
        shop=shop.key,
        base_url=shop.url,
        consumer_key=secret_of(shop, "key"),
        consumer_secret=secret_of(shop, "secret"),
        webhook_secret=secret_of(shop, "webhook_secret"),
        currency=shop.currency,
        api_version=shop.api_version or "wc/v3",
    )
    return WooCommerce(config, http)


CHANNELS: Mapping[str, Open] = {
    "woocommerce": _woocommerce,
}
"""Name in the shops file to what opens such a shop."""


def open_channel(shop: ShopConfig, http: Http) -> Channel:
    """Open a configured shop. Raises WrongSetting when nobody here speaks its protocol."""
    if shop.channel not in CHANNELS:
        raise WrongSetting(f"shop {shop.key}: no channel {shop.channel!r}; known: {', '.join(CHANNELS)}")
    return CHANNELS[shop.channel](shop, http)
