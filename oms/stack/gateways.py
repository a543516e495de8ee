"""The payment gateways of a run's own shop: the keys both sides have, and how each side is told of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from oms.domain.ids import ShopKey
from oms.payments import GATEWAYS
from oms.stack.keys import KeyPair, fresh_secret, key_pair

KINDS = ("wechatpay", "alipay")
NUMBER_PREFIX = "WC"
"""What the simulated shop's plugin puts before its order numbers."""
MCHID, APPID = "1900000109", "wx8888888888888888"
SERIAL, PLATFORM_SERIAL = (
    "5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
    "PUB_KEY_ID_0119000001090000000000000001",
)
APP_ID, SELLER_ID = "2021000000000001", "2088000000000001"


@dataclass(frozen=True)
class GatewaySecrets:
    """What the simulated gateways and we know of each other."""

    api_v3_key: str = field(default_factory=fresh_secret, repr=False)
    wechatpay: KeyPair = field(default_factory=lambda: key_pair("wechatpay"), repr=False)
    alipay: KeyPair = field(default_factory=lambda: key_pair("alipay"), repr=False)
    merchant: KeyPair = field(default_factory=lambda: key_pair("merchant"), repr=False)
    """Ours, with which we sign to both."""

    @property
    def ours(self) -> Mapping[str, Mapping[str, str]]:
        """Kind to the names and values of what our side keeps secret."""
        private = self.merchant.private
        sealed = {"api_v3_key": self.api_v3_key, "platform_key": self.wechatpay.public}
        return {
            "wechatpay": {**sealed, "private_key": private},
            "alipay": {"private_key": private, "alipay_key": self.alipay.public},
        }


def simulated_accounts(secrets: GatewaySecrets, public_url: str, shop: ShopKey) -> dict[str, Any]:
    """Return what the simulator is told: its own keys, our public one, and where we want to be called."""
    where = {kind: f"{public_url}/hooks/payments/{kind}/{shop.channel}/{shop.shop}" for kind in KINDS}
    return {
        "number_prefix": NUMBER_PREFIX,
        "wechatpay": {
            "mchid": MCHID, "appid": APPID, "api_v3_key": secrets.api_v3_key,
            "private_key": secrets.wechatpay.private, "serial": PLATFORM_SERIAL,
            "merchant_key": secrets.merchant.public, "merchant_serial": SERIAL, "notify_url": where["wechatpay"],
        },
        "alipay": {
            "app_id": APP_ID, "seller_id": SELLER_ID, "private_key": secrets.alipay.private,
            "merchant_key": secrets.merchant.public, "notify_url": where["alipay"],
        },
    }  # fmt: skip


def variable(kind: str, secret: str, shop: ShopKey) -> str:
    """Name the environment variable of a gateway's secret."""
    return f"OMS_{kind}_{shop.shop}_{secret}".upper()


def our_variables(secrets: GatewaySecrets, shop: ShopKey) -> dict[str, str]:
    """Return our side's secrets, under the names that the shops file gives."""
    return {
        variable(kind, name, shop): value
        for kind, named in secrets.ours.items()
        for name, value in named.items()
    }


def shops_entries(site: str, shop: ShopKey) -> list[dict[str, Any]]:
    """Return the shop's `gateways:` of the shops file; `site` is where the simulator answers."""
    options = {
        "wechatpay": {"mchid": MCHID, "appid": APPID, "serial": SERIAL, "platform_serial": PLATFORM_SERIAL},
        "alipay": {"app_id": APP_ID, "seller_id": SELLER_ID},
    }
    return [
        {
            "kind": kind,
            "url": f"{site}/gateway.do" if kind == "alipay" else site,
            "secrets": {name: variable(kind, name, shop) for name in GATEWAYS[kind].secrets},
            "options": {**options[kind], "number_prefix": NUMBER_PREFIX},
        }
        for kind in KINDS
    ]
