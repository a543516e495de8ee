"""What the Alipay adapter is told of one application."""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from oms.payments.account import Account
from oms.payments.numbers import NumberRule

ADDRESS = "https://openapi.alipay.com/gateway.do"
SECRETS = ("private_key", "alipay_key")


@dataclass(frozen=True)
class AlipayConfig:
    """One application (应用) of Alipay's open platform, and the account its money goes to."""

    app_id: str
    seller_id: str
    """The merchant's account (2088…), which must be the payee of every payment."""
    currency: str
    numbers: NumberRule
    private_key: RSAPrivateKey = field(repr=False)
    alipay_key: RSAPublicKey = field(repr=False)
    url: str = ADDRESS


def config_of(account: Account) -> AlipayConfig:
    """Read an entry of the shops file. Raises WrongSetting naming the shop and the key."""
    account.only("app_id", "seller_id")
    keys = account.public_keys("alipay_key")
    if len(keys) != 1:
        raise account.wrong("alipay_key", f"holds {len(keys)} keys instead of one")
    return AlipayConfig(
        app_id=account.option("app_id"), seller_id=account.option("seller_id"), currency=account.shop.currency,
        numbers=account.numbers, private_key=account.private_key("private_key"), alipay_key=keys[0].key,
        url=account.gateway.url or ADDRESS,
    )  # fmt: skip
