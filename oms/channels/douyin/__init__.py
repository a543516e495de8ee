"""The Douyin shop (抖店), spoken to as Doudian's open platform, version 2."""

from oms.channels.douyin.client import PROPERTIES, Douyin
from oms.channels.douyin.config import DouyinConfig
from oms.channels.douyin.declared import INTERFACES
from oms.http import Http
from oms.kinds import Kind
from oms.ports import Channel, Tokens
from oms.settings import ShopConfig, WrongSetting

__all__ = ["KIND", "Douyin", "DouyinConfig"]

SECRET_NAMES = ("app_key", "app_secret", "access_token", "refresh_token")


def open_shop(shop: ShopConfig, http: Http, tokens: Tokens) -> Channel:
    """Open a shop of the shops file. Raises WrongSetting for a missing secret or an option that is no number."""
    config = DouyinConfig(
        shop=shop.key,
        base_url=shop.url,
        app_key=shop.secret("app_key").get_secret_value(),
        app_secret=shop.secret("app_secret"),
        access_token=shop.secret("access_token"),
        refresh_token=shop.secret("refresh_token"),
        currency=shop.currency,
        api_version=shop.version(PROPERTIES.versions),
        return_address_id=_number(shop, "return_address_id"),
        reject_reason_code=_number(shop, "reject_reason_code"),
    )
    return Douyin(config, http, tokens)


def _number(shop: ShopConfig, name: str) -> int | None:
    value = shop.options.get(name, "")
    if value and not (value.isascii() and value.isdecimal()):
        raise WrongSetting(f"shop {shop.key}: option {name} is expected to be a number")
    return int(value) if value else None


KIND = Kind(open_shop, SECRET_NAMES, PROPERTIES, INTERFACES)
