"""Alipay (支付宝), open platform."""

from oms.http import Http
from oms.payments.account import Account
from oms.payments.alipay.client import Alipay
from oms.payments.alipay.config import SECRETS, AlipayConfig, config_of
from oms.payments.alipay.declared import INTERFACES
from oms.payments.kinds import Clock, GatewayKind

__all__ = ["KIND", "Alipay", "AlipayConfig"]


def open_account(account: Account, http: Http, now: Clock) -> Alipay:
    """Open an application. Raises WrongSetting naming the shop and the key."""
    return Alipay(config_of(account), http, now)


KIND = GatewayKind(open_account, SECRETS, INTERFACES)
