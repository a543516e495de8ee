"""Whose message it is, and what it says: SHA-1 over sorted parts, and AES-256-CBC inside.

Written from WeChat's description of the message push (消息推送, 安全模式): key = base64(EncodingAESKey + "="),
IV = its first 16 bytes, PKCS#7 to blocks of 32 bytes, plain text = 16 random bytes, four bytes of length
(big-endian), the message, the app id.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from pydantic import SecretStr

from oms.domain.errors import Forged, Unmappable

BLOCK_BITS = 256
IV_BYTES = 16
RANDOM_BYTES = 16
LENGTH_BYTES = 4


def sign(*parts: str) -> str:
    """Sign parts in whatever order they come."""
    return hashlib.sha1("".join(sorted(parts)).encode(errors="replace"), usedforsecurity=False).hexdigest()


def verify(given: str, *parts: str) -> None:
    """Compare in constant time. Raises Forged."""
    if not hmac.compare_digest(sign(*parts).encode(), given.encode(errors="replace")):
        raise Forged("the push's signature does not fit")


def verify_query(query: Mapping[str, str], name: str, token: SecretStr, *more: str) -> None:
    """Check a call's signature, which stands in its query under `name`. Raises Forged."""
    secret = token.get_secret_value()
    verify(query.get(name, ""), secret, query.get("timestamp", ""), query.get("nonce", ""), *more)


def unseal(sealed: str, aes_key: SecretStr, app_id: SecretStr) -> bytes:
    """Open a message that was verified before.

    Raises Unmappable when our key does not open it, Forged when it is meant for another app.
    """
    try:
        plain = _decrypt(base64.b64decode(sealed, validate=True), aes_key)
    except (ValueError, binascii.Error):
        raise Unmappable("the push cannot be opened: aes_key is not the console's", field="Encrypt") from None
    start = RANDOM_BYTES + LENGTH_BYTES
    length = int.from_bytes(plain[RANDOM_BYTES:start], "big")
    message, owner = plain[start : start + length], plain[start + length :]
    if not hmac.compare_digest(owner, app_id.get_secret_value().encode()):
        raise Forged("the push is meant for another app id")
    return message


def _decrypt(sealed: bytes, aes_key: SecretStr) -> bytes:
    key = base64.b64decode(aes_key.get_secret_value() + "=", validate=True)
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:IV_BYTES])).decryptor()
    unpadder = PKCS7(BLOCK_BITS).unpadder()
    padded = decryptor.update(sealed) + decryptor.finalize()
    return unpadder.update(padded) + unpadder.finalize()
