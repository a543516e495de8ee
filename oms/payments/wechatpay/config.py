"""What the WeChat Pay adapter is told of one merchant account."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from oms.payments.account import Account
from oms.payments.numbers import NumberRule
from oms.payments.rsa import plain_serial

ADDRESS = "https://api.mch.weixin.qq.com"
KEY_BYTES = 32
SECRETS = ("api_v3_key", "private_key", "platform_key")


@dataclass(frozen=True)
class WechatPayConfig:
    """One merchant account (商户号) of WeChat Pay."""

    mchid: str
    serial: str
    """The number of the merchant's own certificate, with whose key we sign."""
    currency: str
    numbers: NumberRule
    api_v3_key: bytes = field(repr=False)
    private_key: RSAPrivateKey = field(repr=False)
    platform_keys: Mapping[str, RSAPublicKey] = field(repr=False)
    """WeChat Pay's certificates by their numbers, or its public key by its id."""
    public_key_id: str = ""
    """The id of their public key (`PUB_KEY_ID_…`), where the account uses one instead of certificates."""
    appid: str = ""
    """Where it is given, payments of other apps of the merchant are refused."""
    url: str = ADDRESS


def config_of(account: Account) -> WechatPayConfig:
    """Read an entry of the shops file. Raises WrongSetting naming the shop and the key."""
    account.only("mchid", "serial", "platform_serial", "appid")
    api_v3_key = account.secret("api_v3_key").get_secret_value().encode()
    if len(api_v3_key) != KEY_BYTES:
        raise account.wrong("api_v3_key", f"has {len(api_v3_key)} characters instead of {KEY_BYTES}")
    public_key_id = account.gateway.options.get("platform_serial", "")
    keys = {serial or plain_serial(public_key_id): key for serial, key in account.public_keys("platform_key")}
    if "" in keys:
        why = "is a public key: its id (PUB_KEY_ID_…) must stand in the option platform_serial"
        raise account.wrong("platform_key", why)
    return WechatPayConfig(
        mchid=account.option("mchid"), serial=account.option("serial"), currency=account.shop.currency,
        numbers=account.numbers, api_v3_key=api_v3_key, private_key=account.private_key("private_key"),
        platform_keys=keys, public_key_id=public_key_id, appid=account.gateway.options.get("appid", ""),
        url=account.gateway.url or ADDRESS,
    )  # fmt: skip
