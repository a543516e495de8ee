"""The payment gateways of own shops: one folder each, and one line each in the registry below."""

from collections.abc import Iterable, Mapping

from oms.clock import wall_clock
from oms.domain.ids import ShopKey
from oms.http import Http
from oms.payments import alipay, wechatpay
from oms.payments.account import Account
from oms.payments.kinds import Clock, GatewayKind
from oms.ports import PaymentGateway
from oms.settings import GatewayConfig, ShopConfig, WrongSetting

GATEWAYS: Mapping[str, GatewayKind] = {"wechatpay": wechatpay.KIND, "alipay": alipay.KIND}
"""Name in the shops file, and in the address of notifications, to what such a gateway is."""

ShopGateways = Mapping[ShopKey, Mapping[str, PaymentGateway]]
"""Shop to the kinds of its gateways to the gateways; shops without one are left out."""


def open_gateway(shop: ShopConfig, gateway: GatewayConfig, http: Http, now: Clock) -> PaymentGateway:
    """Open one account. Raises WrongSetting for an unknown kind, and for what its folder asks for in vain."""
    if gateway.kind not in GATEWAYS:
        known = ", ".join(GATEWAYS)
        raise WrongSetting(f"shop {shop.key}: no gateway of the kind {gateway.kind!r}; known: {known}")
    return GATEWAYS[gateway.kind].open(Account(shop, gateway), http, now)


def open_gateways(shops: Iterable[ShopConfig], http: Http, now: Clock | None = None) -> ShopGateways:
    """Open every account of every shop. Raises WrongSetting."""
    clock = now or wall_clock
    return {
        shop.key: {gateway.kind: open_gateway(shop, gateway, http, clock) for gateway in shop.gateways}
        for shop in shops
        if shop.gateways
    }
