"""Fresh keys and secrets."""

import base64
import secrets

KEY_BYTES = 32
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


def fresh_for(name: str) -> str:
    """Make a secret of the shape that its name asks for: AES keys as WeChat wants them, app keys of digits."""
    if name == "aes_key":
        return _key().rstrip("=")
    if name == "app_key":
        return str(10**9 + secrets.randbelow(9 * 10**9))
    return fresh_secret()


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
