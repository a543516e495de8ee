"""WeChat Pay (微信支付), APIv3."""

from oms.http import Http
from oms.payments.account import Account
from oms.payments.kinds import Clock, GatewayKind
from oms.payments.wechatpay.client import WechatPay
from oms.payments.wechatpay.config import SECRETS, WechatPayConfig, config_of
from oms.payments.wechatpay.declared import INTERFACES

__all__ = ["KIND", "WechatPay", "WechatPayConfig"]


def open_account(account: Account, http: Http, now: Clock) -> WechatPay:
    """Open a merchant account. Raises WrongSetting naming the shop and the key."""
    return WechatPay(config_of(account), http, now)


KIND = GatewayKind(open_account, SECRETS, INTERFACES)
