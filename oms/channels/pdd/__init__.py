"""Pinduoduo, spoken to through its open platform's gateway and its message channel PMC."""

from pydantic import ValidationError

from oms.channels.pdd.client import PROPERTIES, Pinduoduo
from oms.channels.pdd.config import PddConfig
from oms.channels.pdd.declared import INTERFACES
from oms.http import Http
from oms.kinds import Kind
from oms.ports import Channel, Tokens
from oms.sessions import first_token
from oms.settings import ShopConfig, WrongSetting

__all__ = ["KIND", "PddConfig", "Pinduoduo"]

SECRET_NAMES = ("app_key", "app_secret", "access_token", "refresh_token")
OPTIONS = ("settle_seconds", "pmc_url", "mall_id", "return_address_id", "waybill_template_url")


def open_shop(shop: ShopConfig, http: Http, tokens: Tokens) -> Channel:
    """Open a shop of the shops file. Raises WrongSetting for a missing secret or a wrong option."""
    app_key, app_secret, access, refresh = (shop.secret(name) for name in SECRET_NAMES)
    options = {name: shop.options[name] for name in OPTIONS if name in shop.options}
    given = {
        "shop": shop.key,
        "url": shop.url,
        "client_id": app_key.get_secret_value(),
        "client_secret": app_secret,
        "token": first_token(access, refresh),
        "version": shop.version(PROPERTIES.versions),
    }
    try:
        return Pinduoduo(PddConfig.model_validate(given | options), http, tokens)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise WrongSetting(f"shop {shop.key}: {first['loc'][0]}: {first['msg']}") from None


KIND = Kind(
    open_shop, SECRET_NAMES, PROPERTIES, INTERFACES, waybill_options=("waybill_template_url", "mall_id")
)
"""What the registry knows of Pinduoduo."""
