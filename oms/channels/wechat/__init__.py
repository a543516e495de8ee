"""A WeChat shop (微信小店, 视频号小店), spoken to as `channels/ec`."""

from oms.channels.wechat.client import PROPERTIES, WeChat
from oms.channels.wechat.config import WeChatConfig
from oms.channels.wechat.declared import INTERFACES
from oms.http import Http
from oms.kinds import Kind
from oms.ports import Channel, Tokens
from oms.settings import ShopConfig, WrongSetting

__all__ = ["KIND", "WeChat", "WeChatConfig"]

SECRET_NAMES = ("app_id", "app_secret", "token", "aes_key")
"""`token` and `aes_key` are those of the message push, as set in the shop's console."""
AES_KEY_LENGTH = 43
OPTIONS = ("return_address_id", "waybill_shop_id", "waybill_account", "waybill_site")


def open_shop(shop: ShopConfig, http: Http, tokens: Tokens) -> Channel:
    """Open a shop of the shops file; `return_address_id` is where returned goods go.

    Raises WrongSetting for a missing secret, an AES key of another length, or a currency other than CNY.
    """
    secrets = {name: shop.secret(name) for name in SECRET_NAMES}
    if len(secrets["aes_key"].get_secret_value()) != AES_KEY_LENGTH:
        raise WrongSetting(f"shop {shop.key}: its aes_key must have {AES_KEY_LENGTH} characters")
    if shop.currency != "CNY":
        raise WrongSetting(f"shop {shop.key}: WeChat shops sell in CNY, not in {shop.currency}")
    shop.version(PROPERTIES.versions)
    config = WeChatConfig(
        shop=shop.key,
        base_url=shop.url,
        **{name: shop.options[name] for name in OPTIONS if name in shop.options},
        **secrets,
    )
    return WeChat(config, http, tokens)


KIND = Kind(
    open_shop, SECRET_NAMES, PROPERTIES, INTERFACES, waybill_options=("waybill_shop_id", "waybill_account")
)
