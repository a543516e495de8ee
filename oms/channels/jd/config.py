"""What one JD shop needs to be spoken to."""

from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from oms.domain.ids import ShopKey
from oms.settings import ShopConfig, WrongSetting

JD_HOST = ".jd.com"
ROUTERJSON, SP_API = "routerjson", "sp-api"
VERSIONS = (ROUTERJSON, SP_API)
OWN_CURRENCY = "CNY"
CARRIER_OPTION = "carrier_"


class JdConfig(BaseModel):
    """One shop: where it answers, its app, its token, and which protocol finds its orders."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    shop: ShopKey
    version: str
    router: str
    """Base address of routerjson, without `/routerjson`."""
    sp_api: str
    """Base address of SP-API, without `/rest`."""
    oauth: str
    """Base address of the token interface, without `/oauth2`."""
    app_key: SecretStr = Field(min_length=1)
    app_secret: SecretStr = Field(min_length=1)
    access_token: SecretStr
    refresh_token: SecretStr
    carriers: Mapping[str, str] = {}
    """Our carrier code to JD's number of it, where the shop has other ones than the usual table."""

    @classmethod
    def of(cls, shop: ShopConfig) -> Self:
        """Read a shop of the shops file; below any address but JD's own all three interfaces lie together.

        Raises WrongSetting for a missing secret, an unknown version, or a currency JD does not sell in:
        its orders name none, so a wrong one would never be noticed.
        """
        if shop.currency != OWN_CURRENCY:
            raise WrongSetting(f"shop {shop.key}: JD sells in {OWN_CURRENCY} only, not in {shop.currency}")
        carriers = {
            name.removeprefix(CARRIER_OPTION): number
            for name, number in shop.options.items()
            if name.startswith(CARRIER_OPTION)
        }
        for code, number in carriers.items():
            if not (number.isascii() and number.isdecimal()):
                raise WrongSetting(
                    f"shop {shop.key}: option {CARRIER_OPTION}{code}: JD's number of a carrier is digits"
                )
        base = shop.url.rstrip("/")
        live = base.partition("://")[2].partition("/")[0].endswith(JD_HOST)
        return cls(
            shop=shop.key,
            version=shop.version(VERSIONS),
            router="https://api.jd.com" if live else base,
            sp_api="https://api-cn.jd.com" if live else base,
            oauth="https://open-oauth.jd.com" if live else base,
            app_key=shop.secret("app_key"),
            app_secret=shop.secret("app_secret"),
            access_token=shop.secret("access_token"),
            refresh_token=shop.secret("refresh_token"),
            carriers=carriers,
        )
