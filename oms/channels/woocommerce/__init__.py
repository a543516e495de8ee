"""The own shop, spoken to as WooCommerce REST `wc/v3`."""

from oms.channels.woocommerce.client import WooCommerce
from oms.channels.woocommerce.config import WooCommerceConfig

__all__ = ["WooCommerce", "WooCommerceConfig"]
