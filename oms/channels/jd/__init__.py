"""JD (京东): routerjson, and SP-API as the second protocol version behind the same connector."""

from oms.channels.jd.client import PROPERTIES, Jd
from oms.channels.jd.config import JdConfig
from oms.channels.jd.declared import INTERFACES
from oms.http import Http
from oms.kinds import Kind
from oms.ports import Channel, Tokens
from oms.settings import ShopConfig

__all__ = ["KIND", "Jd", "JdConfig"]


def open_shop(shop: ShopConfig, http: Http, tokens: Tokens) -> Channel:
    """Open a shop of the shops file. Raises WrongSetting for what is missing or wrong."""
    return Jd(JdConfig.of(shop), http, tokens)


KIND = Kind(open_shop, ("app_key", "app_secret", "access_token", "refresh_token"), PROPERTIES, INTERFACES)
