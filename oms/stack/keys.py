"""Fresh keys and secrets."""

import base64
import secrets
from functools import cache
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

KEY_BYTES = 32
RSA_BITS = 2048
PUBLIC_EXPONENT = 65537
KEY_SETTINGS = ("OMS_DATA_KEYS", "OMS_PAYLOAD_KEYS", "OMS_DIGEST_KEY")


def fresh_keys(name: str = "k1") -> dict[str, str]:
    """Make what encrypts receiver data and payloads, and what digests buyers, as .env wants them."""
    return {
        "OMS_DATA_KEYS": f"{name}:{_key()}",
        "OMS_PAYLOAD_KEYS": f"{name}:{_key()}",
        "OMS_DIGEST_KEY": secrets.token_urlsafe(KEY_BYTES),
    }


def fresh_secret() -> str:
    """Make a secret that two parties of a simulated protocol share."""
    return secrets.token_hex(KEY_BYTES // 2)


def fresh_webhook_secret() -> str:
    """Make a secret as Standard Webhooks writes it."""
    return f"whsec_{_key()}"


def fresh_for(name: str) -> str:
    """Make a secret of the shape that its name asks for: AES keys as WeChat wants them, app keys of digits, RSA keys."""
    if name == "aes_key":
        return _key().rstrip("=")
    if name == "private_key":
        return key_pair("merchant").private
    if name in {"platform_key", "alipay_key"}:
        return key_pair(name).public
    if name == "app_key":
        return str(10**9 + secrets.randbelow(9 * 10**9))
    return fresh_secret()


class KeyPair(NamedTuple):
    """An RSA key and its public half, as one-line base64 of their DER."""

    private: str
    public: str


@cache
def key_pair(owner: str) -> KeyPair:
    """Make an RSA key of 2048 bits, once an owner and process: it takes a tenth of a second."""
    if not owner:
        raise ValueError("a key has an owner")
    key = generate_private_key(PUBLIC_EXPONENT, RSA_BITS)
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return KeyPair(base64.b64encode(private).decode(), base64.b64encode(public).decode())


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
