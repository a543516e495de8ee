"""A Taobao or Tmall shop, spoken to through the gateway of the Taobao Open Platform (TOP)."""

from oms.channels.taobao.client import PROPERTIES, Taobao
from oms.channels.taobao.config import TaobaoConfig
from oms.channels.taobao.declared import INTERFACES
from oms.http import Http
from oms.kinds import Kind
from oms.ports import Channel, Tokens
from oms.settings import ShopConfig

__all__ = ["KIND", "Taobao", "TaobaoConfig"]

SECRET_NAMES = ("app_key", "app_secret", "access_token", "refresh_token")


def open_shop(shop: ShopConfig, http: Http, tokens: Tokens) -> Channel:
    """Open a shop of the shops file. Raises WrongSetting for a missing secret or an unknown version.

    Options: `tmc_group` (message group of this shop), `seller_id` (take this seller's messages only),
    `oaid_scene` (why receivers are decrypted), `return_address_id` (where returned goods go),
    `waybill_template_url` (which label Cainiao's numbers are drawn for).
    """
    config = TaobaoConfig(
        shop=shop.key,
        base_url=shop.url,
        app_key=shop.secret("app_key").get_secret_value(),
        app_secret=shop.secret("app_secret"),
        access_token=shop.secret("access_token"),
        refresh_token=shop.secret("refresh_token"),
        version=shop.version(PROPERTIES.versions),
        **{name: shop.options[name] for name in TaobaoConfig.options() if name in shop.options},
    )
    return Taobao(config, http, tokens)


KIND = Kind(
    open_shop, SECRET_NAMES, PROPERTIES, INTERFACES, waybill_options=("waybill_template_url", "seller_id")
)
