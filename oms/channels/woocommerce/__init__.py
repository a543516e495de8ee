"""The own shop, spoken to as WooCommerce REST `wc/v3`."""

from oms.channels.woocommerce.client import PROPERTIES, WooCommerce
from oms.channels.woocommerce.config import WooCommerceConfig
from oms.channels.woocommerce.declared import INTERFACES
from oms.http import Http
from oms.kinds import Kind
from oms.ports import Channel, Tokens
from oms.settings import ShopConfig

__all__ = ["KIND", "WooCommerce", "WooCommerceConfig"]


def open_shop(shop: ShopConfig, http: Http, _tokens: Tokens) -> Channel:
    """Open a shop of the shops file; its keys do not expire. Raises WrongSetting for a missing secret."""
    config = WooCommerceConfig(
        shop=shop.key,
        base_url=shop.url,
        consumer_key=shop.secret("key"),
        consumer_secret=shop.secret("secret"),
        webhook_secret=shop.secret("webhook_secret"),
        currency=shop.currency,
        api_version=shop.version(PROPERTIES.versions),
    )
    return WooCommerce(config, http)


KIND = Kind(open_shop, ("key", "secret", "webhook_secret"), PROPERTIES, INTERFACES)
